"""The SQLite file: opened, locked, read and written safely."""
