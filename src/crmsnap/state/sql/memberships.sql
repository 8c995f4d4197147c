-- memberships: one row per member of a list.
CREATE TABLE memberships (
    list_id     INTEGER NOT NULL,
    object_id   INTEGER NOT NULL,
    joined_at   TEXT,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    PRIMARY KEY (list_id, object_id)
) WITHOUT ROWID;
CREATE TABLE seen (list_id INTEGER, object_id INTEGER, PRIMARY KEY (list_id, object_id)) WITHOUT ROWID;
