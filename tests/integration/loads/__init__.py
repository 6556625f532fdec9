"""Tests of `negotiator.loads.board`."""
