"""Many loads at once: what is taken, what is refused, and that it is all or nothing."""

import csv
import io
import json
import re
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiator.loads.importing.importer import import_loads
from negotiator.records.tidying import stands_for_nothing, tidy_text
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, SCRIPT, contents, data, execute, run, select
from tests.integration.loads.board_files import (
    COLUMNS,
    HEAD,
    OBJECT,
    ROW,
    board,
    done,
    lines,
    piped,
    row,
    stored,
)


def test_a_row_is_kept_as_its_columns_demand(desk: Path) -> None:
    """Amounts and numbers as numbers, times in UTC in the one spelling, text as it is, a status."""
    text = (
        f"{HEAD},notes,weight,commodity,pieces,miles,dimensions\n"
        'X1," Reno, NV ",Boise,8/21/2025 8:00 AM,2025-08-22T08:00:00-06:00,Reefer,"$2,100.50",a b,"42,000",Paper,24,372.5,48x102\n'
    )
    result = board(text, "--json")
    assert json.loads(result.stdout) == done(added=1)
    assert tuple(stored(desk).values()) == (
        *("X1", "Reno, NV", "Boise", "2025-08-21 08:00:00.000000", "2025-08-22 14:00:00.000000", "Reefer"),
        *(2100.5, "a b", 42000.0, "Paper", 24, 372.5, "48x102", "available"),
    )
    ((created, updated),) = select(desk, "SELECT created_at, updated_at FROM loads WHERE load_id = 'X1'")
    assert created == updated != ""


@pytest.mark.parametrize(
    "text",
    [
        *[f"{HEAD}\n{ROW}\n".replace(",", mark) for mark in ",;\t|"],
        f"\ufeff{HEAD}\n{ROW}\n",
        f"\n\n{HEAD}\r\n\r\n{ROW}\r\n,,,,,,\r\n",
        f"{HEAD}\n{ROW}",
        json.dumps([OBJECT]),
        f"\ufeff{json.dumps([OBJECT], indent=2)}",
        json.dumps([OBJECT | {"rate": 2100, "notes": None}]),
        f"{json.dumps(OBJECT)}\n\n",
        json.dumps(OBJECT | {"rate": 2100.0}),
    ],
)
def test_the_form_is_recognised_by_the_content(desk: Path, text: str) -> None:
    """CSV with four delimiters, a JSON array, JSON lines; from a file and from standard input."""
    assert board(text).exit_code == 0, board(text).stderr
    kept = stored(desk)
    assert kept["loadboard_rate"] == 2100
    execute(desk, "DELETE FROM loads WHERE load_id = 'X1'")
    assert json.loads(piped(text, "--json").stdout)["file"] == "-"
    assert stored(desk) == kept


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("csv", f"{HEAD}\n{ROW}\n"),
        ("json", json.dumps([OBJECT])),
        ("jsonl", f"{json.dumps(OBJECT)}\n{json.dumps(OBJECT | {'load_id': 'X2'})}"),
    ],
)
def test_the_form_may_be_said(desk: Path, form: str, text: str) -> None:
    """And then no other will do. An error is JSON only when the output is to be."""
    assert board(text, "--format", form).exit_code == 0
    for other in {"csv", "json", "jsonl"} - {form}:
        result = board(text, "--format", other)
        assert (result.exit_code, result.stderr[:7]) == (2, "Error: ")


