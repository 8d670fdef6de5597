-- Who approved what made a check less than it was. It is filled from the checks' documents at the next start.
ALTER TABLE reductions ADD COLUMN approved_by BLOB;
INSERT OR IGNORE INTO meta (name, value) VALUES ('reductions to fill', x'');
