-- Conversations, runs and everything that explains them later; escalations and their replies.

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    -- Absent for the operator.
    user_id TEXT REFERENCES users (id),
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX conversations_user ON conversations (user_id, updated_at);

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    conversation_id TEXT REFERENCES conversations (id),
    number BIGINT NOT NULL,
    user_id TEXT REFERENCES users (id),
    -- The asker's department when the question was asked.
    department TEXT,
    question TEXT NOT NULL,
    standalone_question TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done')),
    outcome TEXT,
    rule TEXT,
    message TEXT NOT NULL,
    answerability DOUBLE PRECISION,
    trace TEXT NOT NULL,
    timings TEXT NOT NULL,
    last_event BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    cancel_requested_at BIGINT,
    asked_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE INDEX runs_conversation ON runs (conversation_id, number);
CREATE INDEX runs_state ON runs (state, active_at);

CREATE TABLE run_events (
    run_id TEXT NOT NULL REFERENCES runs (id),
    seq BIGINT NOT NULL,
    event TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (run_id, seq)
);

CREATE TABLE run_passages (
    run_id TEXT NOT NULL REFERENCES runs (id),
    number BIGINT NOT NULL,
    passage_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    -- The passage as it was shown.
    shown TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
);

CREATE TABLE run_sentences (
    run_id TEXT NOT NULL REFERENCES runs (id),
    number BIGINT NOT NULL,
    -- The sentence with its citations and checks.
    sentence TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
);

CREATE TABLE model_calls (
    run_id TEXT NOT NULL REFERENCES runs (id),
    number BIGINT NOT NULL,
    user_id TEXT REFERENCES users (id),
    department TEXT,
    task TEXT NOT NULL,
    engine TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    parameters TEXT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    error TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (run_id, number)
);

CREATE INDEX model_calls_at ON model_calls (at);

CREATE TABLE escalations (
    id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL REFERENCES runs (id),
    user_id TEXT REFERENCES users (id),
    reason TEXT NOT NULL,
    rule TEXT,
    note TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'resolved')),
    ticket_key TEXT,
    first_reply_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX escalations_run ON escalations (run_id);
CREATE UNIQUE INDEX escalations_ticket ON escalations (ticket_key) WHERE ticket_key IS NOT NULL;
CREATE INDEX escalations_state ON escalations (state, created_at);
CREATE INDEX escalations_user ON escalations (user_id, created_at);

CREATE TABLE replies (
    id TEXT PRIMARY KEY,
    escalation_id TEXT NOT NULL REFERENCES escalations (id),
    author_id TEXT REFERENCES users (id),
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX replies_escalation ON replies (escalation_id, at);
