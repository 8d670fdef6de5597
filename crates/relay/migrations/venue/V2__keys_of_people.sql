-- What personal data in the journals is sealed under, in the order in which it came. A row without a key says that somebody's were
-- destroyed for good: they are zeros from then on, and no row is ever deleted.
CREATE TABLE personal_keys (
    n INTEGER PRIMARY KEY,
    subject BLOB NOT NULL,
    id BLOB NOT NULL UNIQUE,
    key BLOB
) STRICT;
CREATE INDEX personal_keys_by_subject ON personal_keys (subject);
