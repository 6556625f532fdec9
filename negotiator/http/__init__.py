"""The HTTP server: routes over the same objects as the command line."""
