-- Where a hub speaks with screens so that nobody else hears it.
ALTER TABLE hubs ADD COLUMN secure_url TEXT;
