"""Tests of `negotiator.values`."""
