"""Tests of `negotiator.lab` on files, and of its commands."""
