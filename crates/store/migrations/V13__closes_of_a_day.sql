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
