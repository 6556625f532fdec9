"""Files of loads as brokers have them: what is understood, what is named, what is said."""

import bz2
import gzip
import json
import lzma
import zipfile
from pathlib import Path

import pytest

from negotiator.errors import InvalidLoadsError
from negotiator.loads.importing.importer import import_loads
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, contents, data, execute, run, select
from tests.integration.loads.board_files import HEAD, OBJECT, ROW, board, done, lines, piped, row, stored

OTHER = ROW.replace("X1", "X2")


def message(text: str | bytes, *arguments: object) -> str:
    """Return what is said of a file that is refused, and see that nothing was changed."""
    before = contents(Path("loads.db"))
    result = board(text, *arguments)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert contents(Path("loads.db")) == before
    return result.stderr


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"loads": [OBJECT]}),
        json.dumps({"loads": [OBJECT]}, indent=2),
        json.dumps({"Data": {"items": [OBJECT]}}),
        json.dumps(OBJECT, indent=2),
        json.dumps({"load": OBJECT}),
        f"\n\n{json.dumps(OBJECT, indent=2)}\n\n",
        f"{HEAD}\r{ROW}\r",
        f"{HEAD}\r{ROW}",
        f"{HEAD},notes\r\r{ROW},'a'\r",
        f"{json.dumps(OBJECT)}\r",
        json.dumps([OBJECT], indent=2).replace("\n", "\r"),
        f"sep=,\n{HEAD}\n{ROW}\n",
        f"SEP=;\r\n{HEAD}\r\n{ROW}\r\n".replace(",", ";"),
        f'"sep=|"\n{HEAD}\n{ROW}\n'.replace(",", "|"),
        f"\ufeffsep=;\r{HEAD}\r{ROW}\r".replace(",", ";"),
        f"{HEAD},,\n{ROW},,\n",
        f"{HEAD}\n{ROW},,\n",
        f"{HEAD},,\n{ROW}, ,\xa0\n",
        f",{HEAD}\n,{ROW}\n",
        f'"load\rid",{HEAD[8:]}\n{ROW}\n',
    ],
)
def test_other_forms_of_a_file_are_understood(desk: Path, text: str) -> None:
    """JSON in an envelope or spread over lines, lines that end in CR, a line for a spreadsheet, empty columns."""
    result = board(text, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["added"] == 1
    assert (stored(desk)["origin"], stored(desk)["loadboard_rate"]) == ("Reno", 2100)
    assert json.loads(piped(text, "--json").stdout)["skipped"] == 1


def test_what_stands_beside_the_loads_of_an_envelope_is_named(desk: Path) -> None:
    """It may be the number of the next page."""
    result = board(json.dumps({"total": 2, "loads": [OBJECT], "next": None}), "--json")
    assert json.loads(result.stdout) == done(added=1, ignored=["total", "next"])
    assert result.stderr == "Left out, because a load has no such column: total, next.\n"


def test_an_envelope_on_one_long_line_is_read(desk: Path) -> None:
    """It is no line of JSON lines, which have a limit."""
    items = [OBJECT | {"load_id": f"N{number}", "notes": "n" * 500} for number in range(2500)]
    assert json.loads(board(json.dumps({"loads": items}), "--json").stdout)["added"] == 2500


def test_a_load_that_was_shown_can_be_imported(desk: Path) -> None:
    """Its calls and stamps are left out, and that is said."""
    run("negotiate", 1, 2400)
    for form in ("json", "jsonl", "csv"):
        Path("shown").write_text(run("load", "show", "L1", "-f", form).stdout)
        run("init", f"{form}.db")
        result = data("load", "import", "shown", "--db", f"{form}.db")
        assert result["added"] == 1
        shown = ["created_at", "updated_at", "calls", "best_ask", "booked_by", "offers"]
        assert result["ignored"] == [*shown, "cancelled_at", "cancelled_by", "cancel_reason"]
        listed = data("load", "list", "--db", f"{form}.db")
        assert listed == [load for load in data("load", "list") if load["load_id"] == "L1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"loads": [{"id": 1}], "calls": [{"id": 2}]}', "its loads may be under 'loads', 'calls'"),
        ("[[1]]", "item 1 is not a JSON object"),
        ('{"loads": 5}\n', "'loads' (load?) is no column"),
        ('{\n"load_id": "X1"\n', "the file is not JSON"),
        ('{"load_id": "X1"},\n{"load_id": "X2"}\n', "the file is not JSON"),
        ('{"load_id": "X1"}\n{"load_id"}\n', "line 2 is not JSON"),
        ('{"weight": 1e99999999999999999999}', "a number in it is out of range"),
        ("sep=;\n", "line 2 names no columns"),
        ('{"id": "L1", "rate": 2000, "stops": [1]}', "'stops' is no column of a load"),
        ("sep=;\n\n\n", "names no columns"),
        ("load_id\r\rX1\rX1\r", "line 4: load_id: 'X1' stands in line 3 already"),
        (f"{HEAD},,\n{ROW},,x\n", "column 9 has no name"),
        (f",{HEAD}\na,{ROW}\n", "column 1 has no name"),
        (f"{HEAD}\r{'x' * 1_100_000}", "line 2 has more than 1,000,000 bytes"),
    ],
)
def test_other_forms_of_a_file_are_refused_by_their_names(desk: Path, text: str, expected: str) -> None:
    """With the place."""
    assert expected in message(text)


