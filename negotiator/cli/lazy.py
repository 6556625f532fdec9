"""The root's commands: each with its module and its summary, under the headings of the help.

A command's module is loaded when the command is called: loading all of them would cost every call some 40 ms,
a third of its start.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

# The summary stands here alone: what else is to be said about a command is the docstring of its function.
# At most 45 characters, else Typer cuts it.
SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "At the phone": {
        "negotiate": ("negotiate", "Answer a carrier's ask."),
        "call": ("call", "Phone calls with carriers, start to end."),
        "session": ("session", "Sessions: rounds that belong together."),
    },
    "At the desk": {
        "load": ("load", "The load board: import, add, list, show."),
        "policy": ("policy", "How much to pay for which load."),
        "report": ("report", "Say what was booked, and what it cost."),
        "help": ("help", "Print a page of the guide."),
    },
    "In scripts": {
        "batch": ("batch", "Answer many asks, a line of JSON each."),
        "generate-id": ("ids", "Print new session IDs."),
        "validate-id": ("ids", "Check that a text is a session ID."),
    },
    "The file": {
        "init": ("file", "Make a new file."),
        "check": ("file", "Look a file over, and change nothing."),
        "backup": ("file", "Copy a file, even while it is in use."),
        "restore": ("file", "Give a file the state of a backup."),
        "migrate": ("file", "Bring an older file up to date."),
    },
}


class Deferred(TyperCommand):
    """What the root knows of a command before its module is loaded."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        """Stand for a command in ``negotiator.cli.commands.MODULE``, or for that module's group."""
        super().__init__(name, help=summary)
        self._module = module

    def load(self) -> Any:  # noqa: ANN401 - Typer doesn't export the type of its commands
        """Return the command itself; its help begins with the summary."""
        module = import_module(f"negotiator.cli.commands.{self._module}")
        built = typer.main.get_command(module.app)
        command: Any = getattr(built, "commands", {}).get(self.name, built)
        command.help = "\n\n".join(filter(None, [self.help, command.help]))
        return command


def commands() -> dict[str, Deferred]:
    """Return what is known of each command, in the order of the help."""
    return {
        name: Deferred(name, module, summary)
        for section in SECTIONS.values()
        for name, (module, summary) in section.items()
    }
