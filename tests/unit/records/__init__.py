"""Tests of `negotiator.loads` without a file."""
