-- The hubs of this venue, by the public half of their keys. One that was removed stays, so that nobody brings it back.
CREATE TABLE hubs (
    key BLOB PRIMARY KEY,
    rank INTEGER NOT NULL,
    prefix TEXT NOT NULL,
    url TEXT,
    removed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A session that ended is kept until it would have expired: another hub that has not heard of it may send it again.
ALTER TABLE sessions ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;

-- Of two hubs that count the wrong PINs of one subject, the later one is right.
ALTER TABLE lockouts ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
