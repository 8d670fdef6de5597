-- Papers that other hubs have printed, or that nobody will, in the order in which it was heard: should such a hub be gone, also
-- when this one starts, they are not printed here. They are this hub's own.
CREATE TABLE papers_elsewhere (
    n INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;
