"""Files that other programs and people fill in, CSV or JSON, read a record at a time."""
