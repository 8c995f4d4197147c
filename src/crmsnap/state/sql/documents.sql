-- Small things that are read whole: owners, pipelines, definitions. One JSON document each.
CREATE TABLE documents (
    key         TEXT PRIMARY KEY,
    ingested_at TEXT NOT NULL,
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
