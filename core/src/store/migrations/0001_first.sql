-- The first schema. Columns hold ids, numbers and ciphertext; no text that a person wrote ever gets here.
-- Why each table is as it is: docs/adr/0021-one-store-per-workspace.md.

-- Which workspace this is, and as whom. One row, or none in a store that is still empty.
CREATE TABLE workspace (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    id          BLOB NOT NULL CHECK (length(id) = 16),
    user        BLOB NOT NULL CHECK (length(user) = 16),
    device      BLOB NOT NULL CHECK (length(device) = 16),
    -- The device's two secret keys under the local key.
    device_keys BLOB NOT NULL
) STRICT;

-- The signed log, byte for byte as it was verified.
CREATE TABLE log (
    seq   INTEGER PRIMARY KEY CHECK (seq >= 0),
    entry BLOB NOT NULL
) STRICT;

-- The verified state up to and including the entry at seq, under the local key. It can always be made again.
CREATE TABLE checkpoint (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    seq    INTEGER NOT NULL REFERENCES log (seq),
    sealed BLOB NOT NULL
) STRICT;

-- Space keys that this device holds, each under the local key.
CREATE TABLE space_keys (
    space  BLOB NOT NULL CHECK (length(space) = 16),
    epoch  INTEGER NOT NULL CHECK (epoch >= 1),
    sealed BLOB NOT NULL,
    PRIMARY KEY (space, epoch)
) STRICT, WITHOUT ROWID;

-- Key boxes as they are sent: for a recovery kit, for other devices, and those that came for this one.
CREATE TABLE boxes (
    space  BLOB NOT NULL CHECK (length(space) = 16),
    epoch  INTEGER NOT NULL CHECK (epoch >= 1),
    device BLOB NOT NULL CHECK (length(device) = 16),
    author BLOB NOT NULL CHECK (length(author) = 16),
    box    BLOB NOT NULL,
    PRIMARY KEY (space, epoch, device, author)
) STRICT, WITHOUT ROWID;

-- Revisions of records, as they were signed. slot 0 is the accepted one. Beside it may stand: 1, the last that could
-- be read, where the accepted one is damaged by its author; 2, another of the same revision, where both are kept;
-- 3, the last that the server is known to have, where this device has changed it since.
CREATE TABLE records (
    id         BLOB NOT NULL CHECK (length(id) = 16),
    slot       INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 3),
    space      BLOB NOT NULL CHECK (length(space) = 16),
    header     BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    signature  BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_of_a_space ON records (space);

-- What waits for the server: intents with the ids that they keep through every retry, sealed under the local key.
-- A store without a server has none; attaching one sends what the tables above hold.
CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    batch    BLOB NOT NULL CHECK (length(batch) = 16),
    op       BLOB NOT NULL UNIQUE CHECK (length(op) = 16),
    sealed   BLOB NOT NULL
) STRICT;

-- One line of the list for each account, under the local key: what search reads, and the favourite mark.
CREATE TABLE listing (
    account BLOB PRIMARY KEY CHECK (length(account) = 16),
    sealed  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What belongs to this device alone, by name, under the local key: unsaved kit, clock offset, lock settings.
CREATE TABLE local (
    name   TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
