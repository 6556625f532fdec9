"""Run a writing command with a fault from outside in one of its calls of the system, and look at what it leaves."""

import os
import re
import subprocess
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT, SCRIPT, contents, select
from tests.serving import Server, serving

MOST = 8
"""Of the calls that do the same to the same file, so many are tried, the first and the last among them."""
SIDE = re.compile(r"-(wal|shm|journal|mj[0-9A-F]{9})$")  # the last: of a commit to a file and one beside it
# What differs from run to run: times, IDs, and lengths of time since the sample's calls.
VARIES = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?|sess_\d{14}_\w+|\d{8}T?\d{6,}\w*|(?<![\d.])\d{6,}"
)


class Outcome(NamedTuple):
    """How a run ended, what it said, and the calls that it made, of which ``hit`` says whether one was hit."""

    code: int
    said: str
    calls: list[str]
    hit: bool


def build(folder: Path) -> Path:
    """Compile what is preloaded. Raises OSError without a compiler, CalledProcessError where it cannot."""
    library = folder / "faults.so"
    source = ROOT / "tests" / "faults.c"
    command = ["cc", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, capture_output=True, check=True)
    return library


def attempt(library: Path, folder: Path, command: str, deed: str = "error", number: int = 0) -> Outcome:
    """Run a command in a folder; the deed is done at its call of this number, or never at 0."""
    log = folder.with_name("calls.txt")
    log.unlink(missing_ok=True)
    faults = {
        "LD_PRELOAD": str(library),
        "FAULT_FOLDER": f"{folder}",
        "FAULT_LOG": str(log),
        "FAULT_NUMBER": str(number),
        "FAULT_DEED": deed,
    }
    if command.startswith("serve"):
        code, said = _served(folder, faults)
    else:
        words = [str(SCRIPT), *command.split()]
        done = subprocess.run(
            words, cwd=folder, env=os.environ | faults, capture_output=True, text=True, check=False
        )
        code, said = done.returncode, done.stdout + done.stderr
    lines = log.read_text().splitlines() if log.exists() else []
    return Outcome(code, said, [line for line in lines if line != "hit"], "hit" in lines)


def _served(folder: Path, faults: dict[str, str]) -> tuple[int, str]:
    """Let a server answer one ask, and end it; the code is that of a command which says the same."""
    said, code = "", 5
    with suppress(AssertionError), serving(folder / "desk.db", **faults) as server:  # type: ignore[arg-type] # all are for its environment
        body = {"asks": [{"call_id": 1, "carrier_offer": 2300}]}
        with suppress(OSError, HTTPException):
            _, reply = Server.ask(server, "POST", "/api/cli/asks", body)
            said = str(reply)
            code = 0 if "answer" in reply.get("replies", [{}])[0] else 5
    return code, said


def spread(calls: list[str]) -> list[int]:
    """Return the numbers, from 1, of the calls to try: of those that do the same to the same file, at most MOST."""
    same: dict[str, list[int]] = {}
    for number, call in enumerate(calls, 1):
        same.setdefault(VARIES.sub("~", call), []).append(number)
    return sorted(
        {
            numbers[(len(numbers) - 1) * place // (MOST - 1)]
            for numbers in same.values()
            for place in range(MOST)
        }
    )


def state(path: Path) -> object:
    """Return what a file holds, times and IDs aside; None for no file. A database in it has to be sound."""
    if not path.exists():
        return None
    content = path.read_bytes()
    if path.suffix != ".db" or content[:6] != b"SQLite":
        return VARIES.sub("~", content.decode())
    assert select(path, "PRAGMA integrity_check") == [("ok",)]
    return [VARIES.sub("~", line) for line in contents(path)]


def names(folder: Path) -> set[str]:
    """Return the names in a folder, without side files of SQLite, whose fate is SQLite's."""
    return {path.name for path in folder.iterdir() if not SIDE.search(path.name)}
