"""Tests of `negotiator.policy.decide`."""
