"""``negotiator policy simulate``, ``backtest`` and ``learn``: what another policy would have done."""

import os
from pathlib import Path
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.usage import UsageError
from negotiator.output import printing
from negotiator.values.timestamps import utc_now

app = Commands()
"""They stand in the group of the policy's other commands."""


@app.command(
    "simulate",
    epilog=examples(
        "negotiator policy simulate --market base",
        "negotiator policy simulate desk.toml --market tight",
        "negotiator policy simulate desk.toml --market record --json",
    ),
)
def simulate(
    document: Annotated[
        Path | None,
        typer.Argument(
            help="A policy document; - is standard input.",
            metavar="[FILE]",
            readable=False,
            show_default=False,
        ),
    ] = None,
    market: Annotated[
        str | None,
        typer.Option(
            "--market",
            help="base, soft, tight, padded, mixed, touchy, callback, norm, firm, or record: the file's.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Try policies on simulated carriers.

    The one in force, a document's, and the field's usual rules stand beside each other.
    Of the oracle is the share of what somebody would get who knows the lowest rate of each carrier; of the
    best plan, of what anybody could get who does not.
    """
    options.collect_garbage()
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.lab.extra import require_numpy

    require_numpy()
    from negotiator.lab.simulate import simulate as make_simulation
    from negotiator.output.lab.simulation import print_simulation
    from negotiator.policy.terms import PolicySource
    from negotiator.policy.toml import read_document
    from negotiator.storage.database import LoadsFile

    options.warn_of_unknown_settings()
    read = None if document is None else read_document(document)
    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file, printing.progress() as progress:
        made = make_simulation(file, source, read, now=utc_now(), market=market, progress=progress)
    print_simulation(made, form)


@app.command(
    "backtest",
    epilog=examples(
        "negotiator policy backtest desk.toml",
        "negotiator policy backtest desk.toml --since 30d --json",
        "negotiator policy show 3 | negotiator policy backtest -",
    ),
)
def backtest(
    document: Annotated[
        Path, typer.Argument(help="A policy document; - is standard input.", metavar="FILE", readable=False)
    ],
    since: Annotated[
        str | None,
        typer.Option(
            "--since", help="Threads begun since: a date, a time, 24h, 7d, today, monday.", metavar="TIME"
        ),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Replay the record under another policy.

    Say which answers would differ, and first how many of them were never tried, so that nobody knows what
    carriers would have said. It writes nothing.
    """
    options.collect_garbage()
    form = options.chosen(form, as_json, csv_safe)
    now = utc_now()
    began = options.past_moment(since, now)
    from negotiator.lab.backtest import backtest as make_backtest
    from negotiator.output.lab.backtest import print_backtest
    from negotiator.policy.toml import read_document
    from negotiator.storage.database import LoadsFile

    read = read_document(document)
    with LoadsFile.open(db) as file, printing.progress() as progress:
        made = make_backtest(file, read, now=now, since=began, progress=progress)
    print_backtest(made, form)


@app.command(
    "learn",
    epilog=examples("negotiator policy learn", "negotiator policy learn --apply --by ann"),
)
def learn(
    apply: Annotated[
        bool, typer.Option("--apply", help="Make what is recommended the policy of the file.")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Who applies it; you unless said.", metavar="NAME")
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Say which step the record recommends.

    For the desk, for each trailer and each lane with 200 threads: one step of the rounds or the firmness,
    with its evidence, or what is missing. Ceilings stay. `negotiator policy revert VERSION` undoes --apply.
    """
    form = options.chosen(form, as_json, csv_safe)
    if by is not None and not apply:
        raise UsageError("--by is for --apply", "give both, or leave it out")
    from negotiator.lab.extra import require_numpy

    require_numpy()
    from negotiator.lab.learn import learn as learn_policy
    from negotiator.output.lab.lessons import print_lessons
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile

    options.warn_of_unknown_settings()
    source = PolicySource.from_environment(os.environ)
    person = options.person(by) if apply else None
    with LoadsFile.open(db) as file, printing.progress() as progress:
        learned = learn_policy(file, source, now=utc_now(), by=person, progress=progress)
    print_lessons(learned, form, apply=apply)
