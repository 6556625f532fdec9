"""How long a call takes to start, beside the least that could do the same."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.datasets import SESSION, desk
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, medians, python


def measure(folder: Path, runs: int) -> Iterator[Ratio]:
    """Give the ratios of whole processes."""
    yield from _without_a_file(runs)
    path = folder / "desk.db"
    desk(path, 1000)
    yield from _with_a_file(path, runs)
    path.unlink()


def _without_a_file(runs: int) -> Iterator[Ratio]:
    floor = Contender("two commands", python("two_commands.py", "one"))
    ours: dict[str, tuple[list[str | Path], float | None]] = {
        "generate-id": ([SCRIPT, "generate-id"], 1.25),
        "validate-id": ([SCRIPT, "validate-id", SESSION], 1.25),
        "--help": ([SCRIPT, "--help"], 2.2),
        "(its own --help)": (python("two_commands.py", "--help"), None),
    }
    took, *times = medians(runs, floor, *(Contender(name, command) for name, (command, _) in ours.items()))
    for (name, (_, bound)), seconds in zip(ours.items(), times, strict=True):
        yield Ratio(name, "a Typer program with two empty commands", seconds, took, seconds / took, bound)


def _with_a_file(path: Path, runs: int) -> Iterator[Ratio]:
    query = f"SELECT * FROM negotiations WHERE session_id = '{SESSION}'"
    reader, writer, tool, history, negotiate = medians(
        runs,
        Contender("one query", python("one_query.py", path, SESSION)),
        Contender("one query and a commit", python("one_query.py", path, SESSION, "commit")),
        Contender("sqlite-utils", [Path(sys.executable).with_name("sqlite-utils"), "query", path, query]),
        Contender("history", [SCRIPT, "session", "history", SESSION, "--db", path, "--json"]),
        Contender("negotiate", [SCRIPT, "negotiate", "2", "2300", "--new-session", "--db", path, "--json"]),
    )
    least = "typer, sqlite_utils and that query"
    yield Ratio("session history --json", least, history, reader, history / reader, 1.15)
    yield Ratio("session history --json", "sqlite-utils query", history, tool, history / tool, 1.0)
    yield Ratio("negotiate --json", f"{least}, and a commit", negotiate, writer, negotiate / writer, 1.25)
