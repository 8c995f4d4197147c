-- associations/<from>__<to>: one row per record that has any, with all its targets.
CREATE TABLE associations (
    from_id     INTEGER PRIMARY KEY,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL    -- [[to id, category, type id], ...] ascending: packed JSON
);
CREATE TABLE seen (from_id INTEGER PRIMARY KEY);
