-- A day that hubs closed apart has several closes. They are filled from the days' documents at the next start: those that
-- gave way to the first of their day are only there.
DROP TABLE closes;
CREATE TABLE closes (
    business_date TEXT NOT NULL,
    mark TEXT NOT NULL,
    z TEXT NOT NULL
) STRICT;
CREATE INDEX closes_by_date ON closes (business_date);
INSERT INTO meta (name, value) VALUES ('closes to fill', x'');

-- What a person has seen of what was put aside: it is tried to be said again all the same.
ALTER TABLE set_aside ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;

-- Papers that another hub was asked for by the same command: 1 until a person has seen it, then 2.
ALTER TABLE print_jobs ADD COLUMN twice INTEGER NOT NULL DEFAULT 0;
CREATE INDEX print_jobs_twice ON print_jobs (number) WHERE twice = 1;
