"""Tests of `negotiator.remote`."""
