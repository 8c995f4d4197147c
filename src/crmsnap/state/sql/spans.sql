-- In stream files whose tables are written in parts: stretches of the main table's rows, by key, whose
-- borders stay from day to day, each with a digest of what it holds.
CREATE TABLE spans (
    apart  TEXT    NOT NULL,     -- where each type is cut for itself, the type; else empty
    number INTEGER NOT NULL,
    high   ANY,                  -- key of its last row; NULL: the last one, which has no upper border
    rows   INTEGER NOT NULL,
    digest BLOB    NOT NULL,
    PRIMARY KEY (apart, number)
) STRICT, WITHOUT ROWID;
-- Keys of rows that changed since the spans were worked out. Filled by triggers, which are made with the
-- first spans: a first load writes nothing here.
CREATE TABLE touched (
    apart TEXT NOT NULL,
    key   ANY  NOT NULL,
    PRIMARY KEY (apart, key)
) STRICT, WITHOUT ROWID;
