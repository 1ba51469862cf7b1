-- Rules in versions; the desk with its queues, clocks and timelines; approved answers; what is
-- missing; notices and mail; trackers.

CREATE TABLE rule_versions (
    id TEXT PRIMARY KEY,
    -- From 1, in the order in which they were written.
    number BIGINT NOT NULL,
    -- The rules as TOML, and its SHA-256 in hex.
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    -- draft: being written; proposed: waits for a second person; live: decides; former: decided
    -- once; withdrawn: never went live.
    state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'live', 'former', 'withdrawn')),
    -- What changed and why, by its author.
    note TEXT NOT NULL,
    -- The number of the version that it started from; absent for the rules that ship.
    based_on BIGINT,
    author_id TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    approved_by TEXT REFERENCES users (id),
    live_from BIGINT,
    live_until BIGINT
);

CREATE UNIQUE INDEX rule_versions_number ON rule_versions (number);
CREATE UNIQUE INDEX rule_versions_live ON rule_versions (state) WHERE state = 'live';

-- What a rule or a signal made of a question, beside its outcome; for counts and for replays.
ALTER TABLE runs ADD COLUMN topic TEXT;
ALTER TABLE runs ADD COLUMN language TEXT;
-- The words of a caution that stands above an answer.
ALTER TABLE runs ADD COLUMN caution TEXT;
-- Flags that rules set, as a JSON list of their names.
ALTER TABLE runs ADD COLUMN flags TEXT;
-- The approved answer that was given.
ALTER TABLE runs ADD COLUMN approved_answer_id TEXT;
-- The asker's word on the answer: 1 helpful, 0 not; with a comment.
ALTER TABLE runs ADD COLUMN helpful BIGINT;
ALTER TABLE runs ADD COLUMN helpful_comment TEXT;

CREATE INDEX runs_topic ON runs (user_id, topic, asked_at);

-- How much a passage's text looks like instructions to an assistant, 0..=1; computed once.
ALTER TABLE passages ADD COLUMN injection DOUBLE PRECISION;

CREATE TABLE queues (
    id TEXT PRIMARY KEY,
    -- As rules name it: small letters, digits, hyphens.
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    -- 1: only its members see what is in it, and nobody else that it is there.
    restricted BIGINT NOT NULL,
    -- What goes here where the rule names no queue, as JSON lists; empty ones match nothing.
    topics TEXT NOT NULL,
    languages TEXT NOT NULL,
    -- Service level in minutes of business hours; absent: none.
    first_reply_minutes BIGINT,
    resolution_minutes BIGINT,
    -- 1: what comes in is given to the members in turn.
    rotation BIGINT NOT NULL,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);

CREATE UNIQUE INDEX queues_key ON queues (key);

