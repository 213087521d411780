-- A workspace server can be attached: docs/adr/0024-what-waits-is-what-is-not-marked-as-sent.md.

-- Nothing was ever written here: what waits for the server is told by the marks below.
DROP TABLE outbox;

-- How far this device and the server have got with each other. One row once a server is attached.
CREATE TABLE progress (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    -- The last change that was received: docs/server-api.md.
    generation INTEGER NOT NULL,
    pos        INTEGER NOT NULL,
    -- How many entries of the log the server is known to have; this device's own from there on wait to be sent.
    confirmed  INTEGER NOT NULL,
    -- How many entries this device has drawn its conclusions from.
    settled    INTEGER NOT NULL,
    -- Up to which entry it has boxed keys for those who came by it.
    boxed      INTEGER NOT NULL,
    -- When the last sync ended well, in ms since the Unix epoch by this device's clock; 0 before the first.
    synced_at  INTEGER NOT NULL
) STRICT;

-- 1 until the server is known to have it. Whatever is in a store without a server waits for one.
ALTER TABLE boxes ADD COLUMN unsent INTEGER NOT NULL DEFAULT 1 CHECK (unsent IN (0, 1));
ALTER TABLE records ADD COLUMN unsent INTEGER NOT NULL DEFAULT 1 CHECK (unsent IN (0, 1));
-- On what a revision stands: 0 its author's right, 1 the manifest, 2 a right that its author has lost (shown marked).
ALTER TABLE records ADD COLUMN standing INTEGER NOT NULL DEFAULT 0 CHECK (standing BETWEEN 0 AND 2);
-- What there is to say about a revision beside that: 0 nothing, 1 a rotation left it out or lowered it, 2 another one
-- of the same number was received.
ALTER TABLE records ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0 CHECK (doubt BETWEEN 0 AND 2);
CREATE INDEX unsent_records ON records (space, id) WHERE unsent = 1 AND slot = 0;
CREATE INDEX doubted_records ON records (space) WHERE doubt = 1 AND slot = 0;

-- The manifest that began the current epoch of a space, as the log names it.
CREATE TABLE manifests (
    space    BLOB PRIMARY KEY CHECK (length(space) = 16),
    manifest BLOB NOT NULL,
    unsent   INTEGER NOT NULL CHECK (unsent IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Revisions that came from the server and were not judged yet: the log may still be on its way.
CREATE TABLE received (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    space      BLOB NOT NULL CHECK (length(space) = 16),
    header     BLOB NOT NULL,
    ciphertext BLOB NOT NULL,
    signature  BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT, WITHOUT ROWID;

-- Manifests that came from the server and were not held against the log yet.
CREATE TABLE received_manifests (
    space    BLOB NOT NULL PRIMARY KEY CHECK (length(space) = 16),
    manifest BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Spaces that this device was given access to after they had been filled, and the last record that was fetched.
CREATE TABLE backfill (
    space BLOB NOT NULL PRIMARY KEY CHECK (length(space) = 16),
    after BLOB CHECK (length(after) = 16)
) STRICT, WITHOUT ROWID;

-- What is to be written into a space once its key has been replaced, under the local key; NULL deletes the record.
CREATE TABLE waiting (
    id       BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    space    BLOB NOT NULL CHECK (length(space) = 16),
    type     INTEGER NOT NULL,
    instance BLOB NOT NULL CHECK (length(instance) = 16),
    sealed   BLOB
) STRICT, WITHOUT ROWID;

-- Accounts whose secret somebody knew who no longer has access: to be enrolled anew at the service. otp is the scan that
-- they knew, once this device has read it.
CREATE TABLE known (
    account BLOB NOT NULL CHECK (length(account) = 16),
    user    BLOB NOT NULL CHECK (length(user) = 16),
    seq     INTEGER NOT NULL,
    otp     BLOB CHECK (length(otp) = 16),
    PRIMARY KEY (account, user)
) STRICT, WITHOUT ROWID;

-- What people must be told, until they have dealt with it: a kind, ids, and evidence as it was signed.
CREATE TABLE notices (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     INTEGER NOT NULL,
    subject  BLOB NOT NULL,
    evidence BLOB NOT NULL,
    UNIQUE (kind, subject)
) STRICT;
