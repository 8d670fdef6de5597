-- Who looks on from the cloud: somebody at the door says an address (`app.address`) or shows what they are signed in by (`app.session`); then
-- it is one user (`app.user`) who may see the names of one organisation (`app.organisation`) and its venues.
CREATE FUNCTION shown_session() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT decode(nullif(current_setting('app.session', true), ''), 'hex') $$;
CREATE FUNCTION asking_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('app.user', true), '')::uuid $$;
CREATE FUNCTION asking_organisation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('app.organisation', true), '')::uuid $$;

-- Who may look at the venues of an organisation. An address belongs to one user. `must_change` says that the password was
-- made by somebody else.
CREATE TABLE users (
    id uuid PRIMARY KEY,
    organisation uuid NOT NULL REFERENCES organisations (id),
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    must_change boolean NOT NULL
);

-- Users who are signed in; only a hash of what they show is kept.
CREATE TABLE user_sessions (
    hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    expires_ms bigint NOT NULL
);
CREATE INDEX user_sessions_of_user ON user_sessions (user_id);

-- Wrong passwords. A subject is a part of the hash of an address, whether anybody has it or not.
CREATE TABLE guesses (
    subject bigint PRIMARY KEY,
    failures bigint NOT NULL,
    locked_until_ms bigint
);

-- How each hub was seen last. `known` is how far it knows every journal; `origin` its own one.
CREATE TABLE sightings (
    hub bytea PRIMARY KEY REFERENCES hubs (hub),
    venue uuid NOT NULL REFERENCES venues (id),
    seen_ms bigint NOT NULL,
    is_connected boolean NOT NULL,
    version text NOT NULL,
    origin bytea,
    known bytea NOT NULL
);
CREATE INDEX sightings_of_venue ON sightings (venue);

ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE user_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE guesses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE sightings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY of_organisation ON organisations FOR SELECT USING (id = asking_organisation());
CREATE POLICY of_organisation ON venues FOR SELECT USING (organisation = asking_organisation());
CREATE POLICY of_operator ON users USING (asks_as('operator'));
CREATE POLICY of_address ON users FOR SELECT USING (email = nullif(current_setting('app.address', true), ''));
CREATE POLICY of_user ON users FOR SELECT USING (id = asking_user());
CREATE POLICY changed_by_user ON users FOR UPDATE USING (id = asking_user());
CREATE POLICY of_session ON user_sessions USING (hash = shown_session());
CREATE POLICY of_user ON user_sessions USING (user_id = asking_user());
CREATE POLICY of_node ON user_sessions USING (asks_as('node'));
CREATE POLICY of_node ON guesses USING (asks_as('node'));
CREATE POLICY of_tenant ON sightings USING (venue = tenant());
CREATE POLICY of_hub ON sightings FOR SELECT USING (hub = proved_hub());
CREATE POLICY changed_by_hub ON sightings FOR UPDATE USING (hub = proved_hub());
