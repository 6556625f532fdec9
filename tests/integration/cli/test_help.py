"""Help: what each command says of itself, and what is said when a command line is wrong."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from negotiator.cli import app
from negotiator.cli.lazy import SECTIONS, commands
from tests.conftest import run


def every_command() -> Iterator[tuple[str, Any]]:
    """Give the words that name each command and group, and the command."""
    for name, deferred in commands().items():
        command = deferred.load()
        yield name, command
        for inner, subcommand in getattr(command, "commands", {}).items():
            yield f"{name} {inner}", subcommand.load()


COMMANDS = dict(every_command())


@pytest.mark.parametrize("name", ["", *COMMANDS])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_fits_a_screen_and_ends_with_examples(name: str, flag: str) -> None:
    """Below 40 lines of 80 characters; nothing is cut, and no option is broken at its hyphens."""
    shown = run(*name.split(), flag, COLUMNS="80")
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert len(lines) < 40
    assert max(map(len, lines)) <= 80
    assert not re.search(r"\.\.\.(?! ?\[)|…", shown.stdout.replace("[ARGS]...", ""))
    assert not [line for line in lines if re.search(r"(^| )--?[a-z-]*-$", line)]
    examples = re.split(r"^ +Examples?:$", shown.stdout, flags=re.MULTILINE)
    assert len(examples) == 2
    assert f"negotiator {name}".rstrip() in examples[1]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_summary_is_short_enough_for_every_list(name: str) -> None:
    """Of commands in help, and of what Tab offers: Typer cuts what is longer than 45 characters."""
    assert "..." not in COMMANDS[name].get_short_help_str()


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_an_example_is_a_command_line_that_can_be_parsed(name: str) -> None:
    """As a shell hands it on: each option exists, and no argument is missing."""
    example = re.split(r"Examples?:\n", run(*name.split(), "--help").stdout)[1]
    spy = "negotiator() { printf '%s\\0' \"$@\" '|' >>words; }\n"
    subprocess.run(["sh", "-ec", spy + example], check=True, stdin=subprocess.DEVNULL)
    lines = Path("words").read_text().split("|\0")[:-1]
    assert len(lines) >= example.count("negotiator ")
    for line in lines:
        words = line.split("\0")[:-1]
        command: Any = typer.main.get_command(app)
        while hasattr(command, "commands"):
            context = command.make_context("negotiator", words)
            _, command, words = command.resolve_command(context, [*context._protected_args, *context.args])  # noqa: SLF001 - as Typer goes on
        assert command.make_context("", words).params, line


def test_the_summary_of_a_command_is_written_once() -> None:
    """In the table of the root's commands: its help begins with it, and its docstring goes on."""
    for section in SECTIONS.values():
        for name, (_, summary) in section.items():
            assert run(name, "--help").stdout.split("\n\n")[1].strip() == summary
            callback = COMMANDS[name].callback
            assert not callback or summary not in callback.__doc__


@pytest.mark.parametrize("group", ["", "call", "session", "load"])
def test_no_command_shows_those_that_there_are_and_is_bad_usage(group: str) -> None:
    """A script that lost its arguments must notice; options are left to --help."""
    result = run(*group.split())
    assert (result.exit_code, "Usage" in result.stdout, "Example" in result.stdout) == (2, True, True)
    assert "--help" not in result.stdout
    command = f"negotiator {group}".strip()
    assert result.stderr == (
        "Error: no command was given. "
        f"Hint: choose one of those above; `{command} COMMAND --help` explains it.\n"
    )
    whole = run(*group.split(), "--help").stdout
    assert all(line in whole for line in result.stdout.splitlines())


def test_the_commands_stand_by_what_people_do_the_most_common_first() -> None:
    """At the phone, at the desk, in scripts, and the file as a whole."""
    shown = run("--help").stdout
    positions = [shown.index(f"\n{heading}:\n") for heading in SECTIONS]
    assert positions == sorted(positions)
    assert (
        shown.index("  negotiate  ")
        < shown.index("  call  ")
        < shown.index("  report  ")
        < shown.index("  init  ")
    )


