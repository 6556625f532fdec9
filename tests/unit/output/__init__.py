"""Tests of `negotiator.output`."""
