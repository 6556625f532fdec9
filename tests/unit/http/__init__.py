"""Tests of `negotiator.http`."""
