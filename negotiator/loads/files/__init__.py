"""Files of loads, whatever their form: CSV or JSON, read a record at a time."""
