"""What a call takes to start, of the processor, beside other programs that do as much or less."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.datasets import SESSION, desk
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, in_turns, of_time, processor_time, python


def measure(folder: Path, runs: int) -> Iterator[Ratio]:
    """Give the ratios of whole processes."""
    yield from _without_a_file(runs)
    path = folder / "desk.db"
    desk(path, 1000)
    yield from _with_a_file(path, runs)
    path.unlink()


def _without_a_file(runs: int) -> Iterator[Ratio]:
    two_commands = "a Typer program with two empty commands"
    floor, generate, validate, help_, least_help = in_turns(
        runs,
        Contender("two commands", python("two_commands.py", "one")),
        Contender("generate-id", [SCRIPT, "generate-id"]),
        Contender("validate-id", [SCRIPT, "validate-id", SESSION]),
        Contender("--help", [SCRIPT, "--help"]),
        Contender("its --help", python("two_commands.py", "--help")),
        clock=processor_time,
    )
    yield of_time("generate-id", two_commands, generate, floor, 1.25)
    yield of_time("validate-id", two_commands, validate, floor, 1.25)
    yield of_time("--help", f"{two_commands}, its plain --help", help_, least_help, 1.4)


def _with_a_file(path: Path, runs: int) -> Iterator[Ratio]:
    query = f"SELECT * FROM negotiations WHERE session_id = '{SESSION}'"
    reader, writer, tool, least, history, negotiate = in_turns(
        runs,
        Contender("one query", python("one_query.py", path, SESSION)),
        Contender("one query and a commit", python("one_query.py", path, SESSION, "commit")),
        Contender("sqlite-utils", [Path(sys.executable).with_name("sqlite-utils"), "query", path, query]),
        Contender("least query", python("least_query.py", path, SESSION)),
        Contender("history", [SCRIPT, "session", "history", SESSION, "--db", path, "--json"]),
        Contender("negotiate", [SCRIPT, "negotiate", "2", "2300", "--new-session", "--db", path, "--json"]),
        clock=processor_time,
    )
    script = "a script: typer, sqlite_utils, that query"
    yield of_time("session history --json", script, history, reader, 0.75)
    yield of_time("session history --json", "sqlite-utils query", history, tool, 1.0)
    yield of_time("session history --json", "a script: sqlite3 alone, that query", history, least)
    yield of_time("negotiate --json", f"{script}, one commit", negotiate, writer, 0.75)
