-- Groups, the rights that they give on document sets, and single documents narrower than their set.

CREATE TABLE access_groups (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    -- The name in lower case: names are unique whatever their case.
    name_key TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Everyone in this role is a member without being listed.
    role TEXT CHECK (role IN ('employee', 'legal', 'admin')),
    -- The group's id at the SCIM client that keeps it.
    external_id TEXT,
    changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX access_groups_name ON access_groups (name_key);

CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES access_groups (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    -- Who keeps this membership: an admin, the SCIM client, or each sign-in by OIDC or LDAP.
    source TEXT NOT NULL CHECK (source IN ('local', 'scim', 'sign_in')),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id, source)
);

CREATE INDEX group_members_user ON group_members (user_id);

CREATE TABLE set_grants (
    set_id TEXT NOT NULL REFERENCES document_sets (id),
    group_id TEXT NOT NULL REFERENCES access_groups (id),
    access_right TEXT NOT NULL CHECK (access_right IN ('read', 'manage')),
    PRIMARY KEY (set_id, group_id)
);

CREATE INDEX set_grants_group ON set_grants (group_id);

-- Who may see a narrowed document, of those who may see its set; managers of the set always may.
CREATE TABLE document_grants (
    document_id TEXT NOT NULL REFERENCES documents (id),
    group_id TEXT NOT NULL REFERENCES access_groups (id),
    PRIMARY KEY (document_id, group_id)
);

ALTER TABLE documents ADD COLUMN narrowed BIGINT NOT NULL DEFAULT 0;

-- They are few, and looked for at every request.
CREATE INDEX documents_narrowed ON documents (set_id) WHERE narrowed = 1;

INSERT INTO access_groups (id, name, name_key, description, role, changed_at, created_at)
VALUES ('legal-team', 'Legal team', 'legal team', 'Everyone who works the review desk', 'legal', 0, 0);

INSERT INTO set_grants (set_id, group_id, access_right)
SELECT id, 'legal-team', 'read' FROM document_sets WHERE audience = 'legal';

-- 'restricted': seen by the groups it is granted to and by nobody else, admins included.
ALTER TABLE document_sets ADD COLUMN reach TEXT NOT NULL DEFAULT 'everyone'
    CHECK (reach IN ('everyone', 'groups', 'restricted'));
UPDATE document_sets SET reach = 'groups' WHERE audience = 'legal';
ALTER TABLE document_sets DROP COLUMN audience;
ALTER TABLE document_sets RENAME COLUMN reach TO audience;
