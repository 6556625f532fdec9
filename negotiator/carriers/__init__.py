"""Whom we may use: carriers, what is known of them, and those that are blocked."""
