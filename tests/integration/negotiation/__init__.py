"""Tests of `negotiator.negotiation`."""