def test_a_form_that_was_said_is_kept_to(desk: Path) -> None:
    """A delimiter that makes less of the header, and JSON that holds no loads."""
    assert board("sep=|\nid|rate,,,\nL1|2000\n", "--update").exit_code == 0
    assert stored(desk, "L1")["loadboard_rate"] == 2000
    assert "the file is not a JSON array" in message("5", "--format", "json")


def archive(name: str) -> bytes:
    """Return a ZIP archive with one file of that name."""
    with zipfile.ZipFile("archive", "w") as opened:
        opened.writestr(name, "<x/>" * 40)
    return Path("archive").read_bytes()


@pytest.mark.parametrize(
    ("name", "hint", "content"),
    [
        ("an SQLite database", "export what is in it as CSV or JSON", lambda: Path("loads.db").read_bytes()),
        ("a workbook", "save it as CSV UTF-8", lambda: archive("xl/workbook.xml")),
        ("a workbook", "save it as CSV UTF-8", lambda: archive("[Content_Types].xml")),
        (
            "a workbook",
            "save it as CSV UTF-8",
            lambda: b"PK\x03\x04\n\xff\0\n" + bytes(22) + b"xl/styles.xml",
        ),
        ("a workbook", "save it as CSV UTF-8", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)),
        ("a ZIP archive", "unpack it first", lambda: archive("board.csv")),
        ("compressed with gzip", "unpack it first", lambda: gzip.compress(HEAD.encode())),
        ("compressed with bzip2", "unpack it first", lambda: bz2.compress(HEAD.encode())),
        ("compressed with xz", "unpack it first", lambda: lzma.compress(HEAD.encode())),
        ("compressed with zstd", "unpack it first", lambda: b"\x28\xb5\x2f\xfd\x04"),
        ("a 7z archive", "unpack it first", lambda: b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("a Parquet file", "export what is in it as CSV or JSON", lambda: b"PAR1\x15\x04"),
        ("a PDF", "ask for the same as CSV", lambda: b"%PDF-1.7\n%\xe2\xe3\n"),
        ("UTF-16 text", "save it as CSV UTF-8", lambda: HEAD.encode("utf-16")),
        ("UTF-16 text", "save it as CSV UTF-8", lambda: HEAD.encode("utf-16-le")),
        ("UTF-16 text", "save it as CSV UTF-8", lambda: HEAD.encode("utf-16-be")),
        ("UTF-32 text", "save it as CSV UTF-8", lambda: HEAD.encode("utf-32")),
        ("UTF-32 text", "save it as CSV UTF-8", lambda: f"\ufeff{HEAD}".encode("utf-32-be")),
        ("an HTML page", "save it as CSV UTF-8", lambda: b"<!DOCTYPE HTML><table>"),
        ("an HTML page", "save it as CSV UTF-8", lambda: b" <table><tr>"),
        ("XML", "save it as CSV UTF-8", lambda: b"<?xml version='1.0'?>"),
        ("an RTF document", "save it as CSV UTF-8", lambda: b"{\\rtf1\\ansi"),
    ],
)
def test_a_file_that_is_no_text_is_named_for_what_it_is(
    desk: Path, name: str, hint: str, content: object
) -> None:
    """And what to do with it is said."""
    assert callable(content)
    assert message(content()) == f"Error: the file is {name}. Hint: {hint}.\n"


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        (
            "Load #,Origin City,Origin State,Destination City,Destination State,Pickup Date,Delivery Date,Equipment,Rate",
            "X1,Portland,OR,Portland,ME,12/1/2026,12/6/2026,Van,6400",
            ("Portland, OR", "Portland, ME", "2026-12-01 00:00:00.000000", "2026-12-06 00:00:00.000000"),
        ),
        (
            "Load,Origin,Destination,Pickup Date,Pickup Time,Delivery Date,Delivery Time,Equipment,Rate",
            "X1,Reno,Elko,12/1/2026,08:00,12/2/2026,1700,Van,900",
            ("Reno", "Elko", "2026-12-01 08:00:00.000000", "2026-12-02 17:00:00.000000"),
        ),
        (
            "Load,Origin,Destination,Pickup Date,Pickup Window,Delivery,Equipment,Rate",
            "X1,Reno,Elko,12/1/2026,0800-1500,12/2/2026 8:00 AM - 3:00 PM,Van,900",
            ("Reno", "Elko", "2026-12-01 08:00:00.000000", "2026-12-02 08:00:00.000000"),
        ),
    ],
)
def test_a_value_in_two_columns_is_one(
    desk: Path, header: str, cells: str, expected: tuple[str, ...]
) -> None:
    """A city and its state, a day and a time; of a window the beginning. JSON has them in two keys."""
    keys = ("origin", "destination", "pickup_datetime", "delivery_datetime")
    for text in (
        f"{header}\n{cells}\n",
        json.dumps([dict(zip(header.split(","), cells.split(","), strict=True))]),
    ):
        assert board(text).exit_code == 0
        assert tuple(stored(desk)[key] for key in keys) == expected
        execute(desk, "DELETE FROM loads WHERE load_id = 'X1'")


