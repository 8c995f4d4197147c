BEGIN TRANSACTION;
CREATE TABLE cursor (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    run      TEXT    NOT NULL,   -- the run that this scan belongs to
    position TEXT,               -- where the scan goes on: JSON of the stream; NULL: at the beginning
    done     INTEGER NOT NULL,   -- 1: the scan has reached the end
    fresh    INTEGER NOT NULL,   -- 1: the file was empty when the scan began, so nothing can vanish
    rows     INTEGER NOT NULL    -- read by this scan so far
);
INSERT INTO "cursor" VALUES(1,'20261120T020007Z-0a1b2c3d','end',1,1,4);
CREATE TABLE dictionaries (
    number INTEGER PRIMARY KEY,
    shape  TEXT NOT NULL,        -- the table whose bodies it was trained on
    body   BLOB NOT NULL
);
CREATE TABLE memberships (
    list_id     INTEGER NOT NULL,
    object_id   INTEGER NOT NULL,
    joined_at   TEXT,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    PRIMARY KEY (list_id, object_id)
) WITHOUT ROWID;
INSERT INTO "memberships" VALUES(5,1,'2026-11-19 08:15:30.123','2026-11-20 02:00:07.311',X'1997225353EEA7C4');
INSERT INTO "memberships" VALUES(5,2,'2026-11-19 08:15:30.123','2026-11-20 02:00:07.311',X'2A1353E476070A65');
INSERT INTO "memberships" VALUES(5,3,'2026-11-19 08:15:30.123','2026-11-20 02:00:07.311',X'58F1BFEC0C7FE79A');
INSERT INTO "memberships" VALUES(5,4,'2026-11-19 08:15:30.123','2026-11-20 02:00:07.311',X'35B9A70E3DFF21FB');
CREATE TABLE seen (list_id INTEGER, object_id INTEGER, PRIMARY KEY (list_id, object_id)) WITHOUT ROWID;
PRAGMA user_version = 1;
COMMIT;
