"""Tests of `negotiator.storage` that need no file."""
