-- Tables that a check's party sits at besides its own: a projection. No check had any before.
CREATE TABLE joined_tables (
    check_id BLOB NOT NULL,
    table_id BLOB NOT NULL,
    PRIMARY KEY (check_id, table_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX joined_tables_by_table ON joined_tables (table_id, check_id);
