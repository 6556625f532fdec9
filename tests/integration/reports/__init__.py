"""Tests of `negotiator.reports.report`."""
