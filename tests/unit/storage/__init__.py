"""Tests of `negotiator.storage`."""
