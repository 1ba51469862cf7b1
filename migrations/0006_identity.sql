-- Where people come from, their second factor, their sessions and the tokens of their programs.

ALTER TABLE users ADD COLUMN source TEXT NOT NULL DEFAULT 'local'
    CHECK (source IN ('local', 'oidc', 'ldap', 'scim'));
-- The SCIM client's externalId.
ALTER TABLE users ADD COLUMN external_id TEXT;

-- Under which name a provider knows the person: OpenID Connect's issuer and `sub`, LDAP's DN.
CREATE TABLE identities (
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (provider, name)
);

CREATE INDEX identities_user ON identities (user_id);

-- The TOTP secret, sealed with the person's key; in force from `totp_since`.
ALTER TABLE users ADD COLUMN totp_sealed TEXT;
ALTER TABLE users ADD COLUMN totp_since BIGINT;
-- The last time step that was used: a code is good once (RFC 6238, section 5.2).
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;

-- When the person was told that they talk to an AI system (AI Act 50(1)).
ALTER TABLE users ADD COLUMN ai_notice_at BIGINT;
ALTER TABLE users ADD COLUMN erased_at BIGINT;

CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES users (id),
    -- SHA-256 of the code, in hex.
    hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, hash)
);

ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password';

CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    -- SHA-256 of the token, in hex; the token itself is shown once and never kept.
    hash TEXT NOT NULL,
    -- A JSON array of scope names.
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE UNIQUE INDEX api_tokens_hash ON api_tokens (hash);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

-- Sign-ins by OpenID Connect that have left for the provider and not come back.
CREATE TABLE oidc_flows (
    -- SHA-256 of `state`, in hex.
    state_hash TEXT PRIMARY KEY,
    -- SHA-256 of the cookie that binds the flow to one browser, in hex.
    browser_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    return_to TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