@pytest.mark.parametrize(
    ("column", "headings"),
    [
        ("load_id", ["load_id", "Load", "LOAD NUMBER", "load-number", "Reference", "id", "Load #"]),
        ("origin", ["origin", "From", "pickup city"]),
        ("destination", ["destination", "to", "Delivery-City"]),
        ("pickup_datetime", ["pickup_datetime", "Pickup", "pickup date"]),
        ("delivery_datetime", ["delivery_datetime", "Delivery", "delivery-date"]),
        ("equipment_type", ["Equipment Type", "equipment", "TRAILER"]),
        ("loadboard_rate", ["Loadboard Rate", "rate", "Posted Rate", "price", "Rate ($)"]),
    ],
)
def test_a_column_has_the_names_that_people_give_it(desk: Path, column: str, headings: list[str]) -> None:
    """Case, spaces, dashes and the like don't matter."""
    place = COLUMNS.index(column)
    for number, heading in enumerate(headings):
        names = HEAD.split(",")
        names[place] = heading
        assert board(f"{','.join(names)}\n{ROW.replace('X1', f'X{number}')}\n").exit_code == 0, heading


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2025-08-21", "2025-08-21 00:00:00.000000"),
        ("2025-08-21 9:30", "2025-08-21 09:30:00.000000"),
        ("2025-08-21T09:30:15.25Z", "2025-08-21 09:30:15.250000"),
        ("2025-08-21T09:30:00+02:00", "2025-08-21 07:30:00.000000"),
        ("8/21/2025", "2025-08-21 00:00:00.000000"),
        ("08/21/2025 8:00 AM", "2025-08-21 08:00:00.000000"),
        ("8/21/25 14:30", "2025-08-21 14:30:00.000000"),
        ("8/21/2025 12:05 am", "2025-08-21 00:05:00.000000"),
        ("8/21/2025 12:05:09PM", "2025-08-21 12:05:09.000000"),
    ],
)
def test_times_are_iso_or_american(desk: Path, written: str, kept: str) -> None:
    """Stored in UTC, in one spelling."""
    assert board(f"{HEAD}\n{ROW.replace('2025-09-02', written)}\n").exit_code == 0
    assert stored(desk)["pickup_datetime"] == kept


BAD = [
    (b"", "is empty"),
    (b"\xef\xbb\xbf \n\n", "is empty"),
    (f"{HEAD}\n{ROW}\nM\xfcnchen".encode("latin-1"), "line 3 is not UTF-8"),
    (b"\xff\xfel\0o\0a\0d\0", "the file is UTF-16 text"),
    (f"{HEAD}\nX\0", "line 2 holds a NUL"),
    ("x" * 1_100_000, "line 1 has more than"),
    (f'{HEAD}\n{ROW}\n"X2,Reno', "line 3 is not CSV"),
    (f'{HEAD}\n"X"2{ROW}', "line 2 is not CSV"),
    (row(notes="n" * 10_001), "line 2: notes: the text has 10,001 characters"),
    (row(origin="n" * 140_000), "line 2 is not CSV"),
    (row(origin="n" * 1001), "line 2: origin: the text has 1,001"),
    (row(colour="red"), "'colour' is no column"),
    (f"{HEAD},\n{ROW},x\n", "column 8 has no name"),
    (row(price="2100"), "'rate' and 'price' both mean loadboard_rate"),
    (f"{HEAD},rate\n", "both mean loadboard_rate"),
    (f"{HEAD}\n{ROW},more\n", "line 2: it has 8 values, for 7 columns"),
    (",\n,\n", "line 1 names no columns"),
    (f"{HEAD}\nX1,Reno\n", "line 2: it has 2 values"),
    (row(load_id=" "), "line 2: load_id: it is missing"),
    (row(origin=""), "line 2: origin: missing, and the load is new"),
    ("load_id\nX1\n", "origin, destination, pickup_datetime"),
    (
        f"{HEAD}\n{ROW}\nX2,a,b,2025-09-02,2025-09-03,c,1\n{ROW}\n",
        "line 4: load_id: 'X1' stands in line 2 already",
    ),
    *[
        (row(rate=rate), f"line 2: rate (loadboard_rate): '{rate}' is not an amount")
        for rate in ("0", "-5", "lots", "nan", "1e3", "12.345", "99999999")
    ],
    *[
        (row(pickup=day), f"line 2: pickup (pickup_datetime): '{day}' is not a date")
        for day in ("soon", "21/8/2025", "2025-02-30", "8/21/2025 13:00 PM", "8/21/2025 25:00", "2025")
    ],
    (row(delivery="9/1/2025"), "delivery_datetime: it is before pickup_datetime"),
    *[(row(weight=weight), "line 2: weight: ") for weight in ("-1", "heavy", "inf", "1e9999", "9999999999")],
    *[(row(pieces=count), "line 2: pieces (num_of_pieces): ") for count in ("1.5", "-1", "few")],
    (row(status="gone"), "line 2: status: 'gone' is not one of available, booked, completed"),
    (lines({"rate": [1]}), "line 1: rate (loadboard_rate): the value is a list or an object"),
    (lines({"notes": {"a": 1}}), "line 1: notes: the value is a list or an object"),
    (lines({"rate": True}), "true is not an amount"),
    (lines({"origin": 1.5}), "1.5 is not text"),
    (lines({"origin": "\ud800"}), "not valid UTF-8"),
    (lines({"origin": "a\0b"}), "line 1: origin: the text holds a NUL"),
    (lines({"pickup": 20250821}), "20250821 is not a date"),
    (lines({"pieces": False}), "false is not a number"),
    (lines({}, "text"), "line 2 is not a JSON object"),
    (lines({}, [1]), "line 2 is not a JSON object"),
    (lines({"rate": float("nan")}), "line 1 is not JSON: NaN"),
    (lines({"rate": float("inf")}), "line 1 is not JSON: Infinity"),
    ('{"load_id": "X1", "weight": 1e999}', "weight: 1E+999 is not from 0"),
    ('{"load_id": "X1", "weight": ' + "9" * 5000 + "}", "line 1 is not JSON"),
    ('{"rate": 1, "rate": 2}', "'rate' and 'rate' both mean"),
    ('{"load_id": "X1"', "line 1 is not JSON"),
    (f'{{"a": {"[" * 100_000}', "nested too deeply"),
    ("[" * 100_000, "nested too deeply"),
    ("[1, 2", "the file is not JSON"),
    ("[1, 2]", "item 1 is not a JSON object"),
    ('[{"load_id": "X1"}, {"load_id": "X1"}]', "item 2: load_id: 'X1' stands in item 1 already"),
    (b'["\xff"]', "the file is not UTF-8"),
]


