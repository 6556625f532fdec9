"""Commands and their groups: how they are built, found by name, and shown in help."""

import os
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from inspect import getdoc
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from negotiator.cli.usage import CommandLine, UsageError
from negotiator.output import printing

Function = Callable[..., None]
"""What runs a command: its parameters are the command's."""
PLAIN: dict[str, Any] = {
    "rich_markup_mode": None,  # help that rich draws takes twice as long
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
"""How every command, and the root, is set up."""


def examples(*lines: str) -> str:
    """Return examples as the end of a help text.

    Lines are printed as they are: more than 76 characters do not fit.
    """
    whole = [line for line in lines if not line.startswith(" ")]  # the others go on from the line before
    return "\n".join(["\b", "Example:" if len(whole) == 1 else "Examples:", *(f"  {line}" for line in lines)])


class Deferred(TyperCommand):
    """What a group knows of a command before it is built: its name, and its summary."""

    def __init__(self, name: str, summary: str, load: Callable[[], Any]) -> None:
        """Stand for the command that ``load`` builds."""
        super().__init__(name, help=summary)
        self.load = load


class Commands:
    """The commands of a module. Each is built when it is called: building those of a group takes 5 ms."""

    def __init__(self, epilog: str | None = None, common: Sequence[str] = ()) -> None:
        """Begin with none; ``epilog`` ends the help of a group, which shows the ``common`` ones first."""
        self._epilog = epilog
        self._common = common
        self._functions: dict[str, tuple[Function, str]] = {}

    def command(self, name: str, *, epilog: str) -> Callable[[Function], Function]:
        """Register a function as a command of this name; ``epilog`` ends its help."""

        def register(function: Function) -> Function:
            self._functions[name] = function, epilog
            return function

        return register

    def include(self, other: "Commands") -> None:
        """Register the commands of another module beside these."""
        self._functions |= dict(other._in_order())  # noqa: SLF001 - of the same class

    def build(self, name: str) -> Any:  # noqa: ANN401 - Typer doesn't export the type of its commands
        """Return the command of this name."""
        function, epilog = self._functions[name]
        app = typer.Typer(add_completion=False, **PLAIN)
        app.command(name, epilog=epilog)(function)
        return typer.main.get_command(app)

    def group(self, name: str) -> Any:  # noqa: ANN401 - as above
        """Return all commands, as a group of this name."""
        commands: dict[str, Any] = {
            command: Deferred(command, getdoc(function) or "", partial(self.build, command))
            for command, (function, _) in self._in_order()
        }
        return Group(
            name=name,
            commands=commands,
            epilog=self._epilog,
            context_settings=PLAIN["context_settings"],
            rich_markup_mode=PLAIN["rich_markup_mode"],
        )

    def _in_order(self) -> list[tuple[str, tuple[Function, str]]]:
        names = dict.fromkeys([*self._common, *self._functions])
        return [(name, self._functions[name]) for name in names]

    def __contains__(self, name: object) -> bool:
        """Return whether there is a command of this name."""
        return name in self._functions


class Group(TyperGroup):
    """Commands under one name. Without a command it shows those that there are, which is bad usage."""

    def sections(self) -> Mapping[str, Sequence[str]]:
        """Return the names of the commands under headings, as help shows them."""
        return {"Commands": list(self.commands)}

    def overview(self, context: Any) -> str:  # noqa: ANN401 - Typer doesn't export the type
        """Return the commands with a line for each, and an example."""
        formatter = context.make_formatter()
        self.format_usage(context, formatter)
        self.format_help_text(context, formatter)
        self.format_commands(context, formatter)
        self.format_epilog(context, formatter)
        return str(formatter.getvalue().rstrip("\n"))

    def format_options(self, context: Any, formatter: Any) -> None:  # noqa: ANN401 - as in the base class
        """Write the commands, and then the options: most people look for a command."""
        self.format_commands(context, formatter)
        records = [parameter.get_help_record(context) for parameter in self.get_params(context)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])

    def format_commands(self, _context: Any, formatter: Any) -> None:  # noqa: ANN401 - as in the base class
        """Write each command's summary, section by section."""
        width = max(map(len, self.commands))
        for heading, names in self.sections().items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(width), self.commands[name].get_short_help_str()) for name in names]
                )

    def parse_args(self, context: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as in the base class
        """Parse the group's own options. Raises UsageError, after the overview, when no word is given."""
        if not args and not context.resilient_parsing:
            printing.lines([self.overview(context)])
            hint = f"choose one of those above; `{context.command_path} COMMAND --help` explains it"
            raise UsageError("no command was given", hint)
        return super().parse_args(context, args)

    def resolve_command(self, context: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - as in the base class
        """Return the command that the first word names. Raises UsageError with the names that are like it."""
        word = args[0]
        if word not in self.commands and word[:1] != "-" and not context.resilient_parsing:
            raise UsageError(f"no such command: {word!r}", self._instead_of(word, context.command_path))
        name, known, rest = super().resolve_command(context, args)
        command = _loaded(known)
        context.ensure_object(CommandLine).enter(f"{context.command_path} {name}", command, rest)
        if (
            "NEGOTIATOR_URL" in os.environ
            and not hasattr(command, "commands")
            and not context.resilient_parsing
        ):
            from negotiator.cli import far  # what it needs is not there when this module is loaded

            far.refuse_elsewhere(f"{context.command_path} {name}", rest)
        return name, command, rest

    def _instead_of(self, word: str, path: str) -> str:
        within = [
            f"{name} {word}"
            for name, command in self.commands.items()
            if word in getattr(_loaded(command), "commands", {})
        ]
        meant = [f"`{path} {name}`" for name in within or get_close_matches(word.lower(), self.commands, n=2)]
        question = f"did you mean {' or '.join(meant)}? " if meant else ""
        return f"{question}`{path} --help` shows the commands"


def _loaded(command: Any) -> Any:  # noqa: ANN401 - Typer doesn't export the type of its commands
    return command.load() if isinstance(command, Deferred) else command
