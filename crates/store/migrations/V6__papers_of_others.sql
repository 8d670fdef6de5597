-- What was settled lately is told to the other hubs.
CREATE INDEX print_jobs_settled ON print_jobs (settled) WHERE settled IS NOT NULL;

-- Another hub was to print it, and was gone.
ALTER TABLE print_jobs ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