@pytest.mark.parametrize(("text", "expected"), BAD)
def test_what_is_wrong_is_said_with_its_place_and_nothing_is_imported(
    desk: Path, text: str | bytes, expected: str
) -> None:
    """One sentence, exit 2, the file as it was, nothing left beside it."""
    before = contents(desk)
    result = board(text)
    assert result.exit_code == 2, result.output
    assert expected in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout
    assert json.loads(board(text, "--json").stderr)["error"]["code"] == "invalid_loads"
    assert contents(desk) == before
    assert sorted(found.name for found in desk.parent.iterdir()) == ["board", "loads.db"]


def test_each_fault_of_a_row_and_of_each_row_is_told(desk: Path) -> None:
    """In one message; a good row among them is not imported."""
    result = board(f"{HEAD}\nX2,a,b,soon,later,c,lots\n{ROW}\nX3,a,b,2025-09-02,2025-09-03,c,0\n")
    told = ("line 2: pickup", "line 2: delivery", "line 2: rate", "line 4: rate")
    assert [expected in result.stderr for expected in told] == [True] * 4
    assert len(data("load", "list")) == 2


def test_at_most_twenty_faults_are_told(desk: Path) -> None:
    """Of any kind, and that there may be more."""
    rows = "".join(f"X{number},a,b,2025-09-02,2025-09-03,c,{{}}\n" for number in range(50))
    for text in (rows.replace("{}", "lots"), rows.replace("{}", ""), rows.replace("{}", "1") * 2):
        message = board(f"{HEAD}\n{text}").stderr
        assert message.count("line ") - message.count("in line ") == 20
        assert "there may be more" in message


def test_a_line_is_that_of_the_file(desk: Path) -> None:
    """Where the row begins: blank lines and lines within quotes count."""
    text = f'\n{HEAD},notes\n\n{ROW},"two\nlines"\n\n{ROW.replace("X1", "X2").replace("2100", "lots")},\n'
    assert "line 7: rate" in board(text).stderr
    assert board(text.replace("lots", "1")).exit_code == 0
    assert stored(desk)["notes"] == "two\nlines"


def test_unknown_columns_can_be_left_out(desk: Path) -> None:
    """What they hold doesn't matter then."""
    assert board(lines({"calls": [{"id": 1}], "": None}), "--ignore-unknown").exit_code == 0
    assert stored(desk)["origin"] == "Reno"


def test_loads_that_are_there_are_left_alone(desk: Path) -> None:
    """And counted; the new ones are added."""
    before = stored(desk, "L1")
    text = f"{HEAD}\n{ROW.replace('X1', 'L1')}\n{ROW}\n"
    assert json.loads(board(text, "--json").stdout) == done(added=1, skipped=1)
    assert stored(desk, "L1") == before
    assert json.loads(board(text, "--json").stdout)["skipped"] == 2


