-- What personal data in the journals is sealed under, in the order in which it came. A row without a key says that somebody's were
-- destroyed for good: they are zeros from then on. Vacuum takes away what they were.
CREATE TABLE personal_keys (
    venue uuid NOT NULL REFERENCES venues (id),
    n bigint NOT NULL,
    subject uuid NOT NULL,
    id uuid NOT NULL,
    key bytea,
    PRIMARY KEY (venue, n),
    UNIQUE (venue, id)
);
CREATE INDEX personal_keys_of_subject ON personal_keys (venue, subject);

ALTER TABLE personal_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON personal_keys USING (venue = tenant());
