"""What Tab offers: asked for as the shells ask, by what `--install-completion` sets up."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from negotiator.cli import completion
from negotiator.maintenance.create import init
from tests.conftest import NOW, OTHER_SESSION, SESSION, execute, installed
from tests.integration.cli.test_root import make_unusable

LANE = "Chicago, IL to Dallas, TX"


def asking(shell: str, line: str) -> dict[str, str]:
    """Return the environment by which a shell asks what may come at the end of a line."""
    words = len(line.split(" "))
    how = (
        {"COMP_WORDS": line, "COMP_CWORD": str(words - 1)}
        if shell == "bash"
        else {"_TYPER_COMPLETE_ARGS": line}
    )
    return {"_NEGOTIATOR_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args"} | how


def tab(line: str, shell: str = "bash", **environment: str) -> str:
    """Press Tab at the end of a line, and return what a shell gets; nothing may be said."""
    result = installed(env=os.environ | asking(shell, line) | environment)
    assert not result.stderr
    return result.stdout.rstrip("\n")


@pytest.fixture
def rounds(desk: Path) -> Path:
    """Give a desk with three sessions, of which OTHER_SESSION is the newest and SESSION the oldest."""
    execute(
        desk,
        f"""INSERT INTO negotiations (call_id, round_number, session_id, timestamp) VALUES
            (1, 1, '{SESSION}', '2025-09-01 12:00:00'), (3, 1, 'sess_zzzzz', '2025-09-01 13:00:00'),
            (1, 1, NULL, '2025-09-01 13:30:00'), (1, 1, '{OTHER_SESSION}', '2025-09-01 14:00:00')""",
    )
    return desk


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("negotiator negotiate ", "3 2 1"),
        ("negotiator call history ", "3 2 1"),
        ("negotiator call reopen 2", "2"),
        ("negotiator negotiate 02", ""),
        ("negotiator help p", "phone policy python"),
        ("negotiator negotiate x", ""),
        ("negotiator negotiate '%", ""),
        ("negotiator session history ", f"{OTHER_SESSION} sess_zzzzz {SESSION}"),
        ("negotiator session history sess_z", "sess_zzzzz"),
        ("negotiator session history SESS", ""),
        ("negotiator negotiate 1 --session ", f"{OTHER_SESSION} sess_zzzzz {SESSION}"),
        ("negotiator call history 1 --session sess_2025", f"{OTHER_SESSION} {SESSION}"),
    ],
)
def test_tab_offers_ids_newest_first(rounds: Path, line: str, expected: str) -> None:
    """Those that begin as what is typed already."""
    assert tab(line).split() == expected.split()


def test_each_shell_gets_what_it_understands(rounds: Path) -> None:
    """Zsh and fish show the lane beside an ID."""
    line = "negotiator session history sess_2"
    assert tab(line, "bash") == f"{OTHER_SESSION}\n{SESSION}"
    assert tab(line, "zsh") == f"""_arguments '*: :(("{OTHER_SESSION}":"{LANE}"\n"{SESSION}":"{LANE}"))'"""
    assert tab(line, "fish") == f"{OTHER_SESSION}\t{LANE}\n{SESSION}\t{LANE}"


def test_a_session_that_has_no_round_yet_is_offered(rounds: Path) -> None:
    """From the table of sessions, by its time."""
    execute(
        rounds,
        "INSERT INTO negotiation_sessions (session_id, call_id, created_at) "
        "VALUES ('sess_begun', 3, '2025-09-01 13:45:00')",
    )
    assert tab("negotiator session history ").split()[:2] == [OTHER_SESSION, "sess_begun"]


def offered(path: Path, ids: Any, prefix: str) -> list[tuple[str, str]]:  # noqa: ANN401 - one of three functions
    """Ask a function of the module for what it offers."""
    found: list[tuple[str, str]] = ids(SimpleNamespace(params={"db": path}), prefix)
    return found


def test_loads_can_be_offered_too(desk: Path) -> None:
    """With their lanes."""
    assert offered(desk, completion.load_ids, "L") == [("L2", "Miami, FL to Macon, GA"), ("L1", LANE)]
    assert offered(desk, completion.load_ids, "L1") == [("L1", LANE)]
    assert not offered(desk, completion.load_ids, "_1")


def test_never_more_than_fifty_are_offered_and_old_ones_once_they_are_typed(desk: Path) -> None:
    """However many there are."""
    numbers = "WITH n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 5999)"
    execute(
        desk,
        f"INSERT INTO calls (id, load_id) {numbers} SELECT i, 'L1' FROM n",
        f"""INSERT INTO negotiations (call_id, round_number, session_id, timestamp)
            {numbers} SELECT i, 1, 'sess_x' || i, '2025-09-01 12:00:00' FROM n""",
    )
    calls = [name for name, _ in offered(desk, completion.call_ids, "")]
    assert (len(calls), calls[0], calls[-1]) == (50, "5999", "5950")
    calls = [name for name, _ in offered(desk, completion.call_ids, "1")]
    assert (len(calls), calls[0], calls[-1]) == (50, "1999", "1950")
    assert [name for name, _ in offered(desk, completion.call_ids, "10")][-1] == "1050"
    assert [name for name, _ in offered(desk, completion.call_ids, "100")] == [
        str(i) for i in range(1009, 999, -1)
    ]
    assert len(offered(desk, completion.session_ids, "")) == 50
    assert offered(desk, completion.session_ids, "sess_x1000") == [("sess_x1000", LANE)]


def test_the_file_is_the_one_that_the_line_or_the_environment_names(tmp_path: Path) -> None:
    """An option before the variable, the variable before loads.db; a tilde is the home folder."""
    for number, name in enumerate(("loads.db", "env.db", "a b.db"), start=1):
        init(tmp_path / name, now=NOW)
        execute(tmp_path / name, f"INSERT INTO calls (id) VALUES ({number})")
    assert tab("negotiator negotiate ") == "1"
    assert tab("negotiator negotiate ", NEGOTIATOR_DB="env.db") == "2"
    assert tab("negotiator negotiate --db=env.db ", NEGOTIATOR_DB="never.db") == "2"
    assert tab("negotiator negotiate --db 'a b.db' ", "zsh") == """_arguments '*: :(("3"))'"""
    assert tab("negotiator negotiate --db ~/env.db ", HOME=str(tmp_path)) == "2"


def test_a_commit_is_seen_at_once(desk: Path) -> None:
    """While somebody has the file open, it stands in the write-ahead log."""
    with closing(sqlite3.connect(desk)) as other:
        other.execute("INSERT INTO calls (id, load_id) VALUES (7, 'L1')")
        other.commit()
        other.execute("INSERT INTO calls (id, load_id) VALUES (8, 'L1')")
        assert tab("negotiator negotiate ").split() == ["7", "3", "2", "1"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    "kind", ["missing", "folder", "empty", "text", "other", "fifo", "old", "damaged", "locked"]
)
def test_what_cannot_be_read_is_passed_over_in_silence(
    unmigrated: Path, desk: Path, shell: str, kind: str
) -> None:
    """And at once; nothing is made or changed."""
    path = Path(make_unusable(desk.parent, kind))
    if kind == "old":
        path = unmigrated
    elif kind in {"damaged", "locked"}:
        path = desk
        execute(desk, "PRAGMA journal_mode = DELETE")
    if kind == "damaged":
        desk.write_bytes(desk.read_bytes()[:4096] + b"\x55" * 70_000)
    before = sorted(desk.parent.iterdir())
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        if kind == "locked":
            other.execute("BEGIN EXCLUSIVE")
        shown = tab("negotiator session history ", shell, NEGOTIATOR_DB=str(path))
    assert shown == ("_files" if shell == "zsh" else "")  # what zsh does without us
    assert sorted(desk.parent.iterdir()) == before


def test_looking_leaves_no_trace(desk: Path) -> None:
    """In WAL mode even SQLite's own reading would leave files, and with a log that was left it makes one."""
    before = desk.read_bytes()
    assert tab("negotiator negotiate ").split() == ["3", "2", "1"]
    Path(f"{desk}-wal").touch()
    tab("negotiator negotiate ")
    assert sorted(found.name for found in desk.parent.iterdir()) == ["loads.db", "loads.db-wal"]
    assert desk.read_bytes() == before


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_shell_is_given_anything_to_run(desk: Path, shell: str) -> None:
    """IDs that a shell would not take as they are are left out; lanes lose what it gives a meaning."""
    execute(
        desk,
        "UPDATE loads SET origin = '`id` $(id) \"x\" ''y'' [red] \x1b[2J\n:z' WHERE load_id = 'L1'",
        "INSERT INTO negotiations (call_id, round_number, session_id) VALUES "
        "(1, 1, 'sess_$(id)'), (1, 1, 'sess_`id`'), (1, 1, 'sess_a b'), (1, 1, 'sess_''x'), (1, 1, 'sess_\n')",
    )
    shown = tab("negotiator session history ", shell) + tab("negotiator negotiate 1", shell)
    assert "sess_" not in shown
    assert not set("`$[]\x1b;|&") & set(shown)
    if shell == "fish":
        assert shown == "1\tid id x y red 2Jz to Dallas, TX"


def test_text_that_is_no_utf_8_is_no_trouble(desk: Path) -> None:
    """Old files hold it."""
    execute(desk, "UPDATE loads SET origin = CAST(x'4de47279' AS TEXT) WHERE load_id = 'L2'")
    assert offered(desk, completion.call_ids, "3") == [("3", "Mry to Macon, GA")]


def test_a_tab_does_not_wait_for_sqlite_utils(desk: Path) -> None:
    """A fact, not a time."""
    code = (
        "import sys; from negotiator.cli import app\n"
        "try: app(prog_name='negotiator')\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | asking("bash", "negotiator negotiate "),
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["3", "2", "1"]
    assert not {"sqlite_utils", "rich", "pydantic", "negotiator.service"} & set(result.stderr.split())


def test_the_scripts_that_are_installed_ask_so() -> None:
    """By the variables that are used above."""
    for shell, variable in (("bash", "COMP_WORDS"), ("zsh", "_TYPER_COMPLETE_ARGS"), ("fish", "get-args")):
        script = installed(env=os.environ | {"_NEGOTIATOR_COMPLETE": f"source_{shell}"}).stdout
        assert variable in script
