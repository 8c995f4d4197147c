-- runs.sqlite: whose state this is, what was run, and what was found missing.
CREATE TABLE account (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    portal_id TEXT NOT NULL
);
CREATE TABLE runs (
    id          TEXT PRIMARY KEY,
    day         TEXT NOT NULL,   -- sync day, YYYY-MM-DD
    started_at  TEXT NOT NULL,   -- HubSpot's clock, as published: INGESTEDAT of all that the run changes
    selection   TEXT NOT NULL,   -- JSON
    destination TEXT NOT NULL,   -- URL without secrets
    status      TEXT NOT NULL,   -- running, published, failed, interrupted, deferred, abandoned
    ended_at    TEXT,
    report      TEXT,            -- JSON: what the run printed at its end
    reading     INTEGER NOT NULL DEFAULT 0, -- which rules the run reads by
    reads_all   INTEGER NOT NULL DEFAULT 0  -- 1: it reads everything again, as on the first day
);
CREATE TABLE gaps (
    run    TEXT NOT NULL,
    stream TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    scopes TEXT NOT NULL,        -- JSON
    PRIMARY KEY (run, stream)
);
-- Keys that this connection was about to write: only these may be swept as strays.
CREATE TABLE puts (
    destination TEXT NOT NULL,
    key         TEXT NOT NULL,
    PRIMARY KEY (destination, key)
) WITHOUT ROWID;
-- Manifests of days whose removal has begun: what a killed prune left is removed by the next one.
CREATE TABLE prunes (
    destination TEXT NOT NULL,
    day         TEXT NOT NULL,
    manifest    BLOB NOT NULL,
    PRIMARY KEY (destination, day)
);
