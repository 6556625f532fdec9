"""What a person sees on a terminal: a pseudo-terminal of 80 columns."""

import csv
import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.conftest import SCRIPT, SESSION, execute, installed, run


def on_a_terminal(
    *arguments: object, columns: int = 80, errors: IO[str] | None = None, **environment: str
) -> str:
    """Run the program on a pseudo-terminal, and return what appears; stderr goes to ``errors`` if given."""
    master, slave = pty.openpty()
    settings = os.environ | {"COLUMNS": str(columns), "TERM": "xterm-256color"} | environment
    with subprocess.Popen(
        [SCRIPT, *map(str, arguments)], stdout=slave, stderr=errors or slave, stdin=slave, env=settings
    ):
        os.close(slave)
        seen = b""
        try:
            while chunk := os.read(master, 65536):
                seen += chunk
        except OSError:  # the other end is closed
            pass
    os.close(master)
    return seen.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    """Take the colours off."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_a_history_is_legible_at_80_columns(desk: Path) -> None:
    """No amount, time or decision is folded, and no line is longer."""
    for ask in (2300, 2250, 2150):
        run("negotiate", 1, ask, "--session", SESSION, "--notes", "wants fuel paid, and rings back at noon")
    for command in (["session", "history", SESSION], ["call", "history", 1]):
        seen = plain(on_a_terminal(*command))
        assert max(map(len, seen.splitlines())) <= 80
        for whole in ("$2,300.00", "$2,250.00", "counter $2,125.00", "accepted"):
            assert whole in seen, seen


@pytest.mark.parametrize("topic", ["start", "files", "scripts"])
def test_a_page_of_the_guide_is_laid_out(topic: str) -> None:
    """Nothing is wider than the terminal, no mark of Markdown is left, a link is a command to type."""
    seen = on_a_terminal("help", topic)
    assert "\x1b[1" in seen
    lines = plain(seen).splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if re.search(r"^#|```|\]\(", line)]
    assert "negotiator help " in " ".join(plain(seen).split())
    assert not re.search(r"\x1b\[[\d;]*3\d", on_a_terminal("help", topic, NO_COLOR="1"))


def test_there_is_colour_unless_it_is_not_wanted(desk: Path) -> None:
    """By NO_COLOR, or because it is a pipe, whatever else is set."""
    command = ["negotiate", 1, 2300, "--dry-run"]
    assert "\x1b[1;36mCOUNTER $2,125.00" in on_a_terminal(*command)
    assert "\x1b[3" not in on_a_terminal("--help", NO_COLOR="1")
    for forced in ({"GITHUB_ACTIONS": "true"}, {"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}):
        for arguments in (command, ["--help"]):
            assert "\x1b" not in installed(*arguments, env=os.environ | forced).stdout


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_control_characters_from_the_data_do_not_reach_a_terminal(desk: Path, form: str) -> None:
    """In no format; colours of our own may."""
    run("negotiate", 1, 2300, "--notes", "a\x1b]0;title\x07b\x9b2Jc\nd\x7f")
    execute(desk, "UPDATE calls SET carrier_mc_number = char(27) || '[2J' WHERE id = 1")
    for command in (["call", "history", 1], ["negotiate", 1, 2250, "--dry-run"]):
        seen = plain(on_a_terminal(*command, "--format", form))
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", seen), seen


def test_a_csv_file_has_the_data_as_it_is(desk: Path) -> None:
    """Only a terminal is protected."""
    note = 'a\tb\rc\nd "quoted"'
    run("negotiate", 1, 2300, "--notes", note)
    (row,) = csv.DictReader(io.StringIO(run("call", "history", 1, "-f", "csv").stdout, newline=""))
    assert row["notes"] == note


def test_a_report_is_legible_at_80_columns(desk: Path) -> None:
    """No amount is folded or cut; on a wide terminal there are bars."""
    run("negotiate", 1, 2100)
    narrow = plain(on_a_terminal("report", "--by", "lane"))
    assert max(map(len, narrow.splitlines())) <= 80
    for whole in ("Rounds to", "$2,100.00", "100.0%"):
        assert whole in narrow
    assert "\N{FULL BLOCK}" not in narrow
    assert "\N{FULL BLOCK}" in plain(on_a_terminal("report", "--by", "lane", columns=120))


def test_odd_widths_are_no_trouble(desk: Path) -> None:
    """Nor what is no width at all."""
    run("negotiate", 1, 2300)
    for columns in ("20", "0", "²", "wide"):
        assert "Traceback" not in on_a_terminal("call", "history", 1, COLUMNS=columns)


@pytest.mark.parametrize(
    "command",
    [
        *(
            "--help",
            "negotiate --help",
            "help phone",
            "help",
            "call history 1",
            f"session history {SESSION} --chart",
        ),
        *("load list", "load show L1", "report --by lane", "check", "negotiate 1 2250 --dry-run --explain"),
    ],
)
def test_a_width_beyond_reason_is_bounded(desk: Path, command: str) -> None:
    """A line that is filled to it would never end."""
    run("negotiate", 1, 2300, "--session", SESSION)
    seen = plain(on_a_terminal(*command.split(), COLUMNS="99999999"))
    assert max(map(len, seen.splitlines())) < 500
    assert "Traceback" not in seen


def test_long_work_draws_a_bar_and_short_work_does_not(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than a second; here than no time at all."""
    from negotiator.output import terminal  # noqa: PLC0415 - patched, and only here

    assert "copying" not in on_a_terminal("backup")
    drawn: list[str] = []
    monkeypatch.setattr(terminal, "_PATIENCE_SECONDS", -1.0)
    monkeypatch.setattr("rich.progress.Progress.start", lambda bar: drawn.append(bar.tasks[0].description))
    with terminal.drawn_progress() as report:
        report("copying", 5, 10)
    assert drawn == ["copying"]


def test_a_bar_leaves_stdout_to_the_answers(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may go to a file: rich would draw them on the terminal instead."""
    from negotiator.output import terminal  # noqa: PLC0415 - patched, and only here

    monkeypatch.setattr(terminal, "_PATIENCE_SECONDS", -1.0)
    before = sys.stdout
    with terminal.drawn_progress() as report:
        report("answering", 5, 10)
        assert sys.stdout is before


def test_the_result_stands_out_and_its_label_does_not(desk: Path) -> None:
    """A decision, a status, what was agreed: in bold, and a colour that NO_COLOR takes off."""
    run("negotiate", 1, 2300)
    run("negotiate", 1, 2100)
    history = on_a_terminal("call", "history", 1)
    for result in ("\x1b[1;36mcounter $2,125.00", "\x1b[1;32maccepted"):
        assert result in history
    calls = on_a_terminal("call", "list", NO_COLOR="1")
    assert "\x1b[1maccepted" in calls
    assert "\x1b[1m$2,100.00" in calls
    load = on_a_terminal("load", "show", "L1")
    assert "\x1b[1;32mbooked" in load
    for label in ("Answer", "Ask", "Outcome", "Agreed", "Status", "Posted", "Round"):
        assert f"m{label}" not in history + calls + load
