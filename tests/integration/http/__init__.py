"""Tests of `negotiator.loads`, on files."""
