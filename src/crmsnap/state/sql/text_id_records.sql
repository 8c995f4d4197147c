-- objects/<type> of types with an API of their own: an id is a whole number or, a form's GUID, text. The
-- column has no type, so each keeps its own, and SQLite sorts numbers by value before texts by code point:
-- the order in which tables are published.
CREATE TABLE records (
    id          NOT NULL PRIMARY KEY,
    updated_at  TEXT,            -- as published; NULL where HubSpot gives no time
    ingested_at TEXT NOT NULL,   -- start of the run that last changed this row
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL    -- properties without nulls, names ascending: packed JSON
) WITHOUT ROWID;
-- Every name that a record ever had, whatever was declared: a table's columns stay.
CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE seen (id NOT NULL PRIMARY KEY) WITHOUT ROWID;
