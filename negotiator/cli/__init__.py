"""The command line: each command is a parse, one call, one render."""

from negotiator.cli.root import app

__all__ = ["app"]
