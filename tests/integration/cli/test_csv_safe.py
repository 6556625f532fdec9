"""CSV that is opened in a spreadsheet."""

import csv
import io
from pathlib import Path

import pytest

from tests.conftest import data, execute, run
from tests.integration.cli.test_help import COMMANDS

FORMULA = "=HYPERLINK('http://x')"


def cells(*arguments: object) -> list[dict[str, str]]:
    """Return the rows that a command prints as CSV."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_every_command_that_prints_csv_can_print_it_for_a_spreadsheet() -> None:
    """The answers of `batch` are lines of JSON."""
    names = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in COMMANDS.items()
        if not hasattr(command, "commands")
    }
    printing = {name for name, found in names.items() if "--json" in found}
    assert {name for name, found in names.items() if "--csv-safe" in found} == printing - {"batch"}
    assert len(printing) > 25


def test_a_cell_that_a_spreadsheet_takes_for_a_formula_is_guarded(desk: Path) -> None:
    """Texts alone, and only when that is asked for: numbers below zero are numbers."""
    execute(desk, f"""UPDATE loads SET notes = "{FORMULA}", origin = '-a', destination = '+1 555 123 4567'""")
    for options in (["--csv-safe"], ["-f", "csv", "--csv-safe"], ["-f", "csv-safe"]):
        (load,) = cells("load", "show", "L1", *options)
        assert (load["notes"], load["origin"], load["destination"]) == (
            f"'{FORMULA}",
            "'-a",
            "+1 555 123 4567",
        )
    (load,) = cells("load", "show", "L1", "-f", "csv")
    assert (load["notes"], load["origin"]) == (FORMULA, "-a")


def test_reports_and_lists_are_guarded_too(desk: Path) -> None:
    """Whatever builds their rows."""
    execute(desk, f"""UPDATE calls SET carrier_mc_number = "{FORMULA}", call_start_time = '2025-09-01'""")
    assert {call["carrier_mc_number"] for call in cells("call", "list", "--csv-safe")} == {f"'{FORMULA}"}
    execute(desk, "UPDATE loads SET origin = '@a'")
    groups = {row["group"] for row in cells("report", "--by", "lane", "--csv-safe")}
    assert any(group.startswith("'@a") for group in groups)
    assert not any(group.startswith("@") for group in groups)


def test_an_import_takes_the_guard_off_again(desk: Path) -> None:
    """So that what comes back from a spreadsheet is what was sent there."""
    execute(desk, f"""UPDATE loads SET origin = '-a', equipment_type = '@b', destination = "{FORMULA}" """)
    before = data("load", "list")
    Path("safe.csv").write_text(run("load", "list", "--csv-safe").stdout)
    run("init", "other.db")
    assert run("load", "import", "safe.csv", "--db", "other.db").exit_code == 0
    assert data("load", "list", "--db", "other.db") == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--json", "--csv-safe"], "--json and --csv-safe"),
        (["-f", "table", "--csv-safe"], "--csv-safe and --format table"),
        (["-f", "jsonl", "--csv-safe"], "--csv-safe and --format jsonl"),
        (["-f", "csv", "--json"], "--json and --format csv"),
        (["-f", "csv-safe", "--json"], "--json and --format csv-safe"),
    ],
)
def test_two_forms_cannot_be_asked_for_at_once(desk: Path, options: list[str], words: str) -> None:
    """Exit 2."""
    for command in (["load", "list"], ["report"]):
        result = run(*command, *options)
        assert result.exit_code == 2
        assert f"{words} cannot be used together" in result.stderr
