"""Tests of `negotiator.maintenance.migrate`."""