def test_a_fault_in_two_columns_names_both(desk: Path) -> None:
    """And the cell that is wrong."""
    text = (
        row(origin="Reno")
        .replace("pickup,", "Pickup Date,Pickup Time,")
        .replace("2025-09-02,", "2025-09-02,soon,")
    )
    assert "line 2: Pickup Date and Pickup Time (pickup_datetime): 'soon' is not a time of day" in message(
        text
    )


def test_columns_that_are_left_out_are_named(desk: Path) -> None:
    """On stderr and in JSON, those with values and no heading too; once for all records."""
    for text in (
        f"{HEAD},weigth,assigned,\n{ROW},42000,yes,x\n{OTHER},42000,yes,\n",
        lines({"weigth": 42000}, {"load_id": "X2", "assigned": None, "": "x"}),
    ):
        result = board(text, "--ignore-unknown", "--json")
        names = json.loads(result.stdout)["ignored"]
        assert {"weigth", "assigned"} < set(names)
        assert len(names) == 3
        assert f"Left out, because a load has no such column: {', '.join(names)}." in result.stderr
    assert "Ignored" not in board(f"{HEAD},,\n{ROW},,\n", "--ignore-unknown").stdout


def test_what_a_heading_means_can_be_said(desk: Path) -> None:
    """A heading that means nothing, or one of two that mean the same; a half of a value too."""
    text = (
        "Load #,Ref,Shipper,PU St,Dest,PU,PU Appt,Delivery,Equipment,Rate\n"
        "a,X1,Reno,NV,Elko,12/1/2026,0800-1500,12/2/2026,Van,900\n"
    )
    said = ("Ref=load_id", "Shipper=origin city", "PU ST=origin state", "PU=pickup", "PU Appt=Pickup Time")
    options = [part for mapping in said for part in ("--map", mapping)]
    assert "'Load #' is no column" in message(text, *options)
    result = board(text, *options, "--ignore-unknown", "--json")
    assert json.loads(result.stdout) == done(added=1, ignored=["Load #"])
    assert (stored(desk)["origin"], stored(desk)["pickup_datetime"]) == (
        "Reno, NV",
        "2026-12-01 08:00:00.000000",
    )


