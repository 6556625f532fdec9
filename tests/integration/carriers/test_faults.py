"""What is refused of carriers, and what to do about it; and that what was not kept is said."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from negotiator.carriers.blocks import block_carrier, unblock_carrier
from negotiator.carriers.directory import set_carrier
from negotiator.carriers.known import spelled_carrier
from negotiator.errors import InvalidTimeError, Remedy, SchemaError
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, contents, data, execute, run, select


@pytest.mark.parametrize(
    ("text", "options", "said", "hint"),
    [
        ("mc,dot\n6\n", (), "line 2: it has 1 values, for 2 columns", "give each column a value, or a blank"),
        ("mc,x\n7,1\n", ("--map", "nothing=phone"), "no column is called 'nothing'", "check its name"),
        (
            "mc,status\n,active\n",
            (),
            "line 2: it has no MC number and no DOT number",
            "give each carrier one",
        ),
        (
            '[{"mc": [1]}]',
            (),
            "item 1: mc_number: the value is neither text nor a number",
            "give text",
        ),
        (
            '[{"mc": 7, "phone": true}]',
            (),
            "item 1: phone: the value is neither text nor a number",
            "give text",
        ),
        (
            "mc\n6\nMC-006\n7\n",
            (),
            "line 3: carrier MC6 stands in line 2 already",
            "give each carrier once",
        ),
        (
            "mc,status,authority\n7,a,b\n",
            (),
            "the columns 'status' and 'authority' both mean status",
            "say which one counts; --map 'HEADING=COLUMN' says what a heading means",
        ),
        (
            "name,phone\n",
            (),
            "there is no column with the carrier's MC number or its DOT number",
            "name it mc_number or dot_number; --map 'HEADING=COLUMN' says what a heading means",
        ),
    ],
)
def test_a_fault_of_a_file_is_told_with_what_to_do(
    desk: Path, text: str, options: tuple[str, ...], said: str, hint: str
) -> None:
    """For a program as JSON; nothing is taken."""
    Path("v.csv").write_text(text)
    before = contents(desk)
    error = json.loads(run("carrier", "import", "v.csv", *options, "--json").stderr)["error"]
    assert (error["message"], error["hint"]) == (f"'v.csv' was not imported: {said}", hint)
    assert contents(desk) == before


def test_a_column_that_is_none_is_told_with_those_there_are(desk: Path) -> None:
    """Before the file is read."""
    error = json.loads(run("carrier", "import", desk, "--map", "mc=weight", "--json").stderr)["error"]
    assert (error["message"], error["hint"]) == (
        "'weight' is no column of a carrier",
        "the columns are mc_number, dot_number, company_name, status, phone, email, address",
    )


def test_a_number_is_read_however_a_service_writes_it(desk: Path) -> None:
    """What has no digit but 0 is none: it takes nothing away."""
    none = (
        "0",
        "000",
        "0.0",
        "0.",
        "DOT0",
        "usdot 0",
        "US DOT #000",
        "dot: 0",
        "mc-0",
        "MC",
        "n/a",
        " ",
        "-",
    )
    some = {"77": "77", "77.0": "77", "0078.00": "78", "100.0": "100", "USDOT 79": "79", "us dot: 080": "80"}
    cells = [*none, *some]
    Path("v.csv").write_text("mc|dot\n" + "".join(f"{n}.0|{cell}\n" for n, cell in enumerate(cells, 101)))
    assert data("carrier", "import", "v.csv")["added"] == len(cells)
    first = 101 + len(none)
    assert select(desk, "SELECT carrier, dot_number FROM carrier_facts ORDER BY carrier") == [
        (str(first + place), number) for place, number in enumerate(some.values())
    ]
    assert select(desk, "SELECT count(*) FROM carriers WHERE mc_number GLOB 'MC1[01][0-9]'") == [
        (len(cells),)
    ]


def test_a_block_ends_after_it_begins(desk: Path) -> None:
    """A second is enough."""
    with LoadsFile.open(desk) as file:
        with pytest.raises(InvalidTimeError, match="the end of the block is over already") as caught:
            block_carrier(file, "5", "late", until=NOW, now=NOW)
        assert caught.value.hint == "give a time to come, as in 30d"
        until = NOW + timedelta(seconds=1)
        assert block_carrier(file, "5", "late", until=until, now=NOW).blocked_until == until
        lifted = unblock_carrier(file, "MC 5", now=NOW)
    assert lifted == ("MC5", None, NOW, None)
    rows = select(desk, "SELECT blocked_until, blocked_by, blocked_at, unblocked_at FROM carrier_blocks")
    assert rows == [
        ("2025-09-01 12:00:01.000000", None, "2025-09-01 12:00:00.000000", "2025-09-01 12:00:00.000000")
    ]


@pytest.mark.parametrize(
    ("trigger", "is_block"),
    [
        ("INSERT ON carrier_blocks BEGIN UPDATE carrier_blocks SET unblocked_at = '2025-01-01'; END", True),
        ("INSERT ON carrier_blocks BEGIN DELETE FROM carrier_blocks; END", True),
        ("UPDATE OF status ON carriers BEGIN UPDATE carriers SET status = 'active'; END", False),
        ("UPDATE OF is_verified ON carriers BEGIN UPDATE carriers SET is_verified = 0; END", False),
    ],
)
def test_what_a_trigger_did_not_let_stand_is_said(
    desk: Path,
    trigger: str,
    is_block: bool,  # noqa: FBT001 - a row
) -> None:
    """And nothing was done then."""
    execute(
        desk,
        "INSERT INTO carriers (mc_number, company_name, status) VALUES ('MC5', 'Blue', 'active')",
        f"CREATE TRIGGER meddles AFTER {trigger}",
    )
    before = contents(desk)
    given: dict[str, str | bool] = {"status": "revoked", "is_verified": True}
    with LoadsFile.open(desk) as file, pytest.raises(SchemaError, match="carrier MC5") as caught:
        block_carrier(file, "5", "late", now=NOW) if is_block else set_carrier(file, "5", given, now=NOW)
    assert "was not written as it should be" in caught.value.message
    assert (caught.value.hint, caught.value.remedy) == (
        "look for a trigger that changes what is written",
        Remedy.FIND_TRIGGER,
    )
    assert contents(desk) == before


def test_of_two_spellings_the_one_that_is_given_comes_first(desk: Path) -> None:
    """Else the first in the file."""
    execute(
        desk,
        """INSERT INTO carriers (mc_number, company_name) VALUES
             ('mc 0100', 'First'), ('MC100', 'Second'), ('100', 'Third'), ('MC200', 'Other')""",
    )
    with LoadsFile.open(desk) as file, file.read() as db:
        found = [spelled_carrier(db, number) for number in ("100", "MC100", "MC-100", "999", None)]
    assert found == [("100", "Third"), ("MC100", "Second"), ("mc 0100", "First"), None, None]
