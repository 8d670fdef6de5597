-- Documents have numbers here, and the bytes of changes lie in the order in which they were written: what is written at
-- the same time shares pages, whichever documents it belongs to.
CREATE TABLE numbered_documents (
    n INTEGER PRIMARY KEY,
    doc BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL
) STRICT;
INSERT INTO numbered_documents (n, doc, kind) SELECT rowid, doc, kind FROM documents;

-- Documents as they were when they were saved compact, with every change up to `until`.
CREATE TABLE snapshots (
    doc INTEGER PRIMARY KEY REFERENCES numbered_documents (n),
    until INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO snapshots (doc, until, bytes) SELECT rowid, 0, snapshot FROM documents WHERE snapshot IS NOT NULL;

-- Which changes a document has. A change is numbered by its entry (times 65,536) and its place there.
CREATE TABLE document_changes (
    doc INTEGER NOT NULL REFERENCES numbered_documents (n),
    change INTEGER NOT NULL,
    PRIMARY KEY (doc, change)
) STRICT, WITHOUT ROWID;
INSERT INTO document_changes (doc, change)
    SELECT documents.rowid,
           entries.n * 65536 + row_number() OVER (PARTITION BY entries.n ORDER BY changes.doc) - 1
    FROM changes JOIN entries USING (origin, seq) JOIN documents USING (doc);

-- Bytes of changes that no snapshot covers.
CREATE TABLE numbered_changes (
    n INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
INSERT INTO numbered_changes (n, bytes)
    SELECT document_changes.change, changes.change
    FROM document_changes
    JOIN entries ON entries.n = document_changes.change / 65536
    JOIN documents ON documents.rowid = document_changes.doc
    JOIN changes ON changes.doc = documents.doc AND changes.origin = entries.origin AND changes.seq = entries.seq
    WHERE changes.change <> x''
    ORDER BY 1;

DROP TABLE changes;
DROP TABLE documents;
ALTER TABLE numbered_documents RENAME TO documents;
ALTER TABLE numbered_changes RENAME TO changes;

-- One index of time tells who as well.
DROP INDEX entries_by_author;
DROP INDEX entries_by_time;
CREATE INDEX entries_by_time ON entries (hlc, author);

-- What a command was answered is in its entry.
CREATE TABLE keys_of_entries (
    key TEXT PRIMARY KEY,
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO keys_of_entries (key, entry) SELECT key, entry FROM keys;
DROP TABLE keys;
ALTER TABLE keys_of_entries RENAME TO keys;
