"""What was typed: the error for a line that cannot be used, and whether errors are wanted as JSON."""

from collections.abc import Sequence
from typing import Any

from negotiator.errors import BadInputError


class UsageError(BadInputError):
    """The command line itself is wrong."""

    code = "usage"


class CommandLine:
    """The command line as far as it was read: every context of a run has the same one as its object."""

    def __init__(self, words: Sequence[str] = ()) -> None:
        """Begin with the words after the program's name."""
        self.path = "negotiator"
        self.wants_json = False
        self._command: Any = None  # the last command that was recognised, and the words after its name
        self._words = list(words)

    def enter(self, path: str, command: Any, words: Sequence[str]) -> None:  # noqa: ANN401 - Typer doesn't export the type of its commands
        """Go on to a command that was recognised, and the words after its name."""
        self.path, self._command, self._words = path, command, list(words)

    def read_on(self) -> None:
        """Read what follows a mistake: it may ask for errors as JSON.

        Typer stops at what it cannot parse. Told to be lenient, it goes on to the end, by the command's own
        options.
        """
        takes_options = self._command is not None and not hasattr(self._command, "commands")
        command = self._command if takes_options else _any_command()
        command.make_context(
            self.path,
            list(self._words),
            obj=self,
            resilient_parsing=True,
            ignore_unknown_options=True,
            allow_extra_args=True,
        )


def _any_command() -> Any:  # noqa: ANN401 - as above
    """Return a command with the options that all commands have: for a line that names none."""
    import typer

    from negotiator.cli import options

    app = typer.Typer(add_completion=False)

    @app.command()
    def command(form: options.Form = None, as_json: options.Json = False) -> None:
        """Do nothing."""

    return typer.main.get_command(app)
