"""The README's commands, run as they stand."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.maintenance.migrate import migrate
from negotiator.reports.figures import FIGURES
from tests.conftest import ROOT, SCRIPT, run, select

README = (ROOT / "README.md").read_text(encoding="utf-8")
ENVIRONMENT = os.environ | {"PATH": f"{SCRIPT.parent}:{os.environ['PATH']}", "COLUMNS": "200"}


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def steady(text: str) -> str:
    """Put the README's own IDs and times where a run has new ones."""
    text = re.sub(r"sess_\d{14}_[a-z0-9]{6}", "sess_20250820224530_abc123", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "2025-08-20T22:45:30Z", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "2025-08-20 22:45:30", text)


def shell(script: str) -> str:
    """Run a script in a shell and return all that it prints."""
    command = ["sh", "-c", f"exec 2>&1\n{script}"]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT).stdout


def test_the_transcript_is_what_is_printed() -> None:
    """Command by command, in one shell, in an empty folder."""
    (transcript,) = blocks("console")
    commands = re.findall(r"^\$ (.*)$", transcript, re.MULTILINE)
    printed = shell("\n".join(f"printf '%s\\n' {shlex.quote('$ ' + line)}\n{line}" for line in commands))
    assert steady(printed) == transcript


@pytest.mark.parametrize(
    "line",
    [
        line
        for n in (1, 4)
        for line in blocks("sh")[n].splitlines()
        if line.startswith(("negotiator", "printf"))
    ],
)
def test_each_command_works(line: str, tmp_path: Path) -> None:
    """On the sample, each on its own, as does the backup of a file that is there."""
    run("init", "--sample")
    if "desk" in line and "init" not in line:
        run("init", "desk.db")
    if "restore" in line:
        run("backup", "desk.db", "--to", "desk-copy.db")
    if "reopen" in line:
        run("negotiate", 5, 1010)
    result = subprocess.run(["sh", "-ec", line], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert result.returncode == 0, result.stderr


def test_the_desks_day_works() -> None:
    """As one script: the second call goes on with the first one's session."""
    run("init", "--sample")
    printed = shell(f"set -eu\n{blocks('sh')[3]}")
    assert "Round     2 of 3" in printed
    assert "error" not in printed.lower()
    assert printed.rstrip().endswith("]")


def test_the_way_of_many_asks_works() -> None:
    """The second time nothing differs, and the co-process answers."""
    run("init", "--sample")
    (script,) = blocks("bash")
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["amount"] == 2975.0
    assert select(Path("loads.db"), "SELECT call_id FROM negotiations ORDER BY id") == [
        (2,),
        (5,),
        (4,),
    ]


def test_every_command_is_shown() -> None:
    """Each that the program has stands in the table, and among the examples or the transcript."""
    examples = "\n".join(blocks("sh") + blocks("console"))
    groups = {"session", "call", "load"} & set(listed())
    for command in set(listed()) - groups:
        assert re.search(rf"^\|.*`{command}\b", README, re.MULTILINE), command
        assert f"negotiator {command}" in examples, command
    for group, command in [(name, command) for name in groups for command in listed(name)]:
        assert re.search(rf"^\| `{group}.*\b{command}\b", README, re.MULTILINE), (group, command)
        assert f"negotiator {group} {command}" in examples, (group, command)


def listed(*group: str) -> list[str]:
    """Return the commands that the program, or a group of its commands, says it has."""
    return re.findall(r"│ ([a-z-]+) ", run(*group, "--help").stdout.split("Commands")[1])


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_the_shell_script_works() -> None:
    """It prints the words of a counter: 2950 + (1/3) ** 1.5 * 150 = 2978.87, down to 2975."""
    run("init", "--sample")
    assert shell(blocks("sh")[2]) == "We can do $2,975.00 on this load. Does that work for you?\n"


def test_migrating_by_hand_is_recognised(unmigrated: Path) -> None:
    """And nothing but the views is added to what is there."""
    script = blocks("sql")[-1]
    with closing(sqlite3.connect(unmigrated)) as connection:
        connection.executescript(script)
    schema = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite%' ORDER BY name"
    before = select(unmigrated, schema)
    migrate(unmigrated)
    added = set(select(unmigrated, schema)) - set(before)
    assert {name for name, _ in added} == {"round_facts", "thread_facts"}
    assert migrate(unmigrated).pending == ()


def test_the_queries_on_the_views_work() -> None:
    """On the sample, after one negotiation."""
    run("init", "--sample")
    run("negotiate", 1, 2300)
    run("negotiate", 1, 2135)
    with closing(sqlite3.connect("loads.db")) as connection:
        by_lane, longest = (connection.execute(query).fetchall() for query in blocks("sql")[0].split(";")[:2])
    assert by_lane == [("Chicago, IL", "Dallas, TX", 1, 200.0)]
    assert [row[:3] for row in longest] == [("call 1", "accepted", 2)]


def test_every_figure_is_explained() -> None:
    """By its key, or by that of its family."""
    families = ("outcome_", "sentiment_", "closed_in_")
    for spec in FIGURES:
        assert f"| `{spec.key}` | {spec.of} |" in README or spec.key.startswith(families), spec.key


def test_the_python_example_works() -> None:
    """As a program of its own."""
    run("init", "--sample")
    (program,) = blocks("python")
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert printed == "1 1900.00 counter_offer_1815.00\n"


def test_the_exit_codes_are_those_of_the_errors() -> None:
    """Each code that a class carries stands in the table."""
    from negotiator import errors  # noqa: PLC0415 - read here alone

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.NegotiatorError)}
    table = re.search(r"^\| exit .*?\n\n", README, re.MULTILINE | re.DOTALL)
    assert table
    listed = re.findall(r"^\| ([\d, ]+) \|", table[0], re.MULTILINE)
    assert {int(code) for row in listed for code in row.split(",")} == codes | {0, 130}
