-- Beside memberships: how far a list was read. It goes with any member that goes, and with any page that is
-- read, until the whole list is known again: a list without a row here is read.
CREATE TABLE list_places (
    list_id     INTEGER PRIMARY KEY,
    size        TEXT,               -- its marks, as they were before it was read
    added_at    TEXT,
    removed_at  TEXT,
    last_page   TEXT,               -- cursor of its last page; NULL: it had one page
    is_open     INTEGER NOT NULL,   -- whether more members are known than there should be
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL
) WITHOUT ROWID;
