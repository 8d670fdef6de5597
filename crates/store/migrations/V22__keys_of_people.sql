-- What the personal data of people is sealed under, in the order in which it came: the one thing that says who they are.
-- A row without a key says that somebody's keys were destroyed for good: theirs are zeros from then on, written over in
-- their places, and no other is taken. No row is ever deleted, so that no page keeps a copy of one.
CREATE TABLE personal_keys (
    n INTEGER PRIMARY KEY,
    subject BLOB NOT NULL,
    id BLOB NOT NULL UNIQUE,
    key BLOB
) STRICT;
CREATE INDEX personal_keys_by_subject ON personal_keys (subject);
