"""Benchmarks: how fast `negotiator` is beside its peers in the same run. ``python -m tests.benchmarks --help``."""
