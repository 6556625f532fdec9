"""Tests: each module states the rules of one subject."""
