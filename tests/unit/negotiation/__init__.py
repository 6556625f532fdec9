"""Tests of the pure parts of `negotiator.negotiation`."""
