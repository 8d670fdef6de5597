-- Checks lie in the order in which they were opened: what changes of those that are open shares pages.
CREATE TABLE ordered_checks (
    id BLOB NOT NULL UNIQUE,
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
) STRICT;
INSERT INTO ordered_checks SELECT * FROM checks ORDER BY opened, id;
DROP TABLE checks;
ALTER TABLE ordered_checks RENAME TO checks;
CREATE INDEX checks_open ON checks (opened, id) WHERE state = 0;
CREATE INDEX checks_by_date ON checks (business_date, opened, id);
CREATE INDEX checks_by_closed_date ON checks (closed_date);
CREATE INDEX checks_by_table ON checks (table_id, closed);
CREATE INDEX checks_by_opened ON checks (opened, id);
