-- What the server keeps: what members signed and sealed, and ids. It can read none of the contents.
-- Every key begins with the workspace: nothing crosses workspaces, and that is where a database would be split.

-- One row. A restored backup gets a new generation, so that positions of the life before mean nothing.
CREATE TABLE server (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    generation INTEGER NOT NULL CHECK (generation >= 1)
) STRICT;

-- pos is the last position taken. It is raised within the transaction that takes it, so that the order of positions is
-- the order of commits and a cursor never skips.
CREATE TABLE workspaces (
    id  BLOB PRIMARY KEY CHECK (length(id) = 16),
    pos INTEGER NOT NULL CHECK (pos >= 1)
) STRICT, WITHOUT ROWID;

-- The signed log. invite is set on the entries that end one: its key reads up to there.
CREATE TABLE log (
    ws     BLOB NOT NULL REFERENCES workspaces (id),
    seq    INTEGER NOT NULL CHECK (seq >= 0),
    pos    INTEGER NOT NULL,
    invite BLOB CHECK (invite IS NULL OR length(invite) = 16),
    entry  BLOB NOT NULL,
    PRIMARY KEY (ws, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX log_by_pos ON log (ws, pos);
CREATE INDEX log_by_invite ON log (ws, invite) WHERE invite IS NOT NULL;

-- The verified state at seq. It can always be made again.
CREATE TABLE checkpoints (
    ws    BLOB PRIMARY KEY REFERENCES workspaces (id),
    seq   INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE boxes (
    ws     BLOB NOT NULL REFERENCES workspaces (id),
    device BLOB NOT NULL CHECK (length(device) = 16),
    space  BLOB NOT NULL CHECK (length(space) = 16),
    epoch  INTEGER NOT NULL,
    author BLOB NOT NULL CHECK (length(author) = 16),
    pos    INTEGER NOT NULL,
    box    BLOB NOT NULL,
    PRIMARY KEY (ws, device, space, epoch, author)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX boxes_by_pos ON boxes (ws, device, pos);
CREATE INDEX boxes_by_space ON boxes (ws, space, epoch);

-- The manifest of each space's current epoch.
CREATE TABLE manifests (
    ws       BLOB NOT NULL REFERENCES workspaces (id),
    space    BLOB NOT NULL CHECK (length(space) = 16),
    pos      INTEGER NOT NULL,
    manifest BLOB NOT NULL,
    PRIMARY KEY (ws, space)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX manifests_by_pos ON manifests (ws, pos);

-- The newest revision of each record.
CREATE TABLE records (
    ws         BLOB NOT NULL REFERENCES workspaces (id),
    id         BLOB NOT NULL CHECK (length(id) = 16),
    space      BLOB NOT NULL CHECK (length(space) = 16),
    rev        INTEGER NOT NULL,
    pos        INTEGER NOT NULL,
    header     BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    signature  BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (ws, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX records_by_pos ON records (ws, pos);
CREATE INDEX records_by_space ON records (ws, space, id);

-- Batches that were taken, so that a retry gets the first answer. Kept for 30 days.
CREATE TABLE batches (
    ws     BLOB NOT NULL REFERENCES workspaces (id),
    device BLOB NOT NULL CHECK (length(device) = 16),
    key    BLOB NOT NULL CHECK (length(key) = 16),
    pos    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (ws, device, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX batches_by_age ON batches (at);

-- Join requests, until they are answered in the log.
CREATE TABLE joins (
    ws      BLOB NOT NULL REFERENCES workspaces (id),
    invite  BLOB NOT NULL CHECK (length(invite) = 16),
    request BLOB NOT NULL,
    PRIMARY KEY (ws, invite)
) STRICT, WITHOUT ROWID;

-- Sessions by the hash of their token: a stolen database logs nobody in.
CREATE TABLE sessions (
    token   BLOB PRIMARY KEY CHECK (length(token) = 32),
    ws     BLOB NOT NULL REFERENCES workspaces (id),
    dev    BLOB NOT NULL CHECK (length(dev) = 16),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_age ON sessions (expires);