def test_a_heading_with_an_equals_sign_can_be_mapped(desk: Path) -> None:
    """The last of them divides it from the column."""
    assert board(f"a=b,{HEAD[8:]}\n{ROW}\n", "--map", "a=b=load_id").exit_code == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--map", "Ref=colour"], "'colour' is no column of a load"),
        (["--map", "Ref=load_id"], "no column is called 'ref'"),
        (["--map", "Ref"], "--map 'Ref' is not of the form NAME=VALUE"),
        (["--map", "=load_id"], "is not of the form NAME=VALUE"),
        (["--map", "a=id", "--map", "a=rate"], "--map is given twice for 'a'"),
        (["--default", "colour=red"], "'colour' is no column that can have a default"),
        (["--default", "load_id=X"], "'load_id' is no column that can have a default"),
        (["--default", "pickup=soon"], "the default of pickup_datetime: 'soon' is not a date"),
        (["--default", "rate= "], "the default of loadboard_rate is blank"),
        (["--default", "rate"], "--default 'rate' is not of the form NAME=VALUE"),
        (["--tz", "Mars/Olympus"], "'Mars/Olympus' is not a time zone"),
    ],
)
def test_what_is_said_of_a_file_has_to_fit_it(desk: Path, options: list[str], expected: str) -> None:
    """Exit 2, and nothing is imported."""
    assert expected in message(f"{HEAD}\n{ROW}\n", *options)


def test_a_default_fills_what_new_loads_lack(desk: Path) -> None:
    """A column or a cell; loads that are there keep what they have."""
    text = "id,origin,destination,pickup,equipment,weight\nX1,Reno,Boise,,Van,\nX2,a,b,2025-09-04,Van,7\nL1,a,b,,c,\n"
    options = ["pickup=9/5/2025", "delivery=9/6/2025", "rate=$900", "weight=42,000 lbs", "status=booked"]
    arguments = [part for default in options for part in ("--default", default)]
    assert board(text, "--update", *arguments).exit_code == 0
    assert tuple(stored(desk).values())[3:] == (
        *("2025-09-05 00:00:00.000000", "2025-09-06 00:00:00.000000", "Van", 900),
        *(None, 42000, None, None, None, None, "booked"),
    )
    assert (stored(desk, "X2")["pickup_datetime"], stored(desk, "X2")["weight"]) == (
        "2025-09-04 00:00:00.000000",
        7,
    )
    kept = stored(desk, "L1")
    assert (kept["pickup_datetime"], kept["loadboard_rate"], kept["weight"], kept["status"]) == (
        *("2025-09-02", 2100, None, "available"),
    )
    late = [*arguments[4:], "--default", "delivery=9/3/2025"]
    assert "line 3: delivery_datetime: it is before pickup_datetime" in message(text.replace("X", "Y"), *late)
    both = ["--default", "pickup=9/5/2025", *late]
    assert "line 2: delivery_datetime: it is before pickup_datetime" in message(text.replace("X", "Y"), *both)