def test_update_replaces_what_is_given(desk: Path) -> None:
    """Blank means not given, columns that aren't mentioned are kept, and updated_at tells."""
    execute(desk, "UPDATE loads SET notes = 'kept', miles = 925, created_at = 'once', status = 'booked'")
    result = import_text(desk, "id,price,origin,miles\nL1,2200,,930\n", update=True)
    assert (result.added, result.updated, result.skipped) == (0, 1, 0)
    kept = stored(desk, "L1")
    changed = (kept["loadboard_rate"], kept["origin"], kept["miles"], kept["notes"], kept["status"])
    assert changed == (2200, "Chicago, IL", 930, "kept", "booked")
    stamps = select(desk, "SELECT created_at, updated_at FROM loads WHERE load_id = 'L1'")
    assert stamps == [("once", "2025-09-01 12:00:00.000000")]
    assert select(desk, "SELECT updated_at FROM loads WHERE load_id = 'L2'") == [(None,)]


def import_text(path: Path, text: str, **options: Any) -> Any:  # noqa: ANN401
    """Import a text at a fixed time."""
    source = path.with_name("board")
    source.write_text(text)
    with LoadsFile.open(path) as file:
        return import_loads(file, source, now=NOW, **options)


def test_an_update_adds_what_is_new(desk: Path) -> None:
    """Which then needs all its columns."""
    result = board(f"{HEAD}\n{ROW.replace('X1', 'L2')}\n{ROW}\n", "--update", "--json")
    assert json.loads(result.stdout) == done(added=1, updated=1)
    assert "load is new" in board("id,rate\nL1,1\nX9,1\n", "--update").stderr
    assert stored(desk, "L1")["loadboard_rate"] == 2100


def test_an_update_may_not_put_a_delivery_before_the_stored_pick_up(desk: Path) -> None:
    """Nor a pick-up after the stored delivery."""
    for text in ("id,delivery\nL1,2025-09-01\n", "id,pickup\nL1,9/4/2025\n"):
        result = board(text, "--update")
        assert (result.exit_code, "line 2: delivery_datetime: it is before" in result.stderr) == (2, True)
    assert board("id,delivery\nL1,2025-09-02\n", "--update").exit_code == 0


def test_a_header_alone_and_an_empty_array_are_no_loads(desk: Path) -> None:
    """Which is no error."""
    for text in (HEAD, "[]"):
        assert json.loads(board(text, "--json").stdout)["added"] == 0


def test_the_result_is_printed_in_each_form(desk: Path) -> None:
    """`--format` is that of the file."""
    text = f"{HEAD}\n{ROW}\n"
    assert "Added    1" in board(text).stdout
    assert board(text, "--output-format", "csv").stdout == (
        "file,added,updated,skipped,ignored,not_opened,low_ceilings\nboard,0,0,1,[],[],[]\n"
    )
    assert json.loads(board(text, "--output-format", "jsonl").stdout)["skipped"] == 1
    assert board(text, "--output-format", "csv", "--json").exit_code == 2


@pytest.mark.parametrize("arguments", [["missing.csv"], ["board", "--db", "missing.db"]])
def test_a_missing_file_is_exit_3(desk: Path, arguments: list[str]) -> None:
    """Whichever of the two it is."""
    Path("board").write_text(f"{HEAD}\n{ROW}\n")
    result = run("load", "import", *arguments, "--json")
    assert result.exit_code == 3
    assert json.loads(result.stderr)["error"]["code"] == "file_not_found"


def test_a_folder_cannot_be_read(desk: Path) -> None:
    """Exit 2."""
    result = run("load", "import", desk.parent)
    assert (result.exit_code, "can't be read" in result.stderr) == (2, True)


def test_a_file_is_waited_for_and_pending_migrations_come_first(desk: Path, unmigrated: Path) -> None:
    """Exit 75 and 6."""
    Path("board").write_text(f"{HEAD}\n{ROW}\n")
    assert run("load", "import", "board", "--db", unmigrated).exit_code == 6
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run("load", "import", "board", NEGOTIATOR_BUSY_TIMEOUT="0.1").exit_code == 75
    assert len(data("load", "list")) == 2


