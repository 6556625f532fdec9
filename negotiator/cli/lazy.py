"""The root's commands: each with its module and its summary, under the headings of the help.

A command's module is loaded when the command is called: loading all of them would cost every call some 40 ms,
a third of its start.
"""

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from typing import Any

from negotiator.cli.groups import Commands, Deferred

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
        "carrier": ("carrier", "Whom we may use: carriers, and blocks."),
        "policy": ("policy", "How much to pay for which load."),
        "todo": ("todo", "Say whom to ring, the most urgent first."),
        "report": ("report", "Say what was booked, and what it cost."),
        "help": ("help", "Print a page of the guide."),
    },
    "In scripts": {
        "serve": ("serve", "Answer programs that speak HTTP."),
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


def commands() -> dict[str, Deferred]:
    """Return what is known of each command, in the order of the help."""
    return {
        name: Deferred(name, summary, partial(_load, name, module, summary))
        for section in SECTIONS.values()
        for name, (module, summary) in section.items()
    }


def _load(name: str, module: str, summary: str) -> Any:  # noqa: ANN401 - Typer doesn't export the type of its commands
    """Return a command, or the group of a module's commands. Its help begins with the summary."""
    found: Commands = import_module(f"negotiator.cli.commands.{module}").app
    command = found.build(name) if name in found else found.group(name)
    command.help = "\n\n".join(filter(None, [summary, command.help]))
    return command
