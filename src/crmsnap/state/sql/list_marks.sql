-- Beside lists: as HubSpot gives them, what moves when a list gains or loses a member.
CREATE TABLE list_marks (
    key         TEXT PRIMARY KEY,
    size        TEXT,
    added_at    TEXT,
    removed_at  TEXT,
    ingested_at TEXT NOT NULL,   -- start of the run that first saw these marks
    checksum    BLOB NOT NULL
) WITHOUT ROWID;
