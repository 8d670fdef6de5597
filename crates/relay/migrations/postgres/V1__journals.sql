-- Everything of a venue is reached only by a transaction that says which venue it is about: `app.tenant`. Before a venue is known there is
-- a hub that proved its key (`app.hub`), or that shows a token (`app.token`). `app.scope` is what one node asks about itself
-- (`node`), or who runs the relay about all venues, of which it never reaches journals (`operator`).
CREATE FUNCTION tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$;
CREATE FUNCTION proved_hub() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT decode(nullif(current_setting('app.hub', true), ''), 'hex') $$;
CREATE FUNCTION shown_token() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT decode(nullif(current_setting('app.token', true), ''), 'hex') $$;
CREATE FUNCTION asks_as(who text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT coalesce(current_setting('app.scope', true) = who, false) $$;

-- What this relay is.
CREATE TABLE meta (
    name text PRIMARY KEY,
    value bytea NOT NULL
);

CREATE TABLE organisations (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE
);

-- `realm` is what the venue's replicas know themselves by; the first hub brings it, or is given one.
CREATE TABLE venues (
    id uuid PRIMARY KEY,
    organisation uuid NOT NULL REFERENCES organisations (id),
    name text NOT NULL,
    realm bytea,
    UNIQUE (organisation, name)
);

-- What a new hub shows once; only a hash of it is kept.
CREATE TABLE tokens (
    hash bytea PRIMARY KEY,
    venue uuid NOT NULL REFERENCES venues (id),
    expires_ms bigint NOT NULL,
    used_by bytea
);

CREATE TABLE hubs (
    hub bytea PRIMARY KEY,
    venue uuid NOT NULL REFERENCES venues (id),
    enrolled_ms bigint NOT NULL,
    revoked_ms bigint
);
CREATE INDEX hubs_of_venue ON hubs (venue);

-- How many entries each venue has. Who writes to a venue holds its row: one node at a time.
CREATE TABLE growth (
    venue uuid PRIMARY KEY REFERENCES venues (id),
    entries bigint NOT NULL
);

-- Where every journal ends.
CREATE TABLE journals (
    venue uuid NOT NULL,
    origin uuid NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    hlc bigint NOT NULL,
    PRIMARY KEY (venue, origin)
);

-- The journals, in the order in which entries arrived: each after those it builds on. `body` holds facts and changes.
CREATE TABLE entries (
    venue uuid NOT NULL,
    n bigint NOT NULL,
    origin uuid NOT NULL,
    seq bigint NOT NULL,
    header bytea NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (venue, n),
    UNIQUE (venue, origin, seq)
);
-- Changes do not compress one by one; trying takes longer than storing.
ALTER TABLE entries ALTER COLUMN header SET STORAGE EXTERNAL, ALTER COLUMN body SET STORAGE EXTERNAL;

-- Documents that came compact, in place of changes whose bytes their author had dropped.
CREATE TABLE snapshots (
    venue uuid NOT NULL,
    doc uuid NOT NULL,
    kind text NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (venue, doc)
);
ALTER TABLE snapshots ALTER COLUMN bytes SET STORAGE EXTERNAL;

ALTER TABLE meta ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE organisations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE venues ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE hubs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE growth ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE journals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE snapshots ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_node ON meta USING (asks_as('node'));
CREATE POLICY of_operator ON organisations USING (asks_as('operator'));
CREATE POLICY of_operator ON venues USING (asks_as('operator'));
CREATE POLICY of_tenant ON venues USING (id = tenant());
CREATE POLICY of_tenant ON tokens USING (venue = tenant());
CREATE POLICY of_token ON tokens FOR SELECT USING (hash = shown_token());
CREATE POLICY taken_by_token ON tokens FOR UPDATE USING (hash = shown_token());
CREATE POLICY of_tenant ON hubs USING (venue = tenant());
CREATE POLICY of_hub ON hubs FOR SELECT USING (hub = proved_hub());
CREATE POLICY changed_by_hub ON hubs FOR UPDATE USING (hub = proved_hub());
CREATE POLICY seen_by_node ON hubs FOR SELECT USING (asks_as('node'));
CREATE POLICY of_tenant ON growth USING (venue = tenant());
CREATE POLICY seen_by_node ON growth FOR SELECT USING (asks_as('node'));
CREATE POLICY of_tenant ON journals USING (venue = tenant());
CREATE POLICY of_tenant ON entries USING (venue = tenant());
CREATE POLICY of_tenant ON snapshots USING (venue = tenant());
