-- What this relay is.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

-- `realm` is what the venue's replicas know themselves by; the first hub brings it, or is given one.
CREATE TABLE venues (
    id BLOB PRIMARY KEY,
    organisation BLOB NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    realm BLOB,
    UNIQUE (organisation, name)
) STRICT, WITHOUT ROWID;

-- What a new hub shows once; only a hash of it is kept.
CREATE TABLE tokens (
    hash BLOB PRIMARY KEY,
    venue BLOB NOT NULL REFERENCES venues (id),
    expires_ms INTEGER NOT NULL,
    used_by BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE hubs (
    hub BLOB PRIMARY KEY,
    venue BLOB NOT NULL REFERENCES venues (id),
    enrolled_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX hubs_of_venue ON hubs (venue);