def test_times_of_a_file_are_local(desk: Path) -> None:
    """In the zone that is given, or the desk's; those that name a zone are in that."""
    text = row(pickup="12/1/2026 8:00 AM", delivery="12/2/2026 8:00 AM EST")
    for options, environment, hour in (
        (["--tz", "America/Chicago"], {}, "14"),
        (["--tz", "ET"], {"NEGOTIATOR_TZ": "America/Chicago"}, "13"),
        ([], {"NEGOTIATOR_TZ": "America/Chicago"}, "14"),
    ):
        Path("board").write_text(text)
        assert run("load", "import", "board", *options, **environment).exit_code == 0
        kept = stored(desk)
        assert kept["pickup_datetime"] == f"2026-12-01 {hour}:00:00.000000"
        assert kept["delivery_datetime"] == "2026-12-02 13:00:00.000000"
        execute(desk, "DELETE FROM loads WHERE load_id = 'X1'")


def test_all_faults_are_told_at_once_and_each_once(desk: Path) -> None:
    """Headings, missing columns and values, with the form of each; of CSV and JSON alike."""
    items = [
        {
            "reference": f"R{number}",
            "origin": "Reno",
            "destination": place,
            "equipment": "Van",
            "rate": rate,
            "colour": "red",
        }
        for number, (place, rate) in enumerate([("Elko", "900"), ("nan", "TBD"), ("Elko", "lots")])
    ]
    csv_text = "\n".join([",".join(items[0]), *(",".join(item.values()) for item in items)])
    for text, unit, first in ((csv_text, "line", 2), (json.dumps(items), "item", 1)):
        said = message(text)
        for part in (
            "'colour' is no column of a load",
            f"there is no column for pickup_datetime, delivery_datetime (in {unit} {first} the load is new);",
            f"{unit} {first + 1}: destination: 'nan' stands for no value",
            f"{unit} {first + 1}: rate (loadboard_rate): 'TBD' is not an amount",
            f"{unit} {first + 2}: rate (loadboard_rate): 'lots' is not an amount",
            "as in 2300, 2,300 or $2,300.50",
            "--ignore-unknown",
            "--map",
            "--default",
        ):
            assert said.count(part) == 1, (part, said)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (
            [{"load_id": f"X{n}", "ceiling_rate": 1, "assigned": False} for n in range(3)],
            "'ceiling_rate', 'assigned' are no columns of a load. Hint",
        ),
        ([{"a": 1}, {"load_id": "X2", "b": 1}], "'a', 'b' are no columns of a load. Hint"),
        ([{"weigth": 1}], "'weigth' (weight?) is no column of a load. Hint"),
        (
            [{}, {"load_id": None}, {"load_id": ""}],
            "line 2: load_id: it is missing; line 3: load_id: it is missing. Hint",
        ),
        ([{"load_id": 1001.5}], "line 1: load_id: 1001.5 is not text. Hint"),
        ([{"rate": None}], "line 1: loadboard_rate: missing, and the load is new. Hint"),
        (
            [{"rate": "x"}, {}],
            "line 1: rate (loadboard_rate): 'x' is not an amount; line 2: load_id: 'X1' stands in line 1 already. Hint",
        ),
    ],
)
def test_a_fault_is_told_once(desk: Path, items: list[dict[str, object]], expected: str) -> None:
    """It is all that is said."""
    assert message(lines(*items)).startswith(f"Error: 'board' was not imported: {expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "origin,destination\na,b\n",
            "there is no column for load_id, pickup_datetime, delivery_datetime, equipment_type, loadboard_rate",
        ),
        ('[{"origin": "a"}, {"origin": "b"}]', "there is no column for load_id, destination"),
        (f"{HEAD[8:]}\n{ROW[3:]}\n", "there is no column for load_id. Hint"),
        (f"{HEAD}\n,{ROW[3:]}\n", "line 2: load_id: it is missing. Hint"),
        ('[{"load_id": "X1"}, {"origin": "b"}]', "item 2: load_id: it is missing. Hint"),
        (
            "id,Origin State\nL1,NV\n",
            "'Origin State' is the state of origin, and no column has the city. Hint",
        ),
    ],
)
def test_columns_that_a_file_lacks_are_told_once(desk: Path, text: str, expected: str) -> None:
    """Not for each line."""
    assert expected in message(text, "--update")


