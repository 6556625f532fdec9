"""Each way in which the program ends: its code, and what is said."""

import errno
import io
import json
import sys
import warnings
from typing import Any

import pytest
import typer

import negotiator
from negotiator.cli import app
from negotiator.errors import BusyError, OutputClosedError, UnfinishedTidyingWarning
from tests.conftest import run

DONE = "negotiator.cli.groups.Group.main"
"""What runs a command; the root maps what it raises."""


def failing(monkeypatch: pytest.MonkeyPatch, problem: BaseException, where: str = DONE) -> None:
    """Have something raise this."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise problem

    monkeypatch.setattr(where, fail)


def test_the_version_is_that_of_the_package() -> None:
    """In one line, whatever else stands there."""
    for arguments in (["--version"], ["--version", "negotiate"]):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (0, f"negotiator {negotiator.__version__}\n")
        assert result.stderr == ""


ENDS: list[tuple[BaseException, int, str]] = [
    (KeyboardInterrupt(), 130, ""),
    (typer.Abort(), 130, ""),
    (SystemExit(7), 7, ""),
    (typer.TyperException("Two\n  lines: a, \n b."), 2, "Error: two lines: a, b."),
    (OutputClosedError("whoever read the output went away"), 141, ""),
    (BusyError("it is locked", "wait"), 75, "Error: it is locked. Hint: wait.\n"),
    (
        OSError(errno.ENOSPC, "No space left on device"),
        1,
        "Error: the output can't be written: No space left on device.\n",
    ),
    (
        OSError(errno.EMFILE, "Too many open files"),
        1,
        "Error: too many files are open. Hint: close other programs, or raise the limit.\n",
    ),
    (
        ValueError("oh"),
        1,
        (
            "Error: this should not have happened: ValueError: oh. "
            "Hint: set NEGOTIATOR_DEBUG=1 to see where, and report it.\n"
        ),
    ),
]


@pytest.mark.parametrize(("problem", "code", "said"), ENDS, ids=lambda value: repr(value)[:40])
def test_whatever_a_command_raises_has_its_exit_code_and_its_sentence(
    monkeypatch: pytest.MonkeyPatch, problem: BaseException, code: int, said: str
) -> None:
    """Nothing on stdout, and no traceback unless it is asked for."""
    failing(monkeypatch, problem)
    result = run("generate-id")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(said) if said else result.stderr == ""
    debugged = run("generate-id", NEGOTIATOR_DEBUG="1").stderr
    hidden = isinstance(problem, KeyboardInterrupt | typer.Abort | SystemExit)
    assert ("Traceback" in debugged) is not hidden


def test_a_reader_that_goes_away_while_help_is_printed_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base class ends with 1 then."""

    def fail(*_arguments: object, **_options: object) -> None:
        try:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        except OSError:
            sys.exit(1)

    monkeypatch.setattr(DONE, fail)
    result = run("--help")
    assert (result.exit_code, result.stdout, result.stderr) == (141, "", "")


class Stuck(io.StringIO):
    """A stream that takes nothing in."""

    def __init__(self, number: int) -> None:
        """Fail with this error of the system."""
        super().__init__()
        self._number = number

    def write(self, _text: str) -> int:
        """Fail."""
        raise OSError(self._number, "it is stuck")


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (errno.EPIPE, 141, ""),
        (
            errno.EIO,
            1,
            (
                "Error: the output can't be written: it is stuck. "
                "Hint: what was done is in the file all the same.\n"
            ),
        ),
    ],
)
def test_output_that_nobody_takes_ends_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, code: int, said: str
) -> None:
    """Silently when the reader went away, else with a sentence."""
    monkeypatch.setattr(sys, "stdout", Stuck(number))
    with pytest.raises(SystemExit) as ended:
        app(["generate-id"])
    assert ended.value.code == code
    assert capsys.readouterr().err == said


USAGE = [
    (["negotiate"], "missing argument 'CALL_ID'", "`negotiator negotiate --help` shows how it is used"),
    (["--colour"], "no such option: --colour", "`negotiator --help` shows how it is used"),
    (["call", "nonsense"], "no such command: 'nonsense'", "`negotiator call --help` shows the commands"),
    (["nonsense"], "no such command: 'nonsense'", "`negotiator --help` shows the commands"),
    (
        ["call", "list", "-f", "nope"],
        "invalid value for '--format' / '-f': 'nope' is not one of 'table', 'json', 'jsonl', 'csv', 'csv-safe'",
        "`negotiator call list --help` shows how it is used",
    ),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), USAGE)
def test_a_line_that_cannot_be_read_is_a_sentence(arguments: list[str], message: str, hint: str) -> None:
    """It begins small after `Error:`, and ends in one period."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: {message}. Hint: {hint}.\n"
    assert json.loads(run(*arguments, "--json").stderr) == {
        "error": {"code": "usage", "exit_code": 2, "message": message, "hint": hint}
    }


def test_what_could_not_be_tidied_up_is_said_and_changes_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is set for warnings; those of others stay warnings."""
    shown: list[object] = []

    def warn(*_arguments: object, **_options: Any) -> None:  # noqa: ANN401 - as in the base class
        warnings.warn("x can be removed", UnfinishedTidyingWarning, stacklevel=1)
        warnings.warn("x can be removed", UnfinishedTidyingWarning, stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    monkeypatch.setattr(DONE, warn)
    monkeypatch.setattr(warnings, "showwarning", lambda *told: shown.append(told[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnfinishedTidyingWarning)
        warnings.simplefilter("always", DeprecationWarning)
        result = run("generate-id")
    assert result.exit_code == 0
    assert result.stderr == "Warning: x can be removed.\n" * 2
    assert shown == [DeprecationWarning]
