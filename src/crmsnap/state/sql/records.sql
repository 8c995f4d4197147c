-- objects/<type>: one row per live record. The id is the row id itself, so rows lie in key order.
CREATE TABLE records (
    id          INTEGER PRIMARY KEY,
    updated_at  TEXT,            -- as published; NULL where HubSpot gives no time
    ingested_at TEXT NOT NULL,   -- start of the run that last changed this row
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL    -- properties without nulls, names ascending: packed JSON
);
-- Beside it, so that tables without history never touch these pages.
CREATE TABLE histories (
    id          INTEGER PRIMARY KEY,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL    -- {name: [[updated_at, value], ...newest first]}: packed JSON
);
CREATE TABLE seen (id INTEGER PRIMARY KEY);
