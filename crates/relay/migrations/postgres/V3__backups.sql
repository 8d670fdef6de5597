-- Sealed backups of hubs, which nobody here can open. `fetched_by` is the hash of the token that one is handed out for (`app.fetch`).
CREATE FUNCTION shown_fetch() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT decode(nullif(current_setting('app.fetch', true), ''), 'hex') $$;

CREATE TABLE backups (
    venue uuid NOT NULL REFERENCES venues (id),
    id uuid NOT NULL,
    fetched_by bytea NOT NULL,
    hub bytea NOT NULL,
    at_ms bigint NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (venue, id)
);
CREATE INDEX backups_of_fetch ON backups (fetched_by, at_ms);

-- A backup in pieces, in order.
CREATE TABLE backup_parts (
    venue uuid NOT NULL,
    backup uuid NOT NULL,
    n bigint NOT NULL,
    part bytea NOT NULL,
    PRIMARY KEY (venue, backup, n)
);
-- What is sealed does not compress.
ALTER TABLE backup_parts ALTER COLUMN part SET STORAGE EXTERNAL;

ALTER TABLE backups ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE backup_parts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_tenant ON backups USING (venue = tenant());
CREATE POLICY of_fetch ON backups FOR SELECT USING (fetched_by = shown_fetch());
CREATE POLICY of_tenant ON backup_parts USING (venue = tenant());