def test_faults_are_told_without_waiting_for_the_lock(desk: Path) -> None:
    """The file is only read then."""
    Path("board").write_text(row(rate="lots"))
    with LoadsFile.open(desk) as other, other.write():
        result = run("load", "import", "board", NEGOTIATOR_BUSY_TIMEOUT="0")
    assert (result.exit_code, "'lots' is not an amount" in result.stderr) == (2, True)


def test_a_file_can_be_imported_after_one_that_was_refused(desk: Path) -> None:
    """On the same open file."""
    bad, good = desk.with_name("bad"), desk.with_name("good")
    bad.write_text(row(rate="lots"))
    good.write_text(row())
    with LoadsFile.open(desk) as file:
        with pytest.raises(InvalidLoadsError):
            import_loads(file, bad, now=NOW)
        assert import_loads(file, good, now=NOW).added == 1


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        ("L1,available,", {"skipped": 1, "not_opened": ["L1"]}),
        ("L1,available,2050", {"updated": 1, "not_opened": ["L1"]}),
        ("L1,booked,2100", {"skipped": 1}),
        ("L1,completed,", {"updated": 1}),
        ("L1,,2100.00", {"skipped": 1}),
        ("L2,available,", {"skipped": 1}),
        ("L2,booked,", {"updated": 1}),
    ],
)
def test_an_update_says_what_it_did(desk: Path, cells: str, counts: dict[str, object]) -> None:
    """A load that has all that is given is not changed, nor one that stays booked because a rate is agreed."""
    run("negotiate", 1, 2100)
    before = select(desk, "SELECT * FROM loads ORDER BY load_id")
    result = board(f"id,status,rate\n{cells}\n", "--update", "--json")
    assert json.loads(result.stdout) == done(**counts)
    assert ("Not made available, because a rate is agreed: L1." in result.stderr) == ("not_opened" in counts)
    assert (select(desk, "SELECT * FROM loads ORDER BY load_id") == before) == ("skipped" in counts)


def test_without_an_update_nothing_is_said_of_loads_that_are_left_alone(desk: Path) -> None:
    """Neither of their status, nor of a pick-up that doesn't fit what is stored."""
    run("negotiate", 1, 2100)
    result = board("id,status,pickup\nL1,available,9/9/2025\n", "--json")
    assert json.loads(result.stdout) == done(skipped=1)
    assert result.stderr == ""


def test_an_update_of_something_else_leaves_a_load_that_was_stored_backwards(desk: Path) -> None:
    """What was there is not checked, or else no rate of it could be changed."""
    execute(desk, "UPDATE loads SET delivery_datetime = '2025-08-01' WHERE load_id = 'L1'")
    assert json.loads(board("id,rate\nL1,2000\n", "--update", "--json").stdout)["updated"] == 1
    assert "line 2: delivery_datetime: it is before" in message("id,pickup\nL1,9/9/2025\n", "--update")


