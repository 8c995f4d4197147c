-- published.sqlite: what each range of the newest snapshot at a destination was made of, and where it lies.
CREATE TABLE ranges (
    destination TEXT NOT NULL,   -- URL without secrets
    made_of     BLOB NOT NULL,   -- digest of the table, the settings and the stretches of the state
    checksum    BLOB NOT NULL,
    body        BLOB NOT NULL,   -- JSON: parts, first and last key, questions to the state with their answers
    PRIMARY KEY (destination, made_of)
) WITHOUT ROWID;
