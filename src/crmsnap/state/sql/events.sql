-- events/<event type>: one row per occurrence, found by time because tables are written in that order.
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
CREATE TABLE seen (occurred_at TEXT, id TEXT, PRIMARY KEY (occurred_at, id)) WITHOUT ROWID;
-- A column of an event table stays once it was there.
CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID;
