"""The ceiling of a load: given, changed, imported, and told to nobody but the operator."""

import json
from pathlib import Path

import pytest

from negotiator import CallHandlingService
from tests.conftest import contents, data, execute, run, select
from tests.integration.loads.board_files import HEAD, board, done

ADD = ["load", "add", "X1", "--origin", "Reno", "--destination", "Boise", "--pickup", "2025-09-03"]
ADD += ["--delivery", "2025-09-04", "--equipment", "Van", "--rate", "900"]
NEW = "X1,Reno,Boise,9/3/2025,9/4/2025,Van,900"
FACTS = "SELECT load_id, ceiling FROM load_facts WHERE ceiling IS NOT NULL ORDER BY load_id"


def test_a_load_is_added_with_its_ceiling(desk: Path) -> None:
    """And negotiated by it: 1100 + 1/8 * 100 is 1112.50, where the policy's ceiling would say 1110."""
    assert data(*ADD, "--ceiling", "$1,000.50")["ceiling"] == 1000.5
    assert "Ceiling    $1,000.50 (never quoted)" in run("load", "show", "X1").stdout
    assert run("load", "set", "L2", "--ceiling", "1,250").exit_code == 0
    answer = run("negotiate", 3, 1240, "--explain").stdout
    assert "COUNTER $1,115.00" in answer
    assert "Ceiling   $1,250.00 (never quoted), the load's own" in answer
    assert select(desk, "SELECT ceiling FROM negotiations") == [(1250.0,)]


def test_a_ceiling_is_told_to_the_operator_alone(desk: Path) -> None:
    """It is in no answer, no history and no list, unless somebody asks for an explanation."""
    run("load", "set", "L1", "--ceiling", "2345")
    told = [
        run("negotiate", 1, 2300).output,
        run("negotiate", 1, 2290, "--json").output,
        run("call", "history", 1, "--json").output,
        run("call", "history", 1, "--format", "csv").output,
        run("load", "list", "--json").output,
        run("call", "show", 1, "--json").output,
    ]
    with CallHandlingService.open(desk) as service:
        told.append(service.handle_negotiation(1, 2280).message)
    assert not [text for text in told if "2345" in text.replace(",", "")]
    assert "$2,345.00" in run("negotiate", 1, 2270, "--explain").stdout


def test_a_load_is_changed(desk: Path) -> None:
    """What is not given stays; who changed a ceiling is kept."""
    before = data("load", "show", "L1")
    changed = data(
        "load", "set", "l1", "--ceiling", 2400, "--rate", 2200, "--notes", "ask for Ann", "--miles", 925
    )
    assert {key: value for key, value in changed.items() if before[key] != value} == {
        "ceiling": 2400,
        "loadboard_rate": 2200,
        "notes": "ask for Ann",
        "miles": 925,
        "updated_at": changed["updated_at"],
    }
    assert data("load", "set", "L1", "--notes", "", "--no-ceiling")["ceiling"] is None
    assert data("load", "show", "L1")["notes"] is None
    with CallHandlingService.open(desk) as service:
        assert service.set_load("L1", {"ceiling": "2500"}, by="kim").ceiling == 2500
    assert select(desk, "SELECT ceiling, changed_by FROM load_facts") == [(2500.0, "kim")]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["L1", "--ceiling", "2099.99"], 2, "--ceiling: $2,099.99 is below the posted rate of $2,100.00"),
        (["L1", "--ceiling", "2150", "--rate", "2200"], 2, "is below the posted rate of $2,200.00"),
        (["L1", "--ceiling", "x"], 2, "--ceiling: 'x' is not an amount"),
        (["L1", "--ceiling", ""], 2, "--ceiling is empty"),
        (["L1", "--ceiling", "2200", "--no-ceiling"], 2, "cannot be used together"),
        (["L1", "--rate", ""], 2, "--rate: it is missing"),
        (["L1", "--delivery", "2025-09-01"], 2, "it is before"),
        (["L1", "--weight", "heavy"], 2, "--weight: 'heavy' is not a number"),
        (["L1"], 2, "nothing was given to change"),
        (["L9", "--ceiling", "2200"], 3, "there is no load 'L9'"),
    ],
)
def test_a_change_that_cannot_be_is_refused(
    desk: Path, arguments: list[str], code: int, message: str
) -> None:
    """Nothing of it is made."""
    before = contents(desk)
    changed = run("load", "set", *arguments)
    assert (changed.exit_code, message in changed.stderr) == (code, True), changed.output
    added = run(*ADD, "--ceiling", "899")
    assert "--ceiling: $899.00 is below the posted rate of $900.00" in added.stderr
    assert contents(desk) == before


