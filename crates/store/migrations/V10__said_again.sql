-- Whether what an entry that was put aside says is part of this database by now: nobody need look at it then.
ALTER TABLE set_aside ADD COLUMN said_again INTEGER NOT NULL DEFAULT 0;
