-- What made a check less than it was, or opened it again: a projection like those before it.
CREATE TABLE reductions (
    check_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    business_date TEXT NOT NULL,
    hlc INTEGER NOT NULL,
    author BLOB NOT NULL,
    reason TEXT NOT NULL,
    what TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (check_id, kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reductions_by_date ON reductions (business_date, hlc);

-- Checks that were there before this table are read once, at the next start.
INSERT INTO meta (name, value) VALUES ('reductions to fill', x'01');