@pytest.mark.parametrize(
    ("group", "first"),
    [("call", "start list show history end"), ("session", "start list show history"), ("load", "list show")],
)
def test_the_common_commands_of_a_group_come_first(group: str, first: str) -> None:
    """And none is lost."""
    shown = re.findall(r"^  ([a-z]+)  ", run(group).stdout, re.MULTILINE)
    assert shown[: len(first.split())] == first.split()
    assert sorted(f"{group} {name}" for name in shown) == sorted(
        name for name in COMMANDS if name.startswith(f"{group} ")
    )


@pytest.mark.parametrize("columns", ["1", "20", "79", "200", "99999999"])
def test_help_has_a_width_that_can_be_read(columns: str) -> None:
    """Whatever the terminal's."""
    for name in ("", "negotiate"):
        widest = max(map(len, run(*name.split(), "--help", COLUMNS=columns).stdout.splitlines()))
        assert 40 <= widest <= 80


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("negotiat 1 2300", "did you mean `negotiator negotiate`?"),
        ("laod", "did you mean `negotiator load`?"),
        ("LOADS", "did you mean `negotiator load`?"),
        ("call histroy 2", "did you mean `negotiator call history`?"),
        ("import board.csv", "did you mean `negotiator load import` or `negotiator carrier import`?"),
        (
            "history 2",
            "did you mean `negotiator call history` or `negotiator session history` or `negotiator policy history`?",
        ),
        ("qqq", "`negotiator --help` shows the commands."),
        ("call qqq", "`negotiator call --help` shows the commands."),
    ],
)
def test_a_word_that_is_nearly_a_command_is_recognised(arguments: str, hint: str) -> None:
    """Or one that is a command of a group."""
    result = run(*arguments.split())
    assert result.exit_code == 2
    word = arguments.split()[1 if arguments.startswith("call") else 0]
    assert result.stderr.startswith(f"Error: no such command: {word!r}. Hint: {hint}")


def test_the_choices_of_an_option_stand_in_the_sentence() -> None:
    """When it is missing, as when it is wrong."""
    assert (
        "missing option '--outcome'. Choose from: accepted, rejected, negotiating, transferred, abandoned. Hint"
        in run("call", "end", 2).stderr
    )
    assert "'lost' is not one of 'accepted', 'rejected'" in run("call", "end", 2, "--outcome", "lost").stderr


@pytest.mark.parametrize(
    "line",
    [
        "negotiate 99 2300 {}",
        "negotiate {} 99 2300",
        "negotiate --nonsense {}",
        "negotiate {} --nonsense",
        "negotiate {} 99 2300 2400 2500",
        "negotiate 99 2300 {} --notes",
        "generate-id --count many {}",
        "generate-id {} --count many",
        "call end 2 {}",
        "call show --nonsense {}",
        "call nonsense {}",
        "call {}",
        "nonsense {}",
        "{} call",
    ],
)
@pytest.mark.parametrize("form", ["--json", "-f json", "-fjson", "--format jsonl", "--format=json"])
def test_an_error_is_json_wherever_it_is_asked_for(desk: object, line: str, form: str) -> None:
    """Before the mistake or after it; an error in another form is none."""
    result = run(*line.format(form).split())
    assert result.exit_code in {2, 3}
    assert not result.stdout
    assert "code" in json.loads(result.stderr)["error"]
    assert run(*line.format("-f csv").split()).stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("line", "as_json"),
    [
        ("load import --format json --nonsense", False),
        ("load import --output-format json --nonsense", True),
        ("load import --nonsense --json", True),
        ("report --nonsense --format json", True),
        ("report --format html --nonsense", False),
        ("negotiate 99 --json --format xml", True),
        ("negotiate 99 2300 --notes --json", False),
        ("negotiate --nonsense --notes --json", False),
        ("negotiate 99 2300 -- --json", False),
    ],
)
def test_what_asks_for_json_is_the_commands_own_option(desk: object, line: str, as_json: object) -> None:
    """Not the format of a file, not a text that looks like it."""
    result = run(*line.split())
    assert result.exit_code in {2, 3}
    assert result.stderr.startswith("{") is as_json
