"""The root of all commands: its options, and the one place where an exception becomes an exit code."""

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from types import ModuleType, SimpleNamespace
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from negotiator import output
from negotiator.cli import lazy
from negotiator.errors import BadInputError, NegotiatorError, OutputClosedError, unexpected

HELP_NAMES = {"help_option_names": ["-h", "--help"]}
_INTERRUPTED = 130


class UsageError(BadInputError):
    """The command line itself is wrong."""

    code = "usage"


class Root(TyperGroup):
    """The root group: maps exceptions, those of parsing included, to a message and an exit code."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - as in the base class
        """Know the commands by name; each is loaded when it is called."""
        super().__init__(**attributes | {"commands": lazy.commands()})

    def main(self, args: Sequence[str] | None = None, *positional: Any, **options: Any) -> Any:  # noqa: ANN401 - as in the base class
        """Run a command and exit with its code."""
        arguments = list(sys.argv[1:] if args is None else args)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # no name or note may end in an encoding error
        if not (sys.stdout and sys.stdout.isatty()):
            os.environ["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"  # no colour in a pipe, whatever CI sets
        try:
            with _without_markdown():
                code = super().main(arguments, *positional, **options | {"standalone_mode": False})
            output.flush()
        except (typer.Abort, KeyboardInterrupt):
            code = _INTERRUPTED
        except SystemExit as exit_:
            # The base class ends with 1 when a reader goes away while help is printed.
            code = OutputClosedError.exit_code if isinstance(exit_.__context__, OSError) else exit_.code
            output.discard()
        except Exception as problem:  # noqa: BLE001 - whatever it is, no traceback reaches a user
            code = report(problem, arguments)
        sys.exit(code)


@contextmanager
def _without_markdown() -> Iterator[None]:
    """Let Typer draw help without loading rich.markdown, which it imports for a kind of markup we don't use.

    That module and the parser it needs cost 45 of the 230 ms of a ``--help``.
    """
    name, stub = "rich.markdown", cast("ModuleType", SimpleNamespace(Markdown=None))
    sys.modules.setdefault(name, stub)
    try:
        yield
    finally:
        if sys.modules.get(name) is stub:
            del sys.modules[name]  # whoever else is in this process may want the real one


def report(problem: Exception, arguments: Sequence[str]) -> int:
    """Print an error as the command line asked for it, and return its exit code."""
    if os.environ.get("NEGOTIATOR_DEBUG"):
        traceback.print_exception(problem)
    known = _as_ours(problem)
    if not isinstance(known, OutputClosedError):
        output.error(known, as_json=_wants_json(arguments))
    return known.exit_code


def _as_ours(problem: Exception) -> NegotiatorError:
    if isinstance(problem, NegotiatorError):
        return problem
    if isinstance(problem, typer.TyperException):
        return _usage_error(problem)
    if isinstance(
        problem, OSError
    ):  # the base class wrote help; what concerns a file is mapped where it arises
        output.discard()
        return NegotiatorError(f"the output can't be written: {problem.strerror}")
    return unexpected(problem)


def _usage_error(problem: typer.TyperException) -> UsageError:
    context = getattr(problem, "ctx", None)
    command = context.command_path if context else "negotiator"
    message = problem.format_message().rstrip(".?")
    return UsageError(message[:1].lower() + message[1:], f"`{command} --help` shows how it is used")


def _wants_json(arguments: Sequence[str]) -> bool:
    """Return whether the arguments ask for JSON; they may be too wrong to be parsed."""
    forms = {"json", "jsonl"}
    # What `load import` calls its format is that of the file it reads.
    option = "--output-format" if list(arguments[:2]) == ["load", "import"] else "--format"
    named = {argument.partition("=")[2] for argument in arguments if argument.startswith(f"{option}=")}
    named |= {after for name, after in pairwise(arguments) if name in {option, "-f"}}
    named |= {argument[2:] for argument in arguments if argument.startswith("-f")}
    return "--json" in arguments or bool(forms & named)


app = typer.Typer(
    cls=Root,
    context_settings=HELP_NAMES,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    epilog="Try it:\n\nnegotiator init --sample\n\nnegotiator negotiate 1 2300",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from negotiator import __version__

        output.lines([f"negotiator {__version__}"])
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Negotiate freight rates with carriers and keep every round on record, in one local SQLite file."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise UsageError("no command was given", "see above for the commands there are")
