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
CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO "names" VALUES('name');
CREATE TABLE records (
    id          NOT NULL PRIMARY KEY,
    updated_at  TEXT,            -- as published; NULL where HubSpot gives no time
    ingested_at TEXT NOT NULL,   -- start of the run that last changed this row
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL    -- properties without nulls, names ascending: packed JSON
) WITHOUT ROWID;
INSERT INTO "records" VALUES('0f8c-guid','2026-11-19 08:15:30.123','2026-11-20 02:00:07.311',X'178CE1492E45CFEC',X'007B226E616D65223A22666F726D227D');
CREATE TABLE seen (id NOT NULL PRIMARY KEY) WITHOUT ROWID;
PRAGMA user_version = 1;
COMMIT;
