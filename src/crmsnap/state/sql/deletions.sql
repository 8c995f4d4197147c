-- Beside records: those that are no longer live. No value of theirs is kept.
CREATE TABLE deletions (
    id          ANY  PRIMARY KEY,
    reason      TEXT NOT NULL,   -- ARCHIVED, MERGED, VANISHED
    deleted_at  TEXT,            -- as published; NULL when nobody knows
    survivor    INTEGER,         -- the record that it was merged into
    ingested_at TEXT NOT NULL,   -- start of the run that saw it
    checksum    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
