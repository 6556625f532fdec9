"""Commands about the file as a whole: ``migrate``, ``init``, ``backup``, ``restore``, ``check``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.output import contract, printing
from negotiator.output.layout import Column
from negotiator.values.timestamps import utc_now

_CHECKS = {
    "check": Column("Check", folds=20),
    "result": Column("Result"),
    "detail": Column("Detail", folds=20),
}
app = Commands()


@app.command("migrate", epilog=examples("negotiator migrate", "negotiator migrate old/loads.db --dry-run"))
def migrate(
    file: options.File = None,
    dry_run: options.DryRun = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Back up a file that an older program wrote, and make it one that this program uses.

    Adds columns, tables, indexes and views, also those that another program dropped; nothing that is there is
    changed. A second run changes nothing.
    """
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.maintenance.migrate import migrate as migrate_file

    path = file or db
    with printing.progress() as progress:
        done = migrate_file(path, dry_run=dry_run, progress=progress)
    printing.record(asdict(done), form)
    if dry_run and (done.pending or done.missing):
        printing.say("Dry run: nothing was written.")
    elif not (done.applied or done.restored):
        printing.say(f"Nothing to do: {path} is up to date.")


@app.command("init", epilog=examples("negotiator init --sample", "negotiator init desk.db"))
def init(
    file: options.File = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="With a small load board, and calls that wait for an ask.")
    ] = False,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Refuse to touch one that exists."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.maintenance.create import init as init_file

    path = file or db
    init_file(path, sample=sample)
    printing.record({"file": path, "sample": sample}, form)
    if sample:
        printing.say("Calls 1 to 6 wait for a first ask: try `negotiator negotiate 1 2300`.")


@app.command("backup", epilog=examples("negotiator backup", "negotiator backup --to /mnt/safe/loads.db"))
def backup(
    file: options.File = None,
    to: options.To = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Check the copy before it gets its name."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.maintenance.backup import back_up

    with printing.progress() as progress:
        made = back_up(file or db, to=to, now=utc_now(), progress=progress)
    printing.record(asdict(made), form)


@app.command("restore", epilog=examples("negotiator restore loads.db.backup.20250820_224530 loads.db"))
def restore(
    backup_file: Annotated[Path, typer.Argument(help="The backup.", metavar="BACKUP", readable=False)],
    file: options.File = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Keep what the file held: as a backup, or moved aside if it is damaged."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.maintenance.restore import restore as restore_file

    with printing.progress() as progress:
        done = restore_file(backup_file, file or db, now=utc_now(), progress=progress)
    printing.record(asdict(done), form)


@app.command("check", epilog=examples("negotiator check", "negotiator check old/loads.db --json"))
def check(
    file: options.File = None,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
    csv_safe: options.CsvSafe = False,
) -> None:
    """Exit with 0 if it is sound, with 5 if it is damaged, and with 6 if it needs `negotiator migrate`."""
    form = options.chosen(form, as_json, csv_safe)
    from negotiator.maintenance.check import check as check_file
    from negotiator.maintenance.check import problem

    found = check_file(file or db)
    printing.rows([asdict(item) for item in found], contract.CHECK, form, _CHECKS)
    if gravest := problem(found, file or db):
        raise gravest
