"""The load board: add, import, list and show loads."""
