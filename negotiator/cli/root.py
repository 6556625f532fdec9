"""The root of all commands: its options, and the one place where an exception becomes an exit code."""

import os
import re
import sys
import traceback
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TextIO

import typer

from negotiator.cli import lazy
from negotiator.cli.groups import PLAIN, Group, examples
from negotiator.cli.usage import CommandLine, UsageError
from negotiator.errors import (
    NegotiatorError,
    OutputClosedError,
    UnfinishedTidyingWarning,
    resource_error,
    unexpected,
)
from negotiator.output import printing, streams

_INTERRUPTED = 130


class Root(Group):
    """The root group: maps exceptions, those of parsing included, to a message and an exit code."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - as in the base class
        """Know the commands by name; each is loaded when it is called."""
        super().__init__(**attributes | {"commands": lazy.commands()})

    def sections(self) -> Mapping[str, Sequence[str]]:
        """Return the commands by what people do, the most common first."""
        return {heading: list(commands) for heading, commands in lazy.SECTIONS.items()}

    def main(self, args: Sequence[str] | None = None, *positional: Any, **options: Any) -> Any:  # noqa: ANN401 - as in the base class
        """Run a command and exit with its code."""
        line = CommandLine(sys.argv[1:] if args is None else args)
        streams.begin()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # no name or note may end in an encoding error
        try:
            with _warnings_in_words():
                code = super().main(args, *positional, **options | {"standalone_mode": False, "obj": line})
            streams.flush()
        except (typer.Abort, KeyboardInterrupt):
            code = _INTERRUPTED
        except SystemExit as exit_:
            # The base class ends with 1 when a reader goes away while help is printed.
            code = OutputClosedError.exit_code if isinstance(exit_.__context__, OSError) else exit_.code
            streams.discard()
        except Exception as problem:  # noqa: BLE001 - whatever it is, no traceback reaches a user
            code = report(problem, line)
        sys.exit(code)


@contextmanager
def _warnings_in_words() -> Iterator[None]:
    """Say on stderr what could not be tidied up, whatever is set for warnings: the exit code stays."""
    others = warnings.showwarning

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, UnfinishedTidyingWarning):
            printing.say(f"Warning: {message}.")
        else:
            others(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UnfinishedTidyingWarning)
        warnings.showwarning = show
        yield


def report(problem: Exception, line: CommandLine) -> int:
    """Print an error as the command line asked for it, and return its exit code."""
    if os.environ.get("NEGOTIATOR_DEBUG"):
        traceback.print_exception(problem)
    known = _as_ours(problem, line)
    if not isinstance(known, OutputClosedError):
        from negotiator.cli import hints

        hints.print_error(known, as_json=line.wants_json(_any_command))
    return known.exit_code


def _any_command() -> Any:  # noqa: ANN401 - Typer doesn't export the type of its commands
    """Return a command with the options that all commands have: for a line that names none."""
    from negotiator.cli import options

    app = typer.Typer(add_completion=False)

    @app.command()
    def command(form: options.Form = None, as_json: options.Json = False) -> None:
        """Do nothing."""

    return typer.main.get_command(app)


def _as_ours(problem: Exception, line: CommandLine) -> NegotiatorError:
    if isinstance(problem, NegotiatorError):
        return problem
    if isinstance(problem, typer.TyperException):
        return _usage_error(problem, line)
    if isinstance(problem, OSError) and not resource_error(problem):
        # The base class wrote help; what concerns a file is mapped where it arises.
        streams.discard()
        return NegotiatorError(f"the output can't be written: {problem.strerror}")
    return unexpected(problem)


def _usage_error(problem: typer.TyperException, line: CommandLine) -> UsageError:
    # Typer has each choice of an option on a line of its own.
    message = re.sub(r"\s*\n\s*", " ", problem.format_message()).rstrip(".?")
    return UsageError(message[:1].lower() + message[1:], f"`{line.path} --help` shows how it is used")


app = typer.Typer(
    name="negotiator",
    cls=Root,
    epilog=examples("negotiator init --sample; negotiator negotiate 1 2300"),
    **PLAIN,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from negotiator import __version__

        printing.lines([f"negotiator {__version__}"])
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Negotiate freight rates with carriers; every round stays on record."""
