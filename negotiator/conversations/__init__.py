"""Calls and sessions, as a desk keeps them."""
