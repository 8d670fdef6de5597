-- The last key of each bump bar that was done, and what its station had chosen then. It is this hub's own: with it a hub
-- that was away goes on where it stopped, and a key that is heard again chooses nothing twice.
CREATE TABLE key_presses (
    homie TEXT PRIMARY KEY,
    boot INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    station BLOB NOT NULL,
    ticket BLOB,
    line BLOB,
    place INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
