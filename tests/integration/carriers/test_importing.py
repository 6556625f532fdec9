"""What a vetting service says of carriers is taken whole or not at all."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from negotiator.cli import app
from negotiator.output import contract
from tests.conftest import contents, data, execute, run, select

VETTING = """MC Number,USDOT,Legal Name,Authority Status,Phone,Safety Rating
MC-123456,0000077,Blue Mesa,ACTIVE,(312) 555-0100,None
,88,Dot Only LLC,Out of Service,312-555-0188,Unsatisfactory
654321,,,Conditional,n/a,
"""
CARRIERS = "SELECT mc_number, company_name, status, phone, is_verified FROM carriers ORDER BY mc_number"


def vetted(text: str, *options: str, name: str = "vetting.csv") -> dict[str, object]:
    """Import a file, and return what became of it."""
    Path(name).write_text(text)
    found: dict[str, object] = data("carrier", "import", name, *options)
    return found


def test_a_vetting_services_file_is_taken(desk: Path) -> None:
    """New carriers have what other programs need; what is left out, barred or not known is said."""
    assert vetted(VETTING) == {
        "file": "vetting.csv",
        "added": 3,
        "updated": 0,
        "unchanged": 0,
        "ignored": ["Safety Rating"],
        "barred": ["DOT88"],
        "unknown_statuses": ["MC654321"],
    }
    assert list(contract.IMPORTED_CARRIERS) == list(vetted(VETTING))
    assert select(desk, CARRIERS) == [
        ("DOT88", "Dot Only LLC", "Out of Service", "312-555-0188", 0),
        ("MC123456", "Blue Mesa", "ACTIVE", "(312) 555-0100", 0),
        ("MC654321", "MC654321", "Conditional", None, 0),
    ]
    assert select(desk, "SELECT carrier, dot_number FROM carrier_facts") == [
        ("123456", "77"),
        ("DOT88", "88"),
    ]
    result = run("carrier", "import", "vetting.csv")
    assert "Left out, because a carrier has no such column: Safety Rating." in result.stderr
    assert "must not be used: DOT88." in result.stderr
    assert "a word not known here: MC654321." in result.stderr


def test_a_carrier_that_is_there_is_changed_and_blanks_change_nothing(desk: Path) -> None:
    """However its number is spelled, in each of its rows; by its DOT number, where that is on record."""
    execute(
        desk,
        """INSERT INTO carriers (mc_number, company_name, status, phone) VALUES
             ('mc 0123456', 'Old Name', 'active', '1'), ('123456', 'Older', 'revoked', '2')""",
    )
    first = vetted("mc,dot,status,phone\n123456,77,,\n")
    assert (first["updated"], first["barred"]) == (1, ["MC123456"])
    second = vetted("dot,status,phone\n77,Active,555\n")
    assert (second["added"], second["updated"], second["barred"]) == (0, 1, [])
    assert select(desk, CARRIERS) == [
        ("123456", "Older", "Active", "555", None),
        ("mc 0123456", "Old Name", "Active", "555", None),
    ]
    assert vetted("dot,status,phone\n77,Active,555\n")["unchanged"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nMC;Status\nMC 5;revoked\n",
        "MC\tSTATUS\n5.0\trevoked\n",
        '[{"mc": 5, "status": "revoked"}]',
        '{"carriers": [{"mc": "5", "status": "revoked", "more": 1}], "page": 1}',
        '{"mc": "MC-5", "status": "revoked"}\n',
        'mc,status\n="0005",revoked\n',
        "\ufeffmc,status\r\n5,revoked\r\n",
        "mc,dot,status\nMC0,DOT 0,\n5,N/A,revoked\n".replace("MC0,DOT 0,\n", "5,,revoked\n").replace(
            "\n5,N/A,revoked", "", 1
        ),
    ],
)
def test_a_file_is_read_whatever_its_form(desk: Path, text: str) -> None:
    """As a file of loads is."""
    assert vetted(text)["barred"] == ["MC5"]


def test_a_heading_of_another_name_is_mapped(desk: Path) -> None:
    """Whatever its case; what a heading means by that, no other heading means."""
    done = vetted("Docket ID,MC,Status\n5,6,active\n", "--map", "docket id=mc")
    assert done["ignored"] == ["MC"]
    assert [number for number, *_ in select(desk, CARRIERS)] == ["MC5"]


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("name,phone\nBlue,5\n", (), ["no column with the carrier's MC number", "--map 'HEADING=COLUMN'"]),
        (
            "mc,status,Authority Status\n5,a,b\n",
            (),
            ["'status' and 'Authority Status' both mean status", "--map"],
        ),
        (
            "mc,phone\n5,\x01\nx,1\n,2\n",
            (),
            ["line 2: phone:", "line 3: mc_number: 'x'", "line 4: it has no MC"],
        ),
        ("mc,dot\n5,y\n6\n", (), ["line 2: dot_number:", "line 3: it has 1 values, for 2 columns"]),
        ("mc\n5\nMC-005\n", (), ["line 3: carrier MC5 stands in line 2 already"]),
        ("mc,dot\n5,77\n,77\n", (), ["line 3: carrier MC5 stands in line 2 already"]),
        (
            '[{"mc": [1]}, {"mc": true}, {"status": "a"}]',
            (),
            ["item 1: mc_number", "item 2: mc_number", "item 3: it"],
        ),
        ("mc\n5\n", ("--map", "nothing=mc"), ["no column is called 'nothing'"]),
        ("mc\n5\n", ("--map", "mc=weight"), ["'weight' is no column of a carrier", "dot_number"]),
        ("", (), ["is empty"]),
        ("[1]", (), ["item 1 is not a JSON object"]),
    ],
)
def test_all_faults_are_told_at_once_and_nothing_is_taken(
    desk: Path, text: str, options: tuple[str, ...], said: list[str]
) -> None:
    """Exit 2, with the lines."""
    Path("v.csv").write_text(f"{text}7\n" if text.startswith("mc\n") and not options else text)
    before = contents(desk)
    result = run("carrier", "import", "v.csv", *options)
    assert result.exit_code == 2
    assert [words for words in said if words not in result.stderr] == []
    assert contents(desk) == before


def test_a_missing_file_and_one_that_is_no_text(desk: Path) -> None:
    """Exit 3 and exit 2."""
    assert run("carrier", "import", "none.csv").exit_code == 3
    result = run("carrier", "import", desk.name)
    assert (result.exit_code, "an SQLite database" in result.stderr) == (2, True)


def test_an_unlocked_file_is_read_before_anything_is_locked(desk: Path) -> None:
    """From standard input too."""
    from typer.testing import CliRunner  # noqa: PLC0415 - for its input

    from negotiator.cli import app  # noqa: PLC0415

    result = CliRunner().invoke(app, ["carrier", "import", "-"], input="mc,status\n5,active\n")
    assert (result.exit_code, len(select(desk, CARRIERS))) == (0, 1)


def test_what_is_left_out_is_named_without_its_blanks(desk: Path) -> None:
    """And a heading without a name by its place."""
    text = "MC Number, Safety Rating ,\n123456,None,x\n"
    assert vetted(text)["ignored"] == ["Safety Rating", "column 3"]
    assert desk.exists()


@pytest.mark.parametrize("source", ["vetting.csv", "-"])
def test_a_fault_says_in_which_file_it_is(desk: Path, source: str) -> None:
    """Standard input has no name."""
    Path("vetting.csv").write_text("MC Number\nno number\n")
    result = CliRunner().invoke(app, ["carrier", "import", source], input="MC Number\nno number\n")
    named = "standard input" if source == "-" else "'vetting.csv'"
    assert (result.exit_code, named in result.stderr) == (2, True), result.stderr
    assert "'vetting.csv'" in result.stderr or source == "-"
    assert select(desk, "SELECT count(*) FROM carriers") == [(0,)]
