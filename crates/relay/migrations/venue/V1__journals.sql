-- Lineages whose journals are kept here; `n` stands for the 16 bytes.
CREATE TABLE origins (
    n INTEGER PRIMARY KEY,
    origin BLOB NOT NULL UNIQUE
) STRICT;

-- The journals, in the order in which entries arrived here: each after those it builds on. `body` holds facts and changes.
CREATE TABLE entries (
    n INTEGER PRIMARY KEY,
    origin INTEGER NOT NULL REFERENCES origins (n),
    seq INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    hash BLOB NOT NULL,
    header BLOB NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (origin, seq)
) STRICT;

-- Documents that came compact, in place of changes whose bytes their author had dropped.
CREATE TABLE snapshots (
    doc BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
