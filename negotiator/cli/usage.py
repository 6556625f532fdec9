"""What was typed: the error for a line that cannot be used, and the form in which it asks for errors."""

from collections.abc import Callable, Sequence
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
        self._command: Any = None  # the last command that was recognised, and the words after its name
        self._words = list(words)

    def enter(self, path: str, command: Any, words: Sequence[str]) -> None:  # noqa: ANN401 - Typer doesn't export the type of its commands
        """Go on to a command that was recognised, and the words after its name."""
        self.path, self._command, self._words = path, command, list(words)

    def wants_json(self, otherwise: Callable[[], Any]) -> bool:
        """Return whether the command's own options ask for JSON, before a mistake or after it.

        ``otherwise`` gives a command whose options are read on a line that names no command.

        Typer stops at what it cannot parse. Told to be lenient, it goes on to the end.
        """
        takes_options = self._command is not None and not hasattr(self._command, "commands")
        command = self._command if takes_options else otherwise()
        given = command.make_context(
            self.path,
            list(self._words),
            obj=self,
            resilient_parsing=True,
            ignore_unknown_options=True,
            allow_extra_args=True,
        ).params
        # What `load import` calls its form is that of the file it reads.
        form = given.get("output_form" if "output_form" in given else "form")
        return bool(given.get("as_json")) or form in {"json", "jsonl"}
