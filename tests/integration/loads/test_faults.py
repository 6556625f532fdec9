"""Each fault of a file of loads: what is said, and what to do about it."""

import json
from pathlib import Path

import pytest

from negotiator.errors import InvalidLoadsError
from negotiator.loads.importing.importer import import_loads
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, data, execute
from tests.integration.loads.board_files import HEAD, ROW, board, done, lines, piped, row

PLAIN = f"{HEAD}\n{ROW}\n"
COLUMNS = (
    "the columns are load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,"
    " loadboard_rate, ceiling, notes, weight, commodity_type, num_of_pieces, miles, dimensions, status"
)
CORRECT = "correct that; nothing was changed"
MILES = "give the miles, or the amount for the whole load"
HALF = "give the other half of it, or neither"


def halves(**cells: str) -> str:
    """Return a file with one row in which values stand in two columns."""
    given = {
        "load": "X1",
        "origin city": "Reno",
        "origin state": "NV",
        "to": "Boise",
        "pickup date": "9/2/2025",
        "pickup time": "8:00",
        "delivery": "9/3/2025",
        "trailer": "Van",
        "rate": "900",
    } | cells
    return f"{';'.join(given)}\n{';'.join(given.values())}\n"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (row(load_id=" "), "line 2: load_id: it is missing", "give each load an ID"),
        (
            row(origin="", rate=""),
            "line 2: origin, loadboard_rate: missing, and the load is new",
            "a new load has to have all of them",
        ),
        (
            f"{PLAIN}{ROW}\n",
            "line 3: load_id: 'X1' stands in line 2 already",
            "give each load once",
        ),
        (
            f"{HEAD}\nX1,Reno\n",
            "line 2: it has 2 values, for 7 columns",
            "give each column a value, or a blank",
        ),
        (
            row(price="1"),
            "the columns 'rate' and 'price' both mean loadboard_rate",
            "leave one of them out",
        ),
        (
            row(delivery="9/1/2025"),
            "line 2: delivery_datetime: it is before pickup_datetime",
            "check both dates",
        ),
        (
            row(pieces="1.5"),
            "line 2: pieces (num_of_pieces): '1.5' is not a whole number",
            "give one as in 24",
        ),
        (
            row(pieces="few"),
            "line 2: pieces (num_of_pieces): 'few' is not a number",
            "give a number from 0 to 1,000,000,000, as in 24 or 24 pcs",
        ),
        (
            row(miles="far"),
            "line 2: miles: 'far' is not a number",
            "give a number from 0 to 1,000,000,000, as in 925 or 925 mi",
        ),
        (
            row(status="gone"),
            "line 2: status: 'gone' is not one of available, booked, completed",
            "give one of them, or leave it blank",
        ),
        (row(origin="TBD"), "line 2: origin: 'TBD' stands for no value", "give the value itself"),
        (
            row(load_id="1E+5"),
            "line 2: load_id: '1E+5' was rounded by a spreadsheet",
            "give the ID itself, from a column of text",
        ),
        (
            row(pickup="soon"),
            "line 2: pickup (pickup_datetime): 'soon' is not a date",
            "give a date as in 2025-08-21 08:00 or 8/21/2025 8:00 AM",
        ),
        (
            lines({"notes": {}}),
            "line 1: notes: the value is a list or an object, not text or a number",
            CORRECT,
        ),
        (lines({"origin": 1.5}), "line 1: origin: 1.5 is not text", "put text in quotes"),
        (lines({"origin": "\0"}), "line 1: origin: the text holds a NUL character", CORRECT),
        (lines({"origin": "\ud800"}), "line 1: origin: the text is not valid UTF-8", CORRECT),
        (
            row(rate="2/mi"),
            "line 2: loadboard_rate: '2/mi' is an amount for each mile, and the miles are not known",
            MILES,
        ),
        (
            row(ceiling="1"),
            "line 2: ceiling: $1.00 is below the posted rate of $2,100.00",
            "give a ceiling of at least the posted rate",
        ),
        (
            halves(**{"origin city": ""}),
            "line 2: origin city and origin state (origin): 'NV' stands alone",
            HALF,
        ),
        (
            halves(**{"pickup date": " "}),
            "line 2: pickup date and pickup time (pickup_datetime): '8:00' stands alone",
            HALF,
        ),
        (
            halves(**{"pickup time": "soon"}),
            "line 2: pickup date and pickup time (pickup_datetime): 'soon' is not a time of day",
            "give a time of day as in 08:00, 8:00 AM or 0800-1500",
        ),
        (
            halves(**{"pickup date": "9/2/2025 9:00"}),
            (
                "line 2: pickup date and pickup time (pickup_datetime):"
                " '9/2/2025 9:00' has a time of its own beside '8:00'"
            ),
            "give the time of day once",
        ),
        (
            halves(weight="38.000"),
            "line 2: weight: '38.000' may have a point between thousands",
            "write thousands without a mark: 38000",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_to_do(desk: Path, text: str, said: str, hint: str) -> None:
    """For a program as JSON."""
    error = json.loads(board(text, "--json").stderr)["error"]
    assert (error["message"], error["hint"]) == (f"'board' was not imported: {said}", hint)
    assert "line 2" not in said or piped(text).stderr.startswith(
        f"Error: standard input was not imported: {said}"
    )
    assert desk.exists()


@pytest.mark.parametrize(
    ("options", "said", "hint"),
    [
        (("--map", "Ref=weigth"), "'weigth' is no column of a load", COLUMNS),
        (("--default", "load_id=X"), "'load_id' is no column that can have a default", COLUMNS),
        (("--default", "nobody=X"), "'nobody' is no column that can have a default", COLUMNS),
        (("--default", "notes= "), "the default of notes is blank", "give a value, or no default"),
        (
            ("--default", "price=2/mi"),
            "the default of loadboard_rate: '2/mi' is an amount for each mile, and the miles are not known",
            MILES,
        ),
        (
            ("--default", "weight=heavy"),
            "the default of weight: 'heavy' is not a number",
            "give a number from 0 to 1,000,000,000, as in 42000 or 42,000 lbs",
        ),
    ],
)
def test_what_is_said_of_a_file_is_told_in_the_same_way(
    desk: Path, options: tuple[str, ...], said: str, hint: str
) -> None:
    """Before the file is read."""
    error = json.loads(board(PLAIN, *options, "--json").stderr)["error"]
    assert (error["message"], error["hint"]) == (said, hint)
    assert len(data("load", "list")) == 2
    assert desk.exists()


def test_a_hundred_headings_that_are_left_out_are_named(desk: Path) -> None:
    """Of JSON lines each may have others; they are without the blanks around them."""
    text = lines({f" extra {number} ": 1 for number in range(99)}, {"load_id": "X2", "one": 1, "two": 1})
    names = [f"extra {number}" for number in range(99)]
    found = json.loads(board(text, "--ignore-unknown", "--json").stdout)
    assert found == done(added=2, ignored=[*names, "one"])
    assert desk.exists()


def test_a_column_without_a_name_is_left_out_by_its_place(desk: Path) -> None:
    """And so named, where it holds anything."""
    text = f",{HEAD},,\n,{ROW},x,\n"
    assert "column 9 has no name" in board(text).stderr
    assert json.loads(board(text, "--ignore-unknown", "--json").stdout) == done(added=1, ignored=["column 9"])
    assert desk.exists()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"update": False}, "available"),
        ({"update": True}, "available"),
        ({"update": False, "defaults": {"status": "Booked"}}, "booked"),
    ],
)
def test_a_new_load_is_available_unless_something_else_is_said(
    desk: Path, given: dict[str, object], expected: str
) -> None:
    """With who gave its ceiling, and when."""
    source = desk.with_name("board")
    source.write_text(row(ceiling="2500"))
    with LoadsFile.open(desk) as file:
        done = import_loads(file, source, now=NOW, by="kim", **given)  # type: ignore[arg-type]
        assert (done.added, done.updated, done.skipped, done.file) == (1, 0, 0, source)
        found = file.connection.execute(
            """SELECT status, ceiling, changed_by, changed_at FROM loads JOIN load_facts USING (load_id)
                WHERE load_id = 'X1'"""
        ).fetchone()
    assert found == (expected, 2500, "kim", "2025-09-01 12:00:00.000000")


def test_faults_beside_the_table_are_told_in_the_order_of_the_file(desk: Path) -> None:
    """At most twenty of a kind."""
    execute(desk, "UPDATE loads SET status = 'available'")
    text = f"{HEAD},max buy\n" + "".join(f"X{n},a,b,9/2/2025,9/3/2025,Van,900,899\n" for n in range(25))
    source = desk.with_name("board")
    source.write_text(text)
    with LoadsFile.open(desk) as file, pytest.raises(InvalidLoadsError) as caught:
        import_loads(file, source, now=NOW)
    told = [f"line {n}: ceiling: $899.00 is below the posted rate of $900.00" for n in range(2, 22)]
    assert [place for place in told if place not in caught.value.message] == []
    assert "line 22" not in caught.value.message
