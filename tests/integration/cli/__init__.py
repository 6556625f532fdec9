"""Tests of `negotiator.cli`."""
