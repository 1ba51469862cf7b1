-- What everything else leans on: numbered rows and the record of who did what.
-- Times are milliseconds since 1970, flags are 0 or 1, JSON is text: the same on both databases.

-- A counter's row lock lasts until its transaction ends, so numbers are in commit order.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO counters (name, value) VALUES ('audit', 0);
INSERT INTO counters (name, value) VALUES ('outbox', 0);

-- `hash` covers the row and the row before it: a changed or missing row shows.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_subject ON audit (subject, seq);

-- The durable queue. `dedupe` makes sure that a thing is asked for once, for ever.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedupe TEXT,
    priority BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed')),
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_by TEXT,
    leased_until BIGINT,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE UNIQUE INDEX jobs_dedupe ON jobs (kind, dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX jobs_next ON jobs (kind, state, priority, due_at);
