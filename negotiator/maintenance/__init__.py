"""The file as a whole: create, migrate, back up, restore, check."""
