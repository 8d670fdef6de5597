-- Entries of other replicas that cannot be taken: another stands in their place, or they build on one that does. Kept
-- for a person; nothing is a function of them.
CREATE TABLE set_aside (
    origin BLOB NOT NULL,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    problem TEXT NOT NULL,
    header BLOB NOT NULL,
    facts BLOB NOT NULL,
    PRIMARY KEY (origin, seq, hash)
) STRICT;
