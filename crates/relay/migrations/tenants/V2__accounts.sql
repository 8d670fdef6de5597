-- Who may look at the venues of an organisation. An address belongs to one user. `must_change` says that the password was
-- made by somebody else.
CREATE TABLE users (
    id BLOB PRIMARY KEY,
    organisation BLOB NOT NULL REFERENCES organisations (id),
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Users who are signed in; only a hash of what they show is kept.
CREATE TABLE user_sessions (
    hash BLOB PRIMARY KEY,
    user BLOB NOT NULL REFERENCES users (id),
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX user_sessions_of_user ON user_sessions (user);

-- Wrong passwords. A subject is a part of the hash of an address, whether anybody has it or not.
CREATE TABLE guesses (
    subject INTEGER PRIMARY KEY,
    failures INTEGER NOT NULL,
    locked_until_ms INTEGER
) STRICT;

-- How each hub was seen last. `known` is how far it knows every journal; `origin` its own one.
CREATE TABLE sightings (
    hub BLOB PRIMARY KEY REFERENCES hubs (hub),
    venue BLOB NOT NULL REFERENCES venues (id),
    seen_ms INTEGER NOT NULL,
    is_connected INTEGER NOT NULL,
    version TEXT NOT NULL,
    origin BLOB,
    known BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_of_venue ON sightings (venue);
