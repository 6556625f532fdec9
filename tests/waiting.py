"""Waiting in tests: for the thing itself, with an end, never for a time that is likely to be enough."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

PATIENCE = 60.0
"""How long anything is waited for, seconds: what hangs fails."""
_PAUSE = 0.01


def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait until something is so. Raises AssertionError when it does not become so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(_PAUSE)


def until_it_waits(process: Popen[Any], path: Path) -> None:
    """Wait until a program has opened a file, and sleeps: because another one has locked the file."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not tell what files a program has open")

    def waits() -> bool:
        return _has_open(process.pid, path) and _state(process.pid) == "S"

    eventually(lambda: process.poll() is not None or waits())
    assert process.poll() is None


def _has_open(pid: int, path: Path) -> bool:
    wanted = path.stat()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if os.path.samestat(link.stat(), wanted):
                return True
        except OSError:  # closed meanwhile
            continue
    return False


def _state(pid: int) -> str:
    """Return the letter of a process's state: S for one that sleeps."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
