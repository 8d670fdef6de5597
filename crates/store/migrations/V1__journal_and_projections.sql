-- What this database is.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Lineages whose journals are kept here; `n` stands for the 16 bytes everywhere else.
CREATE TABLE origins (
    n INTEGER PRIMARY KEY,
    origin BLOB NOT NULL UNIQUE
) STRICT;

-- A table whose rows may be long has row numbers: without them SQLite puts whatever is beyond a quarter of a page on
-- a page of its own.

-- The journals, in the order in which entries arrived here: each after those it builds on. `facts` is one line of JSON
-- for the command that wrote the entry, and one for each of its facts.
CREATE TABLE entries (
    n INTEGER PRIMARY KEY,
    origin INTEGER NOT NULL REFERENCES origins (n),
    seq INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    author BLOB NOT NULL,
    hash BLOB NOT NULL,
    header BLOB NOT NULL,
    facts BLOB NOT NULL,
    UNIQUE (origin, seq)
) STRICT;
CREATE INDEX entries_by_author ON entries (author, hlc);
CREATE INDEX entries_by_time ON entries (hlc);

-- Every aggregate's document: what it was when it was saved compact, if it was.
CREATE TABLE documents (
    doc BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    snapshot BLOB
) STRICT;

-- The changes of each document, in the order they were applied here. One that a snapshot covers is empty; without row
-- numbers, the room it leaves is filled by other documents' changes.
CREATE TABLE changes (
    doc BLOB NOT NULL,
    origin INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    change BLOB NOT NULL,
    PRIMARY KEY (doc, origin, seq)
) STRICT, WITHOUT ROWID;

-- Commands that were done, by the key their client made.
CREATE TABLE keys (
    key TEXT PRIMARY KEY,
    command_hash BLOB NOT NULL,
    entry INTEGER NOT NULL,
    at INTEGER NOT NULL,
    answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Projections: pure functions of the documents, rebuilt and compared by the doctor.
CREATE TABLE checks (
    id BLOB PRIMARY KEY,
    number TEXT NOT NULL,
    table_id BLOB,
    server BLOB NOT NULL,
    state INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    closed_date TEXT,
    opened INTEGER NOT NULL,
    closed INTEGER,
    total INTEGER NOT NULL,
    paid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX checks_open ON checks (opened) WHERE state = 0;
CREATE INDEX checks_by_date ON checks (business_date, opened);
CREATE INDEX checks_by_closed_date ON checks (closed_date);
CREATE INDEX checks_by_table ON checks (table_id, closed);
CREATE INDEX checks_by_opened ON checks (opened);

CREATE TABLE tickets (
    id BLOB PRIMARY KEY,
    check_id BLOB NOT NULL,
    station BLOB,
    fired INTEGER NOT NULL,
    bumped INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tickets_bumped ON tickets (bumped) WHERE bumped IS NOT NULL;

CREATE TABLE check_days (
    check_id BLOB NOT NULL,
    business_date TEXT NOT NULL,
    sales INTEGER NOT NULL,
    tendered INTEGER NOT NULL,
    PRIMARY KEY (check_id, business_date)
) STRICT, WITHOUT ROWID;
CREATE INDEX check_days_by_date ON check_days (business_date);

-- The figures of a day, each by its name; one that is zero is not there.
CREATE TABLE day_figures (
    business_date TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (business_date, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE cash_moves (
    id BLOB PRIMARY KEY,
    business_date TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cash_moves_by_date ON cash_moves (business_date);

CREATE TABLE closes (
    business_date TEXT NOT NULL PRIMARY KEY,
    mark TEXT NOT NULL,
    z TEXT NOT NULL
) STRICT;

-- The last mark of each table, and the availability of each item: what a start needs of documents that grow for years.
CREATE TABLE table_marks (
    table_id BLOB PRIMARY KEY,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
    item BLOB PRIMARY KEY,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE menu_search USING fts5 (item UNINDEXED, words, tokenize = 'unicode61 remove_diacritics 2');

-- Effects, and what belongs to this hub alone.
CREATE TABLE print_jobs (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    printer BLOB NOT NULL,
    wanted_printer BLOB NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    grade TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    indeterminate_attempts INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL,
    created INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    settled INTEGER,
    problem TEXT
) STRICT;
CREATE INDEX print_jobs_waiting ON print_jobs (printer, number)
    WHERE state IN ('queued', 'attempting', 'sent', 'indeterminate');

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    staff BLOB NOT NULL,
    device TEXT NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lockouts (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    locked_until INTEGER
) STRICT, WITHOUT ROWID;
