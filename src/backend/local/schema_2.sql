-- Version 2: what it takes to be signed in to over HTTP, and to be administered like a Kestra.

ALTER TABLE users ADD COLUMN first_name TEXT;
ALTER TABLE users ADD COLUMN last_name TEXT;
ALTER TABLE users ADD COLUMN description TEXT;
ALTER TABLE users ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1));

-- Users who can sign in with a password. Only a digest of it is kept.
CREATE TABLE passwords (
    user   INTEGER PRIMARY KEY REFERENCES users (key) ON DELETE CASCADE,
    id     TEXT NOT NULL,
    salt   BLOB NOT NULL,
    digest BLOB NOT NULL
) STRICT;

-- Failures to sign in, and since when an account is locked; times in milliseconds since 1970 UTC.
CREATE TABLE sign_in_failures (
    user         INTEGER PRIMARY KEY REFERENCES users (key) ON DELETE CASCADE,
    first        INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    locked_until INTEGER
) STRICT;

-- The whole token is shown once and only its digest kept.
CREATE TABLE api_tokens (
    id          TEXT NOT NULL PRIMARY KEY,
    user        INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT,
    prefix      TEXT NOT NULL,
    digest      BLOB NOT NULL UNIQUE,
    issued      INTEGER NOT NULL,
    expires     INTEGER,
    last_used   INTEGER,
    lifetime    INTEGER,                 -- milliseconds, where each use moves the expiry on
    UNIQUE (user, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    tenant     TEXT NOT NULL,
    id         TEXT NOT NULL,
    email      TEXT NOT NULL,
    superadmin INTEGER NOT NULL DEFAULT 0 CHECK (superadmin IN (0, 1)),
    roles      TEXT NOT NULL,            -- JSON: [{"id": role, "namespaces": [...]}]
    groups     TEXT NOT NULL,            -- JSON: ids of groups
    sent       INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_log_by_tenant ON audit_log (tenant, key);
