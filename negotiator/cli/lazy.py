"""The root's commands, known by name and help; a command's module is loaded when the command is called.

Loading and building all of them would cost every call some 40 ms, a third of its start.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand

# The module of this package that a command is in, and what it does (a test holds that to the module's words).
_COMMANDS = {
    "negotiate": (
        "negotiate",
        "Answer a carrier's ask: accept it, counter it, or hand the call to a person. Records the round.",
    ),
    "batch": (
        "batch",
        "Answer many asks: a line of JSON each, with one line of JSON for each in the same order.",
    ),
    "session": ("session", "Sessions: rounds that belong together."),
    "call": ("call", "Calls: phone calls with carriers."),
    "load": ("load", "Loads: the shipments that are negotiated about."),
    "report": ("report", "Say what was booked, what was paid over the posted rate, and where it was lost."),
    "generate-id": ("ids", "Print a new session ID, or several, one a line."),
    "validate-id": ("ids", "Check a session ID: exit code 0 if it is one, 2 if not."),
    "migrate": (
        "file",
        "Bring a file that an older program wrote up to date, after a backup beside it.",
    ),
    "init": ("file", "Make a new file. One that exists is never touched."),
    "backup": (
        "file",
        "Copy a file, safely while others use it; the copy is checked before it gets its name.",
    ),
    "restore": (
        "file",
        "Give a file the state of a backup. What it held is kept: as a backup, or moved aside if damaged.",
    ),
    "check": (
        "file",
        "Look at a file: is it sound, up to date, tidy? Reads only. Exit code 0 sound, 5 damaged, 6 pending.",
    ),
}


class Deferred(TyperCommand):
    """A command that stands for one in a module not loaded yet."""

    def __init__(self, name: str, module: str, summary: str) -> None:
        """Stand for a command in ``negotiator.cli.commands.MODULE``, or for that module's group."""
        super().__init__(name, help=summary)
        self._module = module

    def load(self) -> Any:  # noqa: ANN401 - Typer doesn't export the type of its commands
        """Return the command itself."""
        module = import_module(f"negotiator.cli.commands.{self._module}")
        built = typer.main.get_command(module.app)
        return getattr(built, "commands", {}).get(self.name, built)

    def make_context(self, *positional: Any, **named: Any) -> Any:  # noqa: ANN401 - as in the base class
        """Begin a call of the command itself: what parses and runs a command asks for this first."""
        return self.load().make_context(*positional, **named)


def commands() -> dict[str, Deferred]:
    """Return a stand-in for each command, in the order of the help."""
    return {name: Deferred(name, module, summary) for name, (module, summary) in _COMMANDS.items()}
