BEGIN TRANSACTION;
CREATE TABLE associations (
    from_id     INTEGER PRIMARY KEY,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL    -- [[to id, category, type id], ...] ascending: packed JSON
);
INSERT INTO "associations" VALUES(1,'2026-11-20 02:00:07.311',X'B30C7B3B10002528',X'005B5B392C22555345525F444546494E4544222C335D5D');
INSERT INTO "associations" VALUES(2,'2026-11-20 02:00:07.311',X'FE7534B77AED7137',X'005B5B392C22555345525F444546494E4544222C335D5D');
INSERT INTO "associations" VALUES(3,'2026-11-20 02:00:07.311',X'DB68FDBD57CA0BE3',X'005B5B392C22555345525F444546494E4544222C335D5D');
INSERT INTO "associations" VALUES(4,'2026-11-20 02:00:07.311',X'E9574A559C12D4FD',X'005B5B392C22555345525F444546494E4544222C335D5D');
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
CREATE TABLE seen (from_id INTEGER PRIMARY KEY);
PRAGMA user_version = 1;
COMMIT;
