"""What a call takes to start, of the processor, beside other programs that do as much or less."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.datasets import SESSION, copy, desk
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, in_turns, of_time, processor_time, python

ONE_ROW = {
    "negotiate": ["negotiate", "2", "2300", "--new-session"],
    "call history": ["call", "history", "2"],
    "call start": ["call", "start", "--load", "L3", "--carrier", "MC 100003"],
    "call show": ["call", "show", "2"],
    "call end": ["call", "end", "2", "--outcome", "rejected"],
    "call undo": ["call", "undo", "2", "--reason", "a slip"],
    "call book": ["call", "book", "2", "2350", "--by", "kim"],
    "call note": ["call", "note", "2", "rings back at noon"],
    "session start": ["session", "start", "--call", "2"],
    "session show": ["session", "show", SESSION],
    "session set": ["session", "set", SESSION, "--meta", "desk=reefer"],
    "session close": ["session", "close", SESSION],
    "load show": ["load", "show", "L3"],
    "load set": ["load", "set", "L3", "--rate", "2150"],
    "load add": [
        *("load", "add", "NEW", "--origin", "Reno, NV", "--destination", "Boise, ID", "--equipment", "Van"),
        *("--rate", "2000", "--pickup", "2030-08-21T08:00Z", "--delivery", "2030-08-22T08:00Z"),
    ],
}
"""The commands about one row, which a script calls for every call."""
WHOLE_FILE = {
    "call list": ["call", "list"],
    "session list": ["session", "list"],
    "load list": ["load", "list"],
    "report": ["report"],
    "check": ["check"],
}
"""Lists, reports and the look over a file."""


def measure(folder: Path, runs: int) -> Iterator[Ratio]:
    """Give the ratios of whole processes."""
    yield from _without_a_file(runs)
    path = folder / "desk.db"
    desk(path, 1000)
    yield from _with_a_file(path, runs)
    yield from _commands(path, runs)
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


def _commands(whole: Path, runs: int) -> Iterator[Ratio]:
    """Give the ratios of commands with --json, each on a copy of the file that nobody has changed."""
    path = whole.with_name("run.db")
    floor, reader, *times = in_turns(
        runs,
        Contender("two commands", python("two_commands.py", "one")),
        Contender("one query", python("one_query.py", whole, SESSION)),
        *(
            Contender(name, [SCRIPT, *command, "--db", path, "--json"], lambda: copy(whole, path))
            for name, command in (ONE_ROW | WHOLE_FILE).items()
        ),
        clock=processor_time,
    )
    path.unlink()
    taken = dict(zip(ONE_ROW | WHOLE_FILE, times, strict=True))
    for name in ONE_ROW:
        yield of_time(f"{name} --json", "a Typer program with two empty commands", taken[name], floor, 1.25)
    for name in WHOLE_FILE:
        yield of_time(f"{name} --json", "a script: typer, sqlite_utils, a query", taken[name], reader, 1.1)