def test_nobody_waits_for_a_pipe_that_is_slow(desk: Path) -> None:
    """The lock is taken when all is read."""
    command = [str(SCRIPT), "load", "import", "-", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{HEAD}\n{ROW}\n")
        process.stdin.flush()
        while not list(desk.parent.glob(".loads.db.import-*")):
            threading.Event().wait(0.02)
        assert run("negotiate", 1, 2300, NEGOTIATOR_BUSY_TIMEOUT="0").exit_code == 0
        process.stdin.write(ROW.replace("X1", "X2"))
        process.stdin.close()
        assert json.loads(process.stdout.read())["added"] == 2
    assert not list(desk.parent.glob(".loads.db.import-*"))


def test_progress_is_told_in_bytes(desk: Path) -> None:
    """Of the file's size."""
    told: list[tuple[str, int, int]] = []
    text = f"{HEAD}\n{ROW}\n"
    import_text(desk, text, progress=lambda *report: told.append(report))
    assert told[0] == ("reading", len(HEAD) + 1, len(text))
    assert told[-2:] == [("reading", len(text), len(text)), ("writing", 0, 0)]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
words = texts.map(tidy_text).filter(lambda text: text and not stands_for_nothing(text))
ids = words.filter(
    lambda text: not re.fullmatch(r"[\d.,e+-]+", text, re.ASCII | re.IGNORECASE) or text.isdigit()
)
loads = st.fixed_dictionaries(
    {
        "load_id": ids,  # what a spreadsheet made of a number is read as the number that it was
        "origin": words,
        "destination": words,
        "pickup_datetime": st.datetimes(datetime(2, 1, 1)).map(str),  # noqa: DTZ001 - local, as people write
        "delivery_datetime": st.just("9999-12-30 23:59:59.999999"),
        "equipment_type": words,
        "loadboard_rate": st.integers(1, 10**9).map(lambda cents: cents / 100),
        "miles": st.one_of(st.none(), st.floats(0, 10**9)),
        "status": st.sampled_from(["available", "booked", "completed"]),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(loads, max_size=4, unique_by=lambda load: load["load_id"]))
def test_what_is_listed_can_be_imported_elsewhere(
    made_once: Path, tmp_path: Path, items: list[dict[str, Any]]
) -> None:
    """In every form, whatever the loads hold: the list is the same there."""
    for name in ("one.db", "two.db"):
        for found in tmp_path.glob(f"{name}*"):
            found.unlink()
        shutil.copy(made_once / "empty.db", tmp_path / name)
    (tmp_path / "in.json").write_text(json.dumps(items))
    assert run("load", "import", "in.json", "--db", "one.db").exit_code == 0
    listed = data("load", "list", "--db", "one.db")
    assert len(listed) == len(items)
    for form in ("csv", "json", "jsonl"):
        text = run("load", "list", "--db", "one.db", "--format", form, "--limit", 0).stdout
        (tmp_path / "out").write_bytes(text.encode())
        if text.strip():
            assert run("load", "import", "out", "--update", "--db", "two.db").exit_code == 0, text
        assert data("load", "list", "--db", "two.db") == listed
        execute(tmp_path / "two.db", "DELETE FROM loads")


def test_arbitrary_text_is_never_a_traceback(desk: Path) -> None:
    """Exit 0 or 2, one sentence."""
    pieces = st.sampled_from(
        [HEAD, ROW, "\n", ",", '"', "{", "[", "]", "}", ":", "\\u0000", "\ufeff", "\r", ";"]
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=60), st.lists(st.one_of(pieces, st.text(max_size=5))).map("".join)))
    def check(text: str | bytes) -> None:
        result = board(text)
        assert result.exit_code in {0, 2}, result.output
        assert result.stderr.count("\n") <= 1

    check()


def test_csv_is_read_as_it_is_printed(desk: Path) -> None:
    """Quotes, line ends and delimiters in a value."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[*HEAD.split(","), "notes"], [*ROW.split(","), 'a "b",\r\n;c']])
    assert board(buffer.getvalue()).exit_code == 0
    assert stored(desk)["notes"] == 'a "b",\r\n;c'


def test_an_agreed_load_is_not_made_available_by_an_update(desk: Path) -> None:
    """Whoever exports the board may not know of the agreement yet."""
    run("negotiate", 1, 2100)
    assert run("load", "import", "-", "--update").exit_code == 2  # nothing comes in
    (desk.parent / "new.csv").write_text("id,status,rate\nL1,available,2050\n")
    assert run("load", "import", desk.parent / "new.csv", "--update").exit_code == 0
    assert select(desk, "SELECT status, loadboard_rate FROM loads WHERE load_id = 'L1'") == [("booked", 2050)]
