BEGIN TRANSACTION;
CREATE TABLE cursor (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    run      TEXT    NOT NULL,   -- the run that this scan belongs to
    position TEXT,               -- where the scan goes on: JSON of the stream; NULL: at the beginning
    done     INTEGER NOT NULL,   -- 1: the scan has reached the end
    fresh    INTEGER NOT NULL,   -- 1: the file was empty when the scan began, so nothing can vanish
    rows     INTEGER NOT NULL    -- read by this scan so far
);
INSERT INTO "cursor" VALUES(1,'20261120T020007Z-0a1b2c3d','end',1,1,1);
CREATE TABLE dictionaries (
    number INTEGER PRIMARY KEY,
    shape  TEXT NOT NULL,        -- the table whose bodies it was trained on
    body   BLOB NOT NULL
);
CREATE TABLE documents (
    key         TEXT PRIMARY KEY,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO "documents" VALUES('1','2026-11-20 02:00:07.311',X'3323134954ED5150',X'007B22656D61696C223A226F406578616D706C652E636F6D227D');
CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA user_version = 1;
COMMIT;
