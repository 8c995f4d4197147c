-- In every stream file: how far the scan of one run has come. Saved in the same transaction as the
-- rows that it covers.
CREATE TABLE cursor (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    run      TEXT    NOT NULL,   -- the run that this scan belongs to
    position TEXT,               -- where the scan goes on: JSON of the stream; NULL: at the beginning
    done     INTEGER NOT NULL,   -- 1: the scan has reached the end
    fresh    INTEGER NOT NULL,   -- 1: the file was empty when the scan began, so nothing can vanish
    rows     INTEGER NOT NULL    -- read by this scan so far
);
-- zstd dictionaries by number; a later one never touches what an earlier one packed.
CREATE TABLE dictionaries (
    number INTEGER PRIMARY KEY,
    shape  TEXT NOT NULL,        -- the table whose bodies it was trained on
    body   BLOB NOT NULL
);
