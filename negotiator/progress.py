"""How long work is told to whoever waits for it."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how many parts are done, and of how many (0: unknown)."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Report progress to nobody."""
