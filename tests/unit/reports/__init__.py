"""Tests of `negotiator.reports`."""
