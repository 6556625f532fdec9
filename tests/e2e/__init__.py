"""Processes, terminals, crashes."""
