"""Tests of `negotiator.policy`, in a file."""
