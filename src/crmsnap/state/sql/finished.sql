-- In every stream file: the newest scan that came to its end. What the next one asks for builds on it.
CREATE TABLE finished (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    run        TEXT NOT NULL,
    started_at TEXT NOT NULL,    -- start of that run by HubSpot's clock, as published
    asked      TEXT NOT NULL,    -- what it asked for, in the stream's own words
    note       TEXT,             -- what the stream left for its next scan
    swept_at   TEXT NOT NULL,    -- start of the newest run that met every row
    checksum   BLOB              -- of the columns before it: a wrong time or note would lose changes
);
-- Of the scan that is under way: whether it has met every row, the note that it will leave, what it asks
-- for, and whether it keeps rows that it does not meet; NULL: it has not said yet.
ALTER TABLE cursor ADD COLUMN swept INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cursor ADD COLUMN note TEXT;
ALTER TABLE cursor ADD COLUMN asked TEXT NOT NULL DEFAULT '';
ALTER TABLE cursor ADD COLUMN keeps INTEGER;
-- Of the row, position and note included; NULL: of a version that wrote none.
ALTER TABLE cursor ADD COLUMN checksum BLOB;
