-- Documents as companies have them: in folders and archives, in force from one day until another,
-- read page by page in several ways, embedded by more than one model while models change.
-- Days are counted from 1970-01-01; the first day is -719162 (0001-01-01), the last 2932896
-- (9999-12-31).

-- Where the file lay among the files it came with: a folder's path without a slash at its ends.
ALTER TABLE documents ADD COLUMN folder TEXT NOT NULL DEFAULT '';
-- The archive or mail that it came out of.
ALTER TABLE documents ADD COLUMN part_of TEXT;
-- The document that it takes the place of, from its own first day on.
ALTER TABLE documents ADD COLUMN supersedes TEXT;
ALTER TABLE documents ADD COLUMN jurisdiction TEXT NOT NULL DEFAULT '';
-- A person's id; the person may be erased.
ALTER TABLE documents ADD COLUMN owner_id TEXT;
ALTER TABLE documents ADD COLUMN review_on BIGINT;
-- JSON: a list of words.
ALTER TABLE documents ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

DROP INDEX documents_name;
CREATE UNIQUE INDEX documents_name ON documents (set_id, folder, name) WHERE deleted_at IS NULL;
CREATE INDEX documents_part_of ON documents (part_of);
CREATE INDEX documents_supersedes ON documents (supersedes);
CREATE INDEX documents_owner ON documents (owner_id);

-- What a person says of a version: the first day in force, and the first day no more.
ALTER TABLE versions ADD COLUMN effective_from BIGINT;
ALTER TABLE versions ADD COLUMN effective_until BIGINT;
-- What follows from all versions together: in force on a day with valid_from <= day < valid_until;
-- on no day where they are equal. No two versions of a document are in force on one day.
ALTER TABLE versions ADD COLUMN valid_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN valid_until BIGINT NOT NULL DEFAULT 0;
UPDATE versions SET valid_from = -719162, valid_until = 2932897
    WHERE id IN (SELECT live_version FROM documents WHERE live_version IS NOT NULL);
ALTER TABLE documents DROP COLUMN live_version;
CREATE INDEX versions_in_force ON versions (valid_from, valid_until);
CREATE INDEX versions_state ON versions (state);

-- ISO 639-1; empty where it isn't known.
ALTER TABLE versions ADD COLUMN language TEXT NOT NULL DEFAULT '';
-- JSON: what was read from the document itself and waits for a person's word.
ALTER TABLE versions ADD COLUMN proposed TEXT NOT NULL DEFAULT '{}';
-- JSON: how it is to be read, where somebody chose.
ALTER TABLE versions ADD COLUMN read_settings TEXT NOT NULL DEFAULT '{}';
-- JSON: what people should know of how it was read, such as accepted changes.
ALTER TABLE versions ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
-- The kind of failure.
ALTER TABLE versions ADD COLUMN cause TEXT NOT NULL DEFAULT '';
-- When it last moved on its way in.
ALTER TABLE versions ADD COLUMN moved_at BIGINT NOT NULL DEFAULT 0;
UPDATE versions SET moved_at = added_at;
CREATE INDEX versions_moved ON versions (moved_at);

-- JSON: where each line stands on its page; each page's number as printed, its size, its parser.
ALTER TABLE version_texts ADD COLUMN boxes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE version_texts ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';

ALTER TABLE passages ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- A passage's vector by one model. Little-endian 32-bit floats in base64.
CREATE TABLE passage_vectors (
    passage_id TEXT NOT NULL REFERENCES passages (id),
    model TEXT NOT NULL,
    vector TEXT NOT NULL,
    PRIMARY KEY (model, passage_id)
);

INSERT INTO passage_vectors (passage_id, model, vector)
SELECT p.id, v.embedding_model, p.vector FROM passages p JOIN versions v ON v.id = p.version_id;
ALTER TABLE passages DROP COLUMN vector;
ALTER TABLE versions DROP COLUMN embedding_model;

-- The models of this instance: one answers, another may be on its way to take its place.
CREATE TABLE embedding_models (
    model TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('active', 'building', 'paused')),
    dimensions BIGINT NOT NULL,
    -- JSON: where its files are and how it is used, so that it can go on answering.
    settings TEXT NOT NULL,
    begun_at BIGINT NOT NULL
);

-- What a watched folder held when it was last looked at.
CREATE TABLE watched_files (
    -- The folder as the configuration names it.
    root TEXT NOT NULL,
    -- The file's path below it.
    path TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    modified_ms BIGINT NOT NULL,
    -- Empty until the file has lain still and was taken.
    sha256 TEXT NOT NULL,
    document_id TEXT,
    -- Why it was not taken; empty where it was.
    refused TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (root, path)
);

CREATE TABLE watched_roots (
    root TEXT PRIMARY KEY,
    set_id TEXT,
    looked_at BIGINT NOT NULL,
    -- Why it could not be looked at; empty where it could.
    problem TEXT NOT NULL
);

-- What a job is about, so that it can be found and taken back; whose it is, so that one person's
-- load doesn't hold up another's.
ALTER TABLE jobs ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_subject ON jobs (subject);

-- The day that the question asks about; none: the day on which it was asked.
ALTER TABLE runs ADD COLUMN as_of BIGINT;
