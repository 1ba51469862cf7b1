-- Documents, their versions and passages, and the outbox that the indexes follow.

CREATE TABLE document_sets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name in lower case: names are unique whatever their case.
    name_key TEXT NOT NULL,
    description TEXT NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('everyone', 'legal')),
    changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX document_sets_name ON document_sets (name_key);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    set_id TEXT NOT NULL REFERENCES document_sets (id),
    name TEXT NOT NULL,
    -- The version with the highest number, whatever its state.
    newest_version TEXT,
    -- The version that can be found: the highest number among the committed ones.
    live_version TEXT,
    deleted_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX documents_name ON documents (set_id, name) WHERE deleted_at IS NULL;

CREATE TABLE versions (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'reading', 'embedding', 'ready', 'failed')),
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    reason TEXT NOT NULL,
    pages BIGINT,
    passages BIGINT NOT NULL,
    parser TEXT NOT NULL,
    embedding_model TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    committed_at BIGINT
);

CREATE UNIQUE INDEX versions_number ON versions (document_id, number);
CREATE INDEX versions_content ON versions (sha256);

CREATE TABLE version_texts (
    version_id TEXT PRIMARY KEY REFERENCES versions (id),
    text TEXT NOT NULL,
    characters BIGINT NOT NULL,
    blocks TEXT NOT NULL
);

CREATE TABLE passages (
    id TEXT PRIMARY KEY,
    version_id TEXT NOT NULL REFERENCES versions (id),
    ordinal BIGINT NOT NULL,
    heading_path TEXT NOT NULL,
    page BIGINT,
    start_char BIGINT NOT NULL,
    end_char BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- Little-endian 32-bit floats in base64.
    vector TEXT NOT NULL
);

CREATE UNIQUE INDEX passages_order ON passages (version_id, ordinal);

CREATE TABLE outbox (
    seq BIGINT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('upsert', 'remove')),
    version_id TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE outbox_cursors (
    consumer TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);
