-- What devices said, and what people did about it: a row for each fact of each log. A projection.
CREATE TABLE device_log (
    doc BLOB NOT NULL,
    key TEXT NOT NULL,
    log TEXT NOT NULL,
    business_date TEXT NOT NULL,
    hlc INTEGER NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (doc, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_log_by_date ON device_log (business_date);

-- Tasks for devices: rows of the transaction that wants them, sent until the device answers or they are of no use any more.
-- They are this hub's own.
CREATE TABLE device_tasks (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    key TEXT NOT NULL UNIQUE,
    device BLOB NOT NULL,
    task TEXT NOT NULL,
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    settled INTEGER,
    problem TEXT
) STRICT;
CREATE INDEX device_tasks_waiting ON device_tasks (number) WHERE state = 'waiting';
CREATE INDEX device_tasks_by_device ON device_tasks (device, number);