def test_a_posted_rate_that_is_raised_above_the_ceiling_is_said(desk: Path) -> None:
    """A person decides from there; the ceiling stays what it was."""
    run("load", "set", "L1", "--ceiling", "2400")
    raised = run("load", "set", "L1", "--rate", "2500")
    assert raised.exit_code == 0
    assert raised.stderr == "Posted above their ceiling now, so that a person decides: L1.\n"
    assert data("negotiate", 1, 2500)["decision"] == "transfer"


@pytest.mark.parametrize("heading", ["max buy", "Max Rate", "ceiling", "MAX PAY", "max_buy_rate"])
def test_ceilings_are_imported(desk: Path, heading: str) -> None:
    """Of new loads, and with --update of others, where a blank changes nothing."""
    board(f"{HEAD},{heading}\n{NEW},1000\n")
    assert select(desk, FACTS) == [("X1", 1000.0)]
    again = f"id,{heading}\nX1,1050\nL1,2300\nL2,\n"
    assert json.loads(board(again, "--json").stdout) == done(skipped=3)
    assert select(desk, FACTS) == [("X1", 1000.0)]
    assert json.loads(board(again, "--update", "--json").stdout) == done(updated=2, skipped=1)
    assert select(desk, FACTS) == [("L1", 2300.0), ("X1", 1050.0)]
    before = contents(desk)
    assert json.loads(board(again, "--update", "--json").stdout) == done(skipped=3)
    assert contents(desk) == before


def test_what_is_shown_of_a_load_can_be_imported_elsewhere(desk: Path) -> None:
    """With its ceiling."""
    run("load", "set", "L1", "--ceiling", "2400")
    file = desk.with_name("l1.json")
    file.write_text(run("load", "show", "L1", "--json").stdout)
    run("init", "other.db")
    assert run("load", "import", file, "--db", "other.db").exit_code == 0
    assert select(desk.with_name("other.db"), FACTS) == [("L1", 2400.0)]


@pytest.mark.parametrize(
    ("options", "text", "fault"),
    [
        (
            ["--update"],
            "id,max buy\nL1,2000\n",
            "line 2: ceiling: $2,000.00 is below the posted rate of $2,100.00",
        ),
        (["--update"], "id,rate,max buy\nL1,2500,2400\n", "is below the posted rate of $2,500.00"),
        ([], f"{HEAD},ceiling\n{NEW},899\n", "is below the posted rate of $900.00"),
        (["--default", "ceiling=800"], f"{HEAD}\n{NEW}\n", "ceiling: $800.00 is below"),
        (["--default", "rate=950"], f"{HEAD},ceiling\n{NEW[:-3]},940\n", "below the posted rate of $950.00"),
        (["--update"], "id,max buy\nL1,cheap\n", "max buy (ceiling): 'cheap' is not an amount"),
    ],
)
def test_a_file_with_a_low_ceiling_is_refused(desk: Path, options: list[str], text: str, fault: str) -> None:
    """As a whole, with the line."""
    before = contents(desk)
    refused = board(text, *options)
    assert (refused.exit_code, fault in refused.stderr) == (2, True), refused.stderr
    assert contents(desk) == before


def test_loads_that_a_file_posts_above_their_ceiling_are_named(desk: Path) -> None:
    """Their rates are taken all the same: the customer pays more, and nobody has said what that changes."""
    run("load", "set", "L1", "--ceiling", "2300")
    made = board("id,rate\nL1,2350\nL2,1150\n", "--update", "--json")
    assert json.loads(made.stdout) == done(updated=2, low_ceilings=["L1"])
    assert made.stderr == "Posted above their ceiling now, so that a person decides: L1.\n"


def test_a_new_load_does_not_get_the_ceiling_of_an_earlier_one(desk: Path) -> None:
    """Whose ID it has: another program deleted that one, and knows of no ceiling."""
    for load_id in ("L1", "L2"):
        run("load", "set", load_id, "--ceiling", "2400")
    execute(desk, "DELETE FROM loads")
    run("load", "add", "L1", *ADD[3:])
    board(f"{HEAD}\n{NEW.replace('X1', 'L2')}\n")
    assert select(desk, FACTS) == []


def test_a_ceiling_may_be_given_for_each_mile(desk: Path) -> None:
    """Where the load's miles are known."""
    assert data(*ADD, "--ceiling", "2.50/mi", "--miles", "400")["ceiling"] == 1000
    assert data("load", "set", "X1", "--ceiling", "2.60/mi")["ceiling"] == 1040
    assert data("load", "set", "X1", "--ceiling", "2.60/mi", "--miles", "500")["ceiling"] == 1300
    assert board(f"{HEAD},max pay,miles\n{NEW.replace('X1', 'X2')},$3.00/mi,400\n").exit_code == 0
    assert select(desk, FACTS) == [("X1", 1300.0), ("X2", 1200.0)]
    assert (
        "--ceiling: '2.60/mi' is an amount for each mile"
        in run("load", "set", "L1", "--ceiling", "2.60/mi").stderr
    )
