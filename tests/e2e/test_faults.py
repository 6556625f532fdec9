"""Each call of the system that a writing command makes fails, or is its last: every file is whole, and what is said is so."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from negotiator.cli import app
from tests.conftest import run
from tests.faults import VARIES, attempt, build, names, spread, state
from tests.writing import COMMANDS, READING, copy_files, make_files


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the library that injects faults."""
    try:
        return build(tmp_path_factory.mktemp("library"))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"nothing can be compiled and preloaded here: {error}")


@pytest.fixture(scope="module", params=["delete", "wal"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what the commands work on, in both journal modes."""
    folder = tmp_path_factory.mktemp(request.param)
    make_files(folder, request.param)
    return folder


def leaves(group: Any, before: tuple[str, ...] = ()) -> set[str]:  # noqa: ANN401 - Typer doesn't export the type
    """Return all commands, as they are typed."""
    found: set[str] = set()
    for name, known in group.commands.items():
        command = known.load() if hasattr(known, "load") else known
        words = (*before, name)
        found |= leaves(command, words) if hasattr(command, "commands") else {" ".join(words)}
    return found


def test_every_command_that_writes_is_tried() -> None:
    """A new command is in one table or the other."""
    known = leaves(typer.main.get_command(app))
    options = {" ".join(word for word in command.split() if word[:1] != "-") for command in COMMANDS}
    writing = {name for name in known if any(f"{command} ".startswith(f"{name} ") for command in options)}
    assert writing | READING == known
    assert writing & READING == set()


def again(folder: Path, command: str) -> int:
    """Run a command without a fault, and return its exit code; a server's part is done by an ask."""
    return run(
        *(command if not command.startswith("serve") else "negotiate 1 2300 --db desk.db").split()
    ).exit_code


@pytest.mark.soak
@pytest.mark.parametrize("deed", ["error", "broken", "kill"])
@pytest.mark.parametrize(("command", "made"), COMMANDS.items())
def test_a_fault_in_any_call_is_said_and_leaves_all_or_nothing(
    library: Path,
    files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
    command: str,
    made: str,
    deed: str,
) -> None:
    """Exit 0 and all is there, or exit 5 and it is as it was, unless the message says otherwise; then it works again."""
    folder = tmp_path / "folder"
    copy_files(files, folder)
    monkeypatch.chdir(folder)
    there, before = names(folder), state(folder / made)
    whole = attempt(library, folder, command)
    after, added = state(folder / made), {VARIES.sub("~", name) for name in names(folder) - there}
    assert (whole.code, after != before) == (0, True), whole.said
    repeated = again(folder, command)
    tried = spread(whole.calls)
    record_property("faults", len(tried))
    wrong = []
    for number in tried:
        copy_files(files, folder)
        monkeypatch.chdir(folder)
        found = attempt(library, folder, command, deed, number)
        left = state(folder / made)
        stray = {name for name in names(folder) - there if name not in found.said}
        if left == after:
            stray = {name for name in stray if VARIES.sub("~", name) not in added}
        if deed == "kill":
            stray = {name for name in stray if VARIES.sub("~", name) not in added and name[:1] != "."}
        is_so = {
            "is as before or as after": left in (before, after)
            or (left is None and moved_aside(folder, made, files)),
            "ends as it should": found.code in ({-signal.SIGKILL, 0, 5} if deed == "kill" else {0, 5})
            or (
                found.code == 2 and left == before and "can't be read" in found.said
            ),  # what was given to read
            "says so": deed == "kill"
            or left == (after if found.code == 0 else before)
            or says_done(found.said)
            or "may or may not have been changed" in found.said,
            "has no traceback": "Traceback" not in found.said,
            f"leaves no {stray}": not stray,
        }
        code = again(folder, command)
        is_so[f"works again ({code})"] = code == (repeated if left == after else 0)
        is_so["works again"] = state(folder / made) == after or left == after
        failed = [rule for rule, holds in is_so.items() if not holds]
        if failed:
            wrong.append((number, whole.calls[number - 1], found.code, failed, found.said))
    assert not wrong, "\n".join(map(str, wrong))


def says_done(said: str) -> bool:
    """Return whether a failure says that something was done all the same."""
    return " is there " in said or "was changed" in said or "and stays there" in said


def moved_aside(folder: Path, made: str, files: Path) -> bool:
    """Return whether a damaged file that was to be replaced is there under its other name, whole."""
    aside = [path.read_bytes() for path in folder.glob(f"{made}.damaged.*")]
    return (files / made).exists() and aside == [(files / made).read_bytes()]
