"""Tests of `negotiator.conversations`."""
