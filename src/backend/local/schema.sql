-- Version 1 of the database of a local instance.
--
-- `tenant` is '' for the default tenant, the one without an id, and the tenant's id otherwise. It refers to no table,
-- because the default tenant has no row and executions outlive their tenant.
-- `attributed` is 0 for what was recorded in the default tenant while multi-tenancy was off. With multi-tenancy on it
-- counts for nothing until `kestra auths users sync-access` has set it to 1.

CREATE TABLE instance (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Totals of whole lists, kept by triggers, so that a million rows need not be counted for every page.
CREATE TABLE counts (
    name   TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counts VALUES ('tenants', 0), ('users', 0);

CREATE TABLE tenants (
    id       TEXT NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL,              -- the name in lower case, to search and sort by
    storage  TEXT,                       -- storageType in lower case; NULL is the instance's own
    secrets  TEXT,                       -- secretType in lower case; NULL is the instance's own
    admins   INTEGER NOT NULL DEFAULT 0, -- users who hold the Admin role, kept by triggers
    rest     TEXT                        -- all other fields as a JSON object; NULL if there are none
) STRICT, WITHOUT ROWID;
CREATE INDEX tenants_by_name ON tenants (name_key, id);

CREATE TRIGGER tenant_counted AFTER INSERT ON tenants BEGIN
    UPDATE counts SET number = number + 1 WHERE name = 'tenants';
END;
CREATE TRIGGER tenant_discounted AFTER DELETE ON tenants BEGIN
    UPDATE counts SET number = number - 1 WHERE name = 'tenants';
END;

CREATE TABLE users (
    key          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    username     TEXT NOT NULL UNIQUE,
    display_name TEXT,
    kind         TEXT NOT NULL CHECK (kind IN ('STANDARD', 'SERVICE_ACCOUNT')),
    superadmin   INTEGER NOT NULL CHECK (superadmin IN (0, 1))
) STRICT;
CREATE INDEX superadmins ON users (key) WHERE superadmin = 1;

CREATE TRIGGER user_counted AFTER INSERT ON users BEGIN
    UPDATE counts SET number = number + 1 WHERE name = 'users';
END;
CREATE TRIGGER user_discounted AFTER DELETE ON users BEGIN
    UPDATE counts SET number = number - 1 WHERE name = 'users';
END;

-- Who may enter a tenant.
CREATE TABLE tenant_access (
    tenant     TEXT NOT NULL,
    user       INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    attributed INTEGER NOT NULL DEFAULT 1 CHECK (attributed IN (0, 1)),
    PRIMARY KEY (tenant, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX tenant_access_by_user ON tenant_access (user, tenant);

-- Managed roles store neither permissions nor description: both come from the catalogue of the release.
CREATE TABLE roles (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    permissions TEXT,                    -- JSON; NULL marks a managed role
    is_default  INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    attributed  INTEGER NOT NULL DEFAULT 1 CHECK (attributed IN (0, 1)),
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE groups (
    tenant      TEXT NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    attributed  INTEGER NOT NULL DEFAULT 1 CHECK (attributed IN (0, 1)),
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE group_members (
    tenant   TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user     INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    owner    INTEGER NOT NULL CHECK (owner IN (0, 1)),
    PRIMARY KEY (tenant, group_id, user),
    FOREIGN KEY (tenant, group_id) REFERENCES groups (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_user ON group_members (user, tenant);

CREATE TABLE bindings (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    user       INTEGER REFERENCES users (key) ON DELETE CASCADE,
    group_id   TEXT,
    role_id    TEXT NOT NULL,
    namespace  TEXT,                     -- NULL is the whole tenant
    attributed INTEGER NOT NULL DEFAULT 1 CHECK (attributed IN (0, 1)),
    PRIMARY KEY (tenant, id),
    CHECK ((user IS NULL) <> (group_id IS NULL)),
    FOREIGN KEY (tenant, group_id) REFERENCES groups (tenant, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant, role_id) REFERENCES roles (tenant, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX bindings_by_user ON bindings (user) WHERE user IS NOT NULL;

-- Everybody who holds the managed Admin role of a whole tenant, directly or through a group.
CREATE VIEW admins AS
    SELECT b.tenant AS tenant, b.user AS user, min(b.attributed, r.attributed) AS attributed
    FROM bindings b JOIN roles r ON r.tenant = b.tenant AND r.id = b.role_id
    WHERE b.user IS NOT NULL AND b.namespace IS NULL AND r.permissions IS NULL AND r.name = 'Admin'
    UNION ALL
    SELECT b.tenant, m.user, min(b.attributed, r.attributed, g.attributed)
    FROM bindings b
    JOIN roles r ON r.tenant = b.tenant AND r.id = b.role_id
    JOIN groups g ON g.tenant = b.tenant AND g.id = b.group_id
    JOIN group_members m ON m.tenant = g.tenant AND m.group_id = g.id
    WHERE b.namespace IS NULL AND r.permissions IS NULL AND r.name = 'Admin';

CREATE TRIGGER binding_added AFTER INSERT ON bindings BEGIN
    UPDATE tenants SET admins = (SELECT count(DISTINCT user) FROM admins WHERE tenant = NEW.tenant)
    WHERE id = NEW.tenant;
END;
CREATE TRIGGER binding_removed AFTER DELETE ON bindings BEGIN
    UPDATE tenants SET admins = (SELECT count(DISTINCT user) FROM admins WHERE tenant = OLD.tenant)
    WHERE id = OLD.tenant;
END;
CREATE TRIGGER member_added AFTER INSERT ON group_members BEGIN
    UPDATE tenants SET admins = (SELECT count(DISTINCT user) FROM admins WHERE tenant = NEW.tenant)
    WHERE id = NEW.tenant;
END;
CREATE TRIGGER member_removed AFTER DELETE ON group_members BEGIN
    UPDATE tenants SET admins = (SELECT count(DISTINCT user) FROM admins WHERE tenant = OLD.tenant)
    WHERE id = OLD.tenant;
END;

-- What lives in a tenant: ids and states, so that counts and warnings are true.
CREATE TABLE namespaces (
    tenant TEXT NOT NULL,
    id     TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE flows (
    tenant    TEXT NOT NULL,
    namespace TEXT NOT NULL,
    id        TEXT NOT NULL,
    disabled  INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    PRIMARY KEY (tenant, namespace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
    tenant    TEXT NOT NULL,
    id        TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow      TEXT NOT NULL,
    state     TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE triggers (
    tenant    TEXT NOT NULL,
    namespace TEXT NOT NULL,
    flow      TEXT NOT NULL,
    id        TEXT NOT NULL,
    disabled  INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    PRIMARY KEY (tenant, namespace, flow, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
    key      INTEGER PRIMARY KEY,
    time     INTEGER NOT NULL,           -- milliseconds since 1970 UTC
    actor    TEXT NOT NULL,
    action   TEXT NOT NULL,
    resource TEXT NOT NULL,
    id       TEXT NOT NULL,
    tenant   TEXT NOT NULL
) STRICT;
