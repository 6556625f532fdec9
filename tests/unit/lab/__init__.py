"""Tests of `negotiator.lab`: carriers, rules, and what they play."""