CREATE TABLE queue_members (
    queue_id TEXT NOT NULL REFERENCES queues (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    -- 1: passed over by the rotation for now.
    away BIGINT NOT NULL,
    last_given_at BIGINT,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (queue_id, user_id)
);

INSERT INTO queues (id, key, name, description, restricted, topics, languages,
                    first_reply_minutes, resolution_minutes, rotation, position, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'legal', 'Legal',
        'Everything that no other queue takes.', 0, '[]', '[]', 480, 2400, 0, 1, 0),
       ('00000000-0000-7000-8000-000000000002', 'whistleblowing', 'Reports of wrongdoing',
        'Reports under Directive (EU) 2019/1937: seen by its members only.', 1,
        '["report-of-wrongdoing"]', '[]', 1680, NULL, 0, 2, 0);

ALTER TABLE escalations ADD COLUMN queue_id TEXT NOT NULL
    DEFAULT '00000000-0000-7000-8000-000000000001';
-- 1 urgent, 2 high, 3 normal, 4 low.
ALTER TABLE escalations ADD COLUMN priority BIGINT NOT NULL DEFAULT 3;
ALTER TABLE escalations ADD COLUMN assignee_id TEXT;
ALTER TABLE escalations ADD COLUMN snoozed_until BIGINT;
-- Since when the clock stands still because the asker has to say something.
ALTER TABLE escalations ADD COLUMN waiting_since BIGINT;
-- Milliseconds of business hours for which it stood still before.
ALTER TABLE escalations ADD COLUMN paused_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE escalations ADD COLUMN first_reply_due_at BIGINT;
ALTER TABLE escalations ADD COLUMN resolution_due_at BIGINT;
-- When a warning was given, and when the breach was noted, of either.
ALTER TABLE escalations ADD COLUMN warned_at BIGINT;
ALTER TABLE escalations ADD COLUMN breached_at BIGINT;
ALTER TABLE escalations ADD COLUMN resolved_at BIGINT;
ALTER TABLE escalations ADD COLUMN merged_into TEXT;
ALTER TABLE escalations ADD COLUMN withdrawn_at BIGINT;
ALTER TABLE escalations ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
-- The asker's word, 1 to 5 with a comment.
ALTER TABLE escalations ADD COLUMN rating BIGINT;
ALTER TABLE escalations ADD COLUMN rating_comment TEXT;
-- Counts up with every change: a change made on an older number is refused.
ALTER TABLE escalations ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
-- The part of the question that this one was split off with; absent: the question itself.
ALTER TABLE escalations ADD COLUMN subject TEXT;
ALTER TABLE escalations ADD COLUMN split_from TEXT;
-- The tracker that has its issue, the issue's state there, and when it was last read.
ALTER TABLE escalations ADD COLUMN ticket_tracker TEXT;
ALTER TABLE escalations ADD COLUMN ticket_state TEXT;
ALTER TABLE escalations ADD COLUMN ticket_seen_at BIGINT;

-- Two trackers may use the same keys; what there is belongs to the configured one.
DROP INDEX escalations_ticket;
UPDATE escalations SET ticket_tracker = 'config' WHERE ticket_key IS NOT NULL;
CREATE UNIQUE INDEX escalations_ticket ON escalations (COALESCE(ticket_tracker, ''), ticket_key)
    WHERE ticket_key IS NOT NULL;

-- A run has one escalation, and those split off from it.
DROP INDEX escalations_run;
CREATE UNIQUE INDEX escalations_run ON escalations (run_id) WHERE split_from IS NULL;
CREATE INDEX escalations_queue ON escalations (queue_id, state);
CREATE INDEX escalations_due ON escalations (state, first_reply_due_at);

-- reply: the asker reads it; note: for the desk only; asker: what the asker added; ticket: a
-- comment that came from the tracker, for the desk only.
ALTER TABLE replies ADD COLUMN kind TEXT NOT NULL DEFAULT 'reply';
-- The comment's id in the tracker, so that it is taken once.
ALTER TABLE replies ADD COLUMN outside_id TEXT;
CREATE UNIQUE INDEX replies_outside ON replies (escalation_id, outside_id)
    WHERE outside_id IS NOT NULL;

-- The timeline: who did what. Rows are only ever added.
CREATE TABLE escalation_events (
    escalation_id TEXT NOT NULL REFERENCES escalations (id),
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    -- Absent: the system.
    actor_id TEXT REFERENCES users (id),
    kind TEXT NOT NULL,
    -- What changed, as a JSON object: names, states, no words of a question or reply.
    detail TEXT NOT NULL,
    PRIMARY KEY (escalation_id, number)
);

-- Who looks at an escalation now.
CREATE TABLE escalation_presence (
    escalation_id TEXT NOT NULL REFERENCES escalations (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    writing BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (escalation_id, user_id)
);

-- A reply that the model drafted.
CREATE TABLE escalation_drafts (
    id TEXT PRIMARY KEY,
    escalation_id TEXT NOT NULL REFERENCES escalations (id),
    -- The sentences with their citations, as JSON.
    sentences TEXT NOT NULL,
    model TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'edited', 'rejected')),
    created_at BIGINT NOT NULL,
    decided_by TEXT REFERENCES users (id),
    decided_at BIGINT
);

