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
CREATE TABLE events (
    occurred_at TEXT NOT NULL,   -- as published
    id          TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL,   -- properties without nulls, names ascending: packed JSON
    PRIMARY KEY (occurred_at, id)
);
INSERT INTO "events" VALUES('2026-11-19 08:15:30.123','e0','0-1','0','2026-11-20 02:00:07.311',X'88D76C0868EA66E5',X'007B2275726C223A222F227D');
INSERT INTO "events" VALUES('2026-11-19 08:15:30.123','e1','0-1','1','2026-11-20 02:00:07.311',X'8A69ABC18DF16E6B',X'007B2275726C223A222F227D');
INSERT INTO "events" VALUES('2026-11-19 08:15:30.123','e2','0-1','2','2026-11-20 02:00:07.311',X'6816B3D02D844E88',X'007B2275726C223A222F227D');
INSERT INTO "events" VALUES('2026-11-19 08:15:30.123','e3','0-1','3','2026-11-20 02:00:07.311',X'615483E4DA30AE6D',X'007B2275726C223A222F227D');
CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID;
INSERT INTO "names" VALUES('url');
CREATE TABLE seen (occurred_at TEXT, id TEXT, PRIMARY KEY (occurred_at, id)) WITHOUT ROWID;
PRAGMA user_version = 1;
COMMIT;
