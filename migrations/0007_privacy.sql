-- What makes the record hold: sealed personal data, signed checkpoints, holds.

-- Personal data of the record, encrypted with the key of the person it is about: JSON, or empty.
-- The hash covers it as it stands here.
ALTER TABLE audit ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
-- The document set that a record is about, so that those of a restricted one can be withheld from
-- readers outside it. Not covered by the hash: it follows from what is.
ALTER TABLE audit ADD COLUMN set_id TEXT;

CREATE INDEX audit_at ON audit (at, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_actor ON audit (actor, seq);
-- The person whose data is sealed: `{"for":"` and an id of 36 characters.
CREATE INDEX audit_about ON audit (substr(sealed, 9, 36), seq);

-- Which questions a document was found for.
CREATE INDEX run_passages_document ON run_passages (document_id);

CREATE TABLE subject_keys (
    user_id TEXT PRIMARY KEY,
    -- The key, wrapped by the master key of this id; empty once it was destroyed.
    wrapped TEXT NOT NULL,
    master TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    destroyed_at BIGINT
);

CREATE TABLE checkpoints (
    -- The record that the checkpoint vouches for, and with it all before.
    seq BIGINT PRIMARY KEY,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    -- Ed25519, in base64.
    signature TEXT NOT NULL
);

CREATE TABLE legal_holds (
    id TEXT PRIMARY KEY,
    -- 'everything', or 'person' with `user_id`.
    kind TEXT NOT NULL CHECK (kind IN ('everything', 'person')),
    user_id TEXT REFERENCES users (id),
    reason TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    lifted_by TEXT,
    lifted_at BIGINT
);
