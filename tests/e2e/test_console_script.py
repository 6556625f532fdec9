"""The installed program: exit codes, streams and signals as a shell sees them."""

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT, SCRIPT, SESSION, installed, select
from tests.waiting import until_it_waits


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["negotiate", "1", "2300"], 0),
        (["--version"], 0),
        (["negotiate", "1", "nan"], 2),
        (["negotiate", "99", "2300"], 3),
        (["init"], 4),
        (["negotiate", "1", "2300", "--db", "."], 5),
        (["call", "history", "1", "--db", "old.db"], 6),
    ],
)
def test_exit_codes(desk: Path, unmigrated: Path, arguments: list[str], exit_code: int) -> None:
    """Through the console script as through the test runner."""
    result = installed(*arguments)
    assert result.returncode == exit_code, result.stderr
    assert "Traceback" not in result.stderr


def test_python_m_is_the_same_program() -> None:
    """For an environment without the script on its path."""
    command = [sys.executable, "-m", "negotiator", "--version"]
    assert (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        == installed("--version").stdout
    )


def test_a_locked_file_is_75(desk: Path) -> None:
    """As sysexits.h has it: try again."""
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = installed("negotiate", 1, 2300, env=os.environ | {"NEGOTIATOR_BUSY_TIMEOUT": "0.1"})
    assert result.returncode == 75


@pytest.mark.parametrize(
    "command", [["negotiate", "1", "2150"], ["call", "history", "1"], ["backup"], ["migrate"]]
)
def test_ctrl_c_is_heard_while_a_lock_is_waited_for(old: Path, command: list[str]) -> None:
    """130, and long before the wait is over, also by those who only read."""
    with closing(sqlite3.connect(old, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with subprocess.Popen([SCRIPT, *command, "--db", old], stderr=subprocess.PIPE, text=True) as waiting:
            until_it_waits(waiting, old)
            waiting.send_signal(signal.SIGINT)
            assert waiting.wait(timeout=20) == 130
            assert waiting.stderr
            assert "Traceback" not in waiting.stderr.read()


def test_tests_in_the_background_of_a_script_can_interrupt_a_program() -> None:
    """What ignores SIGINT from its start, and is configured as our tests are, starts programs that hear it."""
    program = (
        "import signal, subprocess, sys; from tests.conftest import pytest_configure\n"
        "assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN\n"
        "pytest_configure()\n"
        "subprocess.run([sys.executable, '-c', 'import signal; signal.raise_signal(signal.SIGINT)'])"
    )
    command = ["sh", "-c", 'trap "" INT; exec "$0" -c "$1"', sys.executable, program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "KeyboardInterrupt" in done.stderr


@pytest.mark.parametrize(
    "command", ["call history 1 -f csv", "call history 1", "--help", "generate-id --count 10000"]
)
def test_a_reader_that_goes_away_is_141(desk: Path, command: str) -> None:
    """Without a word on stderr."""
    installed("negotiate", 1, 2300)
    read, write = os.pipe()
    os.close(read)
    result = subprocess.run(
        [SCRIPT, *command.split()], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (result.returncode, result.stderr) == (141, "")


def test_a_full_disk_behind_stdout_is_said_and_what_was_recorded_stays(desk: Path) -> None:
    """Exit 1, one sentence."""
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [SCRIPT, "negotiate", "1", "2300"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 1
    assert result.stderr.startswith("Error: the output can't be written")
    assert result.stderr.count("\n") == 1
    assert select(desk, "SELECT count(*) FROM negotiations") == [(1,)]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_are_no_trouble(desk: Path, closed: str) -> None:
    """The round is recorded all the same."""
    result = subprocess.run(
        ["sh", "-c", f'"$0" negotiate 1 2300 {closed}', SCRIPT], capture_output=True, text=True, check=False
    )
    assert (result.returncode, "Traceback" in result.stderr) == (0, False)
    assert select(desk, "SELECT count(*) FROM negotiations") == [(1,)]


def test_it_works_without_home_locale_and_terminal(desk: Path) -> None:
    """As from cron."""
    result = installed(
        "negotiate",
        1,
        2300,
        "--notes",
        "città",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
    )
    assert result.returncode == 0
    assert (
        "\x1b" not in installed("call", "history", 1, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}).stdout
    )
    assert select(desk, "SELECT notes FROM negotiations") == [("città",)]


@pytest.mark.parametrize(
    "command",
    [
        *(
            "negotiate 1 2300",
            "batch asks.jsonl",
            "call list",
            "report",
            "load list --json",
            "backup",
            "check",
        ),
        *("load import board.csv", "--help"),
    ],
)
def test_without_a_file_to_open_there_is_a_sentence(desk: Path, command: str) -> None:
    """Exit 1, whatever was to be opened; with fewer than five Python itself does not start."""
    desk.with_name("asks.jsonl").write_text('{"call_id": 1, "carrier_offer": 2300}')
    desk.with_name("board.csv").write_text("load_id,origin\nL9,Reno\n")
    usual = {0, 2, 4}  # a call has no second agreement, the load of the file lacks columns
    seen = set()
    for limit in range(5, 12):

        def limited(limit: int = limit) -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))

        result = subprocess.run(
            [SCRIPT, *command.split()],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=limited,
        )
        seen.add(result.returncode)
        assert "Traceback" not in result.stderr
        if result.returncode == 1:
            assert re.search("too many (open files|files are open)", result.stderr.lower())
    assert seen <= usual | {1}
    assert (1 in seen) is (command != "--help")


def test_a_session_can_be_made_and_used_in_a_shell(desk: Path) -> None:
    """The loop that the documentation shows."""
    line = f'session=$("{SCRIPT}" generate-id) && "{SCRIPT}" negotiate 1 2300 --session "$session" --json'
    subprocess.run(["sh", "-ec", line], check=True, capture_output=True)
    assert select(desk, "SELECT session_id FROM negotiations")[0][0] != SESSION
