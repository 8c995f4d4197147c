BEGIN TRANSACTION;
CREATE TABLE account (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    portal_id TEXT NOT NULL
);
INSERT INTO "account" VALUES(1,'4711');
CREATE TABLE gaps (
    run    TEXT NOT NULL,
    stream TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    scopes TEXT NOT NULL,        -- JSON
    PRIMARY KEY (run, stream)
);
CREATE TABLE prunes (
    destination TEXT NOT NULL,
    day         TEXT NOT NULL,
    manifest    BLOB NOT NULL,
    PRIMARY KEY (destination, day)
);
CREATE TABLE puts (
    destination TEXT NOT NULL,
    key         TEXT NOT NULL,
    PRIMARY KEY (destination, key)
) WITHOUT ROWID;
CREATE TABLE runs (
    id          TEXT PRIMARY KEY,
    day         TEXT NOT NULL,   -- sync day, YYYY-MM-DD
    started_at  TEXT NOT NULL,   -- HubSpot's clock, as published: INGESTEDAT of all that the run changes
    selection   TEXT NOT NULL,   -- JSON
    destination TEXT NOT NULL,   -- URL without secrets
    status      TEXT NOT NULL,   -- running, published, failed, interrupted, deferred, abandoned
    ended_at    TEXT,
    report      TEXT,            -- JSON: what the run printed at its end
    reading     INTEGER NOT NULL DEFAULT 0  -- which rules the run reads by
);
INSERT INTO "runs" VALUES('20261120T020007Z-0a1b2c3d','2026-11-20','2026-11-20 02:00:07.311','{"types": [], "tables": [], "iso_dates": false, "exclude_types": [], "exclude_tables": [], "properties": {"only": [], "never": []}, "events": {"only": [], "never": []}, "histories": {"only": [], "never": []}, "calculated_histories": true}','/data','published','2026-11-20 02:00:07.311','{"rows": 1}',1);
INSERT INTO "runs" VALUES('20261121T020009Z-1a2b3c4d','2026-11-21','2026-11-21 02:00:09.120','{"types": [], "tables": [], "iso_dates": false, "exclude_types": [], "exclude_tables": [], "properties": {"only": [], "never": []}, "events": {"only": [], "never": []}, "histories": {"only": [], "never": []}, "calculated_histories": true}','/data','interrupted','2026-11-21 02:00:09.120',NULL,1);
PRAGMA user_version = 1;
COMMIT;