CREATE INDEX escalation_drafts_of ON escalation_drafts (escalation_id, created_at);

CREATE TABLE reply_templates (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    -- With variables such as {asker}.
    body TEXT NOT NULL,
    -- Absent: for every queue.
    queue_id TEXT REFERENCES queues (id),
    -- Counts up with every change.
    version BIGINT NOT NULL,
    changed_by TEXT REFERENCES users (id),
    changed_at BIGINT NOT NULL
);

CREATE TABLE desk_views (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    -- The part of the desk's address after the question mark.
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX desk_views_user ON desk_views (user_id, created_at);

CREATE TABLE approved_answers (
    id TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    -- Other ways to ask the same, as a JSON list.
    phrasings TEXT NOT NULL,
    body TEXT NOT NULL,
    -- draft: being written; proposed: waits for a second person; approved: given; review: out of
    -- use until somebody has looked; retired: out of use for good.
    state TEXT NOT NULL CHECK (state IN ('draft', 'proposed', 'approved', 'review', 'retired')),
    -- Why it is in review, in words.
    review_reason TEXT,
    owner_id TEXT REFERENCES users (id),
    author_id TEXT REFERENCES users (id),
    approved_by TEXT REFERENCES users (id),
    approved_at BIGINT,
    -- The last day on which it is given, in days since 1970-01-01; absent: no end.
    valid_until BIGINT,
    -- 1: everybody who is signed in; 0: members of its groups.
    everyone BIGINT NOT NULL,
    -- The citations, as JSON.
    citations TEXT NOT NULL,
    revision BIGINT NOT NULL,
    -- How often it was given.
    served BIGINT NOT NULL,
    escalation_id TEXT REFERENCES escalations (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX approved_answers_state ON approved_answers (state);

CREATE TABLE approved_answer_groups (
    answer_id TEXT NOT NULL REFERENCES approved_answers (id),
    group_id TEXT NOT NULL REFERENCES access_groups (id),
    PRIMARY KEY (answer_id, group_id)
);

-- The documents that it cites, in the version that it was written from.
CREATE TABLE approved_answer_documents (
    answer_id TEXT NOT NULL REFERENCES approved_answers (id),
    document_id TEXT NOT NULL REFERENCES documents (id),
    version_id TEXT NOT NULL,
    PRIMARY KEY (answer_id, document_id)
);

CREATE TABLE document_requests (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'declined')),
    -- How many questions it would answer, when it was made.
    questions BIGINT NOT NULL,
    created_by TEXT REFERENCES users (id),
    created_at BIGINT NOT NULL,
    decided_at BIGINT
);

-- What a person is told in the app, and by mail where that is set up.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    -- What it is about: an escalation, an approved answer, a document, a rule version.
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT,
    mailed_at BIGINT
);

CREATE INDEX notices_user ON notices (user_id, at);

-- 1: no mail, the app only.
ALTER TABLE users ADD COLUMN no_mail BIGINT NOT NULL DEFAULT 0;

CREATE TABLE trackers (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('jira_data_center', 'jira_cloud',
                                       'jira_service_management', 'webhook')),
    name TEXT NOT NULL,
    -- Everything but secrets, as JSON.
    settings TEXT NOT NULL,
    -- Sealed with the master key.
    token TEXT,
    webhook_secret TEXT,
    enabled BIGINT NOT NULL,
    -- How far its changes were read, in its own clock.
    polled_until BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Deliveries that were taken already.
CREATE TABLE tracker_deliveries (
    tracker_id TEXT NOT NULL REFERENCES trackers (id),
    delivery TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tracker_id, delivery)
);

-- What was removed from a restricted queue, by its id in the log: its records stay closed to
-- everybody else for as long as they are kept.
CREATE TABLE restricted_records (
    -- run, escalation or conversation.
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    queue_id TEXT NOT NULL REFERENCES queues (id),
    PRIMARY KEY (kind, id)
);
