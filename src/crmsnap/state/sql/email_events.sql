-- email-events: one row per event of a marketing e-mail, found by type and time: a type is a table.
CREATE TABLE events (
    type        TEXT NOT NULL,   -- as the API calls it: OPEN
    occurred_at TEXT NOT NULL,   -- as published
    id          TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id   TEXT,            -- the contact; NULL: nobody has the recipient's address
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL,   -- properties without nulls, names ascending: packed JSON
    PRIMARY KEY (type, occurred_at, id)
);
CREATE TABLE seen (type TEXT, occurred_at TEXT, id TEXT, PRIMARY KEY (type, occurred_at, id)) WITHOUT ROWID;
-- A column of a table stays once it was there.
CREATE TABLE names (type TEXT, name TEXT, PRIMARY KEY (type, name)) WITHOUT ROWID;
