"""``negotiator policy``: how much may be paid for which load, and how slowly that is conceded."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negotiator.cli import completion, options
from negotiator.cli.commands import lab
from negotiator.cli.groups import Commands, examples
from negotiator.cli.usage import UsageError
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.values.timestamps import utc_now

if TYPE_CHECKING:
    from negotiator.policy.store import Saved

app = Commands(examples("negotiator policy show > desk.toml", "negotiator policy apply desk.toml"))

By = Annotated[str | None, typer.Option("--by", help="Who changes it; you unless said.", metavar="NAME")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; it is kept on record.", metavar="TEXT")]
Document = Annotated[
    Path, typer.Argument(help="A policy document; - is standard input.", metavar="FILE", readable=False)
]


@app.command(
    "show",
    epilog=examples(
        "negotiator policy show > desk.toml",
        "negotiator policy show --call 2",
        "negotiator policy show --load LD002 --json",
    ),
)
def show(
    version: Annotated[
        int | None,
        typer.Argument(
            help="Another version than the one in force.", metavar="[VERSION]", show_default=False
        ),
    ] = None,
    call: Annotated[
        str | None,
        typer.Option(
            "--call", help="What applies to this call.", metavar="CALL_ID", autocompletion=completion.call_ids
        ),
    ] = None,
    load: Annotated[
        str | None,
        typer.Option(
            "--load", help="What applies to this load.", metavar="LOAD_ID", autocompletion=completion.load_ids
        ),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Print it, as a document that can be applied.

    With --call or --load, say which rule wins there and why, the ceiling, and where each value is from.
    """
    form = options.chosen(form, as_json, csv_safe)
    if sum(given is not None for given in (version, call, load)) > 1:
        raise UsageError("VERSION, --call and --load cannot be used together", "give one of them")
    options.warn_of_unknown_settings()
    from negotiator.output.policy import print_applied, print_version
    from negotiator.policy.inquiry import policy_for_call, policy_for_load
    from negotiator.policy.store import policy_in_use, policy_version
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile

    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file:
        if call is not None:
            applied = policy_for_call(file, source, call, now=utc_now())
        elif load is not None:
            applied = policy_for_load(file, source, load, now=utc_now())
        found = policy_in_use(file, source) if version is None else policy_version(file, version)
    if call is None and load is None:
        print_version(found, form)
    else:
        print_applied(applied, form)
    options.warn_of_overruled_settings(found.version)


@app.command(
    "set", epilog=examples("negotiator policy set ceiling_percent=12 rounds=5 --reason 'peak season'")
)
def set_(
    values: Annotated[
        list[str],
        typer.Argument(
            help="Of ceiling_percent, rounds, firmness, increment; KEY= goes back to the default.",
            metavar="KEY=VALUE",
        ),
    ],
    by: By = None,
    reason: Reason = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Set values for the whole desk. Rules stay as they are."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.policy.parsing import parse_values
    from negotiator.policy.store import set_policy
    from negotiator.storage.database import LoadsFile

    parsed = parse_values(values)
    with LoadsFile.open(db) as file:
        saved = set_policy(file, parsed, by=options.person(by), reason=reason, now=utc_now())
    _print(saved, form)


@app.command(
    "apply",
    epilog=examples(
        "negotiator policy apply desk.toml --reason 'new customer'",
        "negotiator policy show | sed 's/= 10$/= 12/' | negotiator policy apply -",
    ),
)
def apply(
    document: Document,
    by: By = None,
    reason: Reason = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Make a document the policy of the file. A mistake in it changes nothing."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.policy.store import apply_policy
    from negotiator.policy.toml import read_document
    from negotiator.storage.database import LoadsFile

    read = read_document(document)
    with LoadsFile.open(db) as file:
        saved = apply_policy(file, read, by=options.person(by), reason=reason, now=utc_now())
    _print(saved, form)


@app.command("history", epilog=examples("negotiator policy history", "negotiator policy history --json"))
def history(
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """List all versions, the latest first. With who made each, when and why."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.output.policy import print_history
    from negotiator.policy.store import policy_history
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        print_history(policy_history(file), form)


@app.command("revert", epilog=examples("negotiator policy revert 2 --reason 'too many loads left'"))
def revert(
    version: Annotated[int, typer.Argument(help="A version; 0 is no policy.", metavar="VERSION", min=0)],
    by: By = None,
    reason: Reason = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Go back to an earlier version. That makes a new one; every version stays."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.policy.store import revert_policy
    from negotiator.storage.database import LoadsFile

    with LoadsFile.open(db) as file:
        saved = revert_policy(file, version, by=options.person(by), reason=reason, now=utc_now())
    _print(saved, form)


@app.command(
    "check", epilog=examples("negotiator policy check desk.toml && negotiator policy apply desk.toml")
)
def check(
    document: Document,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Look for mistakes in a document. Exit with 0 if there are none, and with 2 otherwise."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.policy.toml import read_document

    rules = len(read_document(document).rules)
    if form is Format.TABLE:
        printing.say(f"{document} is in order: {rules} {'rule' if rules == 1 else 'rules'}.")
    else:
        printing.record({"file": document, "rules": rules, "valid": True}, form)


app.include(lab.app)


def _print(saved: "Saved", form: Format) -> None:
    """Print the policy as it is now, and say whether that is new."""
    from negotiator.output.policy import print_version

    print_version(saved.version, form)
    if not saved.is_new:
        printing.say(f"Nothing was written: version {saved.version.version} says the same.")
    options.warn_of_overruled_settings(saved.version.version if saved.version.document is not None else None)
