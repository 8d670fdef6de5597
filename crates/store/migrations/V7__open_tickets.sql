-- Tickets that nobody has cleared: what a kitchen screen shows of checks that are no longer open.
CREATE INDEX tickets_open ON tickets (fired) WHERE bumped IS NULL;
