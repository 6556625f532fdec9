"""Pure code: no file, no process."""
