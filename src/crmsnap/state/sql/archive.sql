-- Beside records: the ids in HubSpot's archive. Restoring a record moves no time of it, so that it is live
-- again shows only in its leaving the archive.
CREATE TABLE archive (
    id          INTEGER PRIMARY KEY,
    archived_at TEXT,            -- as published
    has_left    INTEGER NOT NULL, -- 1: it is there no more, and goes from here when the scan ends
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL
);
-- Whom the scan that is under way has met there. Apart, so that a row of the archive is written once and
-- not each day.
CREATE TABLE archive_met (id INTEGER PRIMARY KEY);
