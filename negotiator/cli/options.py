"""Options and arguments that several commands share."""

import gc
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from negotiator.cli import completion
from negotiator.cli.usage import UsageError
from negotiator.conversations.states import LossReason
from negotiator.errors import BadInputError
from negotiator.output import printing
from negotiator.output.streams import say_once

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from negotiator.storage.database import LoadsFile
from negotiator.output.formats import Format

Chosen = TypeVar("Chosen", bound=StrEnum)
DEFAULT_DATABASE = Path("loads.db")

Database = Annotated[
    Path,
    typer.Option(
        "--db",
        envvar="NEGOTIATOR_DB",
        help="The SQLite file; else NEGOTIATOR_DB, else loads.db.",
        show_envvar=False,
        show_default=False,
        metavar="PATH",
        readable=False,  # what can't be read is said as all else that is wrong with a file
    ),
]
File = Annotated[
    Path | None,
    typer.Argument(
        help="The SQLite file, used instead of --db.", metavar="[FILE]", show_default=False, readable=False
    ),
]
To = Annotated[
    Path | None,
    typer.Option(
        "--to",
        help="The name of the copy; it must not exist yet.",
        metavar="PATH",
        show_default=False,
        readable=False,
    ),
]

FORMATS = "table, json, jsonl or csv."
Form = Annotated[
    Format | None,
    typer.Option("--format", "-f", help=FORMATS, metavar="FORM", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
CsvSafe = Annotated[bool, typer.Option("--csv-safe", help="CSV that is safe to open in a spreadsheet.")]
CallID = Annotated[
    str,
    typer.Argument(
        help="The call's number (id in the table calls).",
        metavar="CALL_ID",
        autocompletion=completion.call_ids,
    ),
]
SessionID = Annotated[
    str,
    typer.Argument(help="A session ID, or its ending.", metavar="ID", autocompletion=completion.session_ids),
]
Session = Annotated[
    str | None,
    typer.Option(
        "--session",
        help="A session ID, or its ending; @ is the latest open one.",
        metavar="ID",
        autocompletion=completion.session_ids,
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept on record.", metavar="TEXT")]
ReasonLost = Annotated[LossReason | None, typer.Option("--reason-lost", help="Why there is no deal.")]
AllowCarrier = Annotated[
    bool,
    typer.Option("--allow-carrier", help="Use one that is blocked or must not haul."),
]
AllowReason = Annotated[
    str | None, typer.Option("--reason", help="Why the carrier is allowed; it is kept.", metavar="TEXT")
]
Carrier = Annotated[
    str | None, typer.Option("--carrier", help="An MC number, however it is spelled.", metavar="MC")
]
LoadFilter = Annotated[
    str | None,
    typer.Option("--load", help="About this load.", metavar="LOAD_ID", autocompletion=completion.load_ids),
]
Since = Annotated[
    str | None,
    typer.Option("--since", help="Not before: a date, a time, 24h, 7d, today, monday.", metavar="TIME"),
]
TimeZone = Annotated[
    str | None,
    typer.Option(
        "--tz",
        help="The zone of times without one; else NEGOTIATOR_TZ, else the machine's.",
        metavar="NAME",
        show_default=False,
    ),
]
Limit = Annotated[int, typer.Option("--limit", min=0, help="At most N; 0 is all.", metavar="N")]
Explained = Annotated[
    bool, typer.Option("--explain", help="Also the posted rate, the ceiling, and who decided.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")]


def past_moment(typed: str | None, now: "datetime") -> "datetime | None":
    """Return the moment that ``--since`` means, in the desk's zone; None when it was not given."""
    if typed is None:
        return None
    from negotiator.values.typed_times import Toward, parse_typed

    return parse_typed(typed, now, desk_zone(), Toward.PAST)


def allowance(allow_carrier: bool, reason: str | None) -> str | None:
    """Return why a carrier is allowed, None when it is not. Raises UsageError for one without the other."""
    if allow_carrier and reason is None:
        raise UsageError("--allow-carrier needs a reason", "say why, with --reason TEXT")
    if reason is not None and not allow_carrier:
        raise UsageError("--reason is for --allow-carrier", "give both, or put a note into --notes")
    return reason


def pairs(option: str, given: list[str] | None, *, mark_from_the_right: bool = False) -> dict[str, str]:
    """Return what was given as NAME=VALUE, by name. Raises UsageError."""
    pairs: dict[str, str] = {}
    for text in given or []:
        name, _, value = text.rpartition("=") if mark_from_the_right else text.partition("=")
        if not (name.strip() and value):
            raise UsageError(
                f"{option} {text[:40]!r} is not of the form NAME=VALUE", "see the examples in --help"
            )
        if name in pairs:
            raise UsageError(f"{option} is given twice for {name[:40]!r}", "leave one of them out")
        pairs[name] = value
    return pairs


def session_of(file: "LoadsFile", typed: str | None, call_id: str) -> str | None:
    """Return the session ID that ``--session`` means on a call, None when it was not given."""
    from negotiator.negotiation.session_choice import choose_session

    return None if typed is None else choose_session(file, typed, call_id)


def warn_of_unknown_settings() -> None:
    """Say which variables are no settings, for commands that decide: a misspelled one decides nothing."""
    from negotiator.values.settings import unknown_settings

    for name, meant in unknown_settings(os.environ):
        question = f"; did you mean {meant}?" if meant else "."
        printing.say(f"Warning: {name} is not a setting of this program{question}")


def warn_of_overruled_settings(version: int | None) -> None:
    """Say which variables do not count, because the file has a policy; version 0 or None is none."""
    from negotiator.policy.terms import overruled_variables

    for name in overruled_variables(os.environ) if version else []:
        printing.say(f"Warning: {name} does not count: the file has a policy (version {version}).")


def collect_garbage() -> None:
    """Look for garbage from now on, which no command does as it starts: this one may run long.

    What the start has made lives to the end, and is left out.
    """
    gc.freeze()
    gc.enable()


def user() -> str | None:
    """Return the name of whoever runs this, None when the system knows none."""
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError, ImportError):
        return None


def person(by: str | None) -> str:
    """Return the name that was given, else that of whoever runs this. Raises UsageError when it has none."""
    name = user() if by is None else by
    if name is None:
        raise UsageError("this user has no name here", "say who decided, with --by NAME")
    return name


def desk_zone(name: str | None = None) -> "ZoneInfo | None":
    """Return the zone that is named, else the desk's; None is the machine's own, and its faults are said."""
    from negotiator.values.zones import desk_zone, machine_zone_fault

    zone = desk_zone(os.environ, name)
    if zone is None and (fault := machine_zone_fault(os.environ)):
        say_once(f"Warning: {fault}.")
    return zone


def chosen(form: Format | None, as_json: bool, csv_safe: bool = False, *, option: str = "--format") -> Format:
    """Return the format that ``--format``, ``--json`` and ``--csv-safe`` ask for.

    Raises BadInputError when they ask for more than one.
    """
    return chosen_of(Format, form, as_json, csv_safe, option=option)


def chosen_of(
    forms: type[Chosen],
    form: Chosen | None,
    as_json: bool,
    csv_safe: bool = False,
    *,
    option: str = "--format",
) -> Chosen:
    """Do the same for a command that has other formats."""
    kind = "json" if as_json else "csv-safe"
    if not (as_json or csv_safe):
        return form or forms("table")
    fitting = {None, forms(kind), *([] if as_json else [forms("csv")])}
    if form not in fitting or (as_json and csv_safe):
        other = "--csv-safe" if as_json and csv_safe else f"{option} {form}"
        raise BadInputError(f"--{kind} and {other} cannot be used together", "leave one of them out")
    return forms(kind)
