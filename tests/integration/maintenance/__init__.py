"""Tests of `negotiator.maintenance`."""
