"""The command line far away: a client of the server, with the standard library alone."""
