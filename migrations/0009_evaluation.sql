-- How answers are made and measured: the mode a person chose, the settings a run was made with,
-- documents that contradict each other; sets of questions, evaluations over them, calibrations.

-- 'written' or 'quotes'; absent: as the deployment has it.
ALTER TABLE users ADD COLUMN answer_mode TEXT;

-- 'written' or 'quotes'; absent where nothing was to be answered.
ALTER TABLE runs ADD COLUMN mode TEXT;
-- Everything besides the passages that the answer depends on, as JSON.
ALTER TABLE runs ADD COLUMN settings TEXT;
-- What the documents say differently, as JSON.
ALTER TABLE runs ADD COLUMN conflict TEXT;

CREATE TABLE question_sets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Of the questions, in their order.
    sha256 TEXT NOT NULL,
    questions BIGINT NOT NULL,
    -- The evaluation that others are compared with.
    baseline_id TEXT,
    created_by TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX question_sets_name ON question_sets (name);

CREATE TABLE labelled_questions (
    set_id TEXT NOT NULL REFERENCES question_sets (id),
    -- From 1, in the order of the file.
    number BIGINT NOT NULL,
    -- The question with its labels, as JSON.
    question TEXT NOT NULL,
    PRIMARY KEY (set_id, number)
);

CREATE TABLE evaluations (
    id TEXT PRIMARY KEY,
    set_id TEXT NOT NULL REFERENCES question_sets (id),
    label TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('retrieval', 'rules', 'quotes', 'written')),
    -- Whether each question is searched in its own document only.
    within_document BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'failed')),
    -- What it ran with, as JSON.
    settings TEXT NOT NULL,
    -- What it measured, as JSON, once it is done.
    figures TEXT,
    questions BIGINT NOT NULL,
    done BIGINT NOT NULL,
    error TEXT,
    stop_requested_at BIGINT,
    -- Absent for the operator. Only they see which documents it found and what was written.
    user_id TEXT REFERENCES users (id),
    active_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT
);

CREATE INDEX evaluations_set ON evaluations (set_id, started_at);
CREATE INDEX evaluations_state ON evaluations (state, active_at);

CREATE TABLE evaluation_results (
    evaluation_id TEXT NOT NULL REFERENCES evaluations (id),
    number BIGINT NOT NULL,
    -- As JSON.
    result TEXT NOT NULL,
    PRIMARY KEY (evaluation_id, number)
);

CREATE TABLE calibrations (
    id TEXT PRIMARY KEY,
    -- The evaluation whose questions it was fitted on; absent once that is deleted.
    evaluation_id TEXT REFERENCES evaluations (id),
    -- What it was fitted on, in words.
    data TEXT NOT NULL,
    -- The models whose scores it weighs.
    embedding TEXT NOT NULL,
    reranker TEXT,
    -- Coefficients and curves, as JSON.
    content TEXT NOT NULL,
    created_by TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    -- When it was put into use; the latest is the one in use. Absent: never.
    adopted_at BIGINT,
    -- Set when it was put out of use.
    withdrawn_at BIGINT
);
