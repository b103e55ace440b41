-- Version 3: names of service accounts and of tokens need not be unique, as in Kestra; those of people are.
--
-- Runs with foreign keys off: others refer to `users`, which is made anew.

CREATE TABLE users_anew (
    key          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    username     TEXT NOT NULL,
    display_name TEXT,
    kind         TEXT NOT NULL CHECK (kind IN ('STANDARD', 'SERVICE_ACCOUNT')),
    superadmin   INTEGER NOT NULL CHECK (superadmin IN (0, 1)),
    first_name   TEXT,
    last_name    TEXT,
    description  TEXT,
    restricted   INTEGER NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1))
) STRICT;
INSERT INTO users_anew
    SELECT key, id, username, display_name, kind, superadmin, first_name, last_name, description, restricted FROM users;
DROP TABLE users;
ALTER TABLE users_anew RENAME TO users;
CREATE UNIQUE INDEX people_by_username ON users (username) WHERE kind = 'STANDARD';
CREATE INDEX users_by_username ON users (username);
CREATE INDEX superadmins ON users (key) WHERE superadmin = 1;

CREATE TRIGGER user_counted AFTER INSERT ON users BEGIN
    UPDATE counts SET number = number + 1 WHERE name = 'users';
END;
CREATE TRIGGER user_discounted AFTER DELETE ON users BEGIN
    UPDATE counts SET number = number - 1 WHERE name = 'users';
END;

CREATE TABLE api_tokens_anew (
    id          TEXT NOT NULL PRIMARY KEY,
    user        INTEGER NOT NULL REFERENCES users (key) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT,
    prefix      TEXT NOT NULL,
    digest      BLOB NOT NULL UNIQUE,
    issued      INTEGER NOT NULL,
    expires     INTEGER,
    last_used   INTEGER,
    lifetime    INTEGER                  -- milliseconds, where each use moves the expiry on
) STRICT, WITHOUT ROWID;
INSERT INTO api_tokens_anew
    SELECT id, user, name, description, prefix, digest, issued, expires, last_used, lifetime FROM api_tokens;
DROP TABLE api_tokens;
ALTER TABLE api_tokens_anew RENAME TO api_tokens;
CREATE INDEX api_tokens_by_user ON api_tokens (user, name);
