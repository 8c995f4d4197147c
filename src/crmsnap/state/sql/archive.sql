-- Beside records: the ids in HubSpot's archive. Restoring a record moves no time of it, so that it is live
-- again shows only in its leaving the archive.
CREATE TABLE archive (
    id          INTEGER PRIMARY KEY,
    archived_at TEXT,            -- as published
    met_at      TEXT,            -- start of the newest run that met it there; NULL: it has left
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL
);