def test_an_update_leaves_what_means_the_same_as_it_is_spelled(desk: Path) -> None:
    """Times and statuses that another program wrote in its own way."""
    execute(
        desk,
        "UPDATE loads SET pickup_datetime = '2025-09-02T08:00:00Z', delivery_datetime = '2025-09-03 09:00:00+01:00',"
        " status = 'Available' WHERE load_id = 'L1'",
        "UPDATE loads SET status = NULL WHERE load_id = 'L2'",
    )
    before = contents(desk)
    text = "id,pickup,delivery,status\nL1,2025-09-02T08:00Z,2025-09-03T08:00Z,available\nL2,2025-09-02Z,,available\n"
    assert (
        json.loads(board(text.replace("02Z", "02"), "--update", "--json", "--tz", "UTC").stdout)["skipped"]
        == 2
    )
    assert contents(desk) == before


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("id,delivery\nL1,2025-09-02\n", ["--update"]),
        ("id,pickup\nL1,9/3/2025 8:00 AM\n", ["--update"]),
        (
            f"{HEAD}\n{ROW.replace('2025-09-03', '2025-09-02').replace('2025-09-02', '2025-09-02 08:00', 1)}\n",
            [],
        ),
        (row(pickup="12/1/2026 8:00 AM", delivery="12/1/2026"), []),
        (row(pickup="12/1/2026 10:00", delivery="12/1/2026 09:30"), []),
        (row(pickup="12/1/2026 8:00 AM", delivery="12/1/2026"), ["--tz", "America/Chicago"]),
    ],
)
def test_a_delivery_on_the_day_of_the_pick_up_is_not_before_it(
    desk: Path, text: str, arguments: list[str]
) -> None:
    """When it names no time, or when the zones of two places explain it."""
    assert board(text, *arguments).exit_code == 0


def test_a_rate_for_each_mile_is_one_for_the_load(desk: Path) -> None:
    """Where its miles are given; in whatever order the columns stand."""
    assert board(row(rate="$1.95/mi", miles="925 mi")).exit_code == 0
    assert stored(desk)["loadboard_rate"] == 1803.75
    text = json.dumps([{"miles": 100, **OBJECT, "load_id": "X2", "rate": "2.355 per mile"}])
    assert board(text).exit_code == 0
    assert stored(desk, "X2")["loadboard_rate"] == 235.5
    unknown = "line 2: loadboard_rate: '2.35/mi' is an amount for each mile, and the miles are not known"
    assert unknown in message(row(rate="2.35/mi"))
    assert "loadboard_rate" not in message(row(rate="2.35/mi", miles="far"))
    both = message(row(rate="2.35/mi", delivery="9/1/2025"))
    assert (unknown in both, "delivery_datetime: it is before" in both) == (True, True)
    assert "each mile" in message(row(), "--default", "rate=2.35/mi")
    given = [
        "--origin",
        "a",
        "--destination",
        "b",
        "--pickup",
        "9/2/2025",
        "--delivery",
        "9/3/2025",
        "--equipment",
        "Van",
    ]
    assert data("load", "add", "X3", *given, "--rate", "2.35/mi", "--miles", "100")["loadboard_rate"] == 235
    assert (
        "--rate: '2.35/mi' is an amount for each mile"
        in run("load", "add", "X4", *given, "--rate", "2.35/mi").stderr
    )


def test_amounts_are_read_alike_at_each_door(desk: Path) -> None:
    """The noise of a program's floats is taken away; a fraction of a cent is refused."""
    for rate, kept in (("2300.2999999999997", 2300.3), ("1938.1200000000001", 1938.12)):
        assert data("negotiate", 1, rate, "--dry-run")["carrier_offer"] == kept
        asks = Path("asks")
        asks.write_text(f'{{"call_id": 1, "carrier_offer": {rate}}}\n')
        assert json.loads(run("batch", asks).stdout)["carrier_offer"] == kept
        for text in (row(rate=rate), json.dumps([OBJECT | {"rate": 0}]).replace(": 0}", f": {rate}}}")):
            assert board(text).exit_code == 0
            assert stored(desk)["loadboard_rate"] == kept
            execute(desk, "DELETE FROM loads WHERE load_id = 'X1'")
    for text in (row(rate="12.345"), json.dumps([OBJECT | {"rate": 12.345}])):
        assert "12.345" in message(text)
    assert run("negotiate", 1, "12.345").exit_code == 2
