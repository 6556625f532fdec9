"""An ask, or a deal, for each mile of a load."""

from pathlib import Path

import pytest

from negotiator import CallHandlingService
from negotiator.errors import InvalidAmountError, RequestMismatchError
from tests.conftest import contents, data, execute, run, select

ASKS = "SELECT carrier_offer, request_id FROM negotiations ORDER BY id"


@pytest.fixture
def known(desk: Path) -> Path:
    """Give the desk, with the miles of load L1; those of L2 are not known."""
    execute(desk, "UPDATE loads SET miles = 925 WHERE load_id = 'L1'")
    return desk


@pytest.mark.parametrize(
    ("typed", "miles", "ask"),
    [
        ("2.35/mi", "925", 2173.75),
        (" $2.35 / mile ", "925", 2173.75),
        ("2.355 per mile", "925", 2178.38),  # to the nearest cent, half a cent up
        ("2.35/mi", "925.5", 2174.93),
        ("2.35/mi", "'925'", 2173.75),
    ],
)
def test_an_ask_for_each_mile_is_one_for_the_whole_load(
    known: Path, typed: str, miles: str, ask: float
) -> None:
    """It is recorded as such, and what it comes to is said."""
    execute(known, f"UPDATE loads SET miles = {miles} WHERE load_id = 'L1'")
    result = run("negotiate", 1, typed, "--json")
    assert (result.exit_code, select(known, ASKS)) == (0, [(ask, None)])
    assert result.stderr == f"Note: {typed.strip()} for {miles.strip(chr(39))} miles is ${ask:,.2f}.\n"


def test_an_answer_is_that_to_the_same_ask_in_dollars(known: Path) -> None:
    """The outlier, the decision and the words."""
    by_mile = data("negotiate", 1, "2.5/mi")
    assert by_mile | {"call_id": 2} == data("negotiate", 2, "2312.50")
    for outlier in ("25/mi", "1/mi"):
        assert "far from the posted $2,100.00" in run("negotiate", 1, outlier).stderr


@pytest.mark.parametrize("miles", ["NULL", "0", "-5", "'far'", "9e999"])
def test_without_miles_there_is_none(known: Path, miles: str) -> None:
    """Exit 2, with what is missing; nothing is changed."""
    execute(known, f"UPDATE loads SET miles = {miles} WHERE load_id = 'L2'")
    before = contents(known)
    for command in (["negotiate", 3, "2/mi"], ["call", "book", 3, "2/mi", "--by", "Ann"]):
        result = run(*command)
        assert (result.exit_code, "load L2 has no miles" in result.stderr) == (2, True)
    assert contents(known) == before


@pytest.mark.parametrize(
    "typed", ["0/mi", "-2/mi", "2/km", "/mi", "2/mi/mi", "2e3/mi", "20,000,000/mi", "50k/mi"]
)
def test_what_is_no_amount_is_none_for_each_mile(known: Path, typed: str) -> None:
    """Nor is one that would be past all rates."""
    assert run("negotiate", 1, "--", typed).exit_code == 2


def test_sent_again_it_is_the_same_ask(known: Path) -> None:
    """As long as the load has the same miles: else it would be another amount."""
    with CallHandlingService.open(known) as service:
        first = service.negotiate(1, "2.5/mi", request_id="a")
        again = service.negotiate(1, "2.5/mi", request_id="a")
        assert (again.amount, again.ruling) == (first.amount, None)
        assert service.negotiate(1, "2312.50", request_id="a").amount == first.amount
        execute(known, "UPDATE loads SET miles = 900 WHERE load_id = 'L1'")
        with pytest.raises(RequestMismatchError):
            service.negotiate(1, "2.5/mi", request_id="a")
    assert select(known, ASKS) == [(2312.5, "a")]


def test_many_asks_may_be_for_each_mile(known: Path) -> None:
    """Each is said with its line; a line about a load without miles fails alone."""
    lines = ['{"call_id": 1, "carrier_offer": "2.5/mi"}', '{"call_id": 3, "carrier_offer": "2/mi"}']
    Path("asks.jsonl").write_text("\n".join(lines))
    result = run("batch", "asks.jsonl")
    assert result.exit_code == 2
    assert "Note: line 1: 2.5/mi for 925 miles is $2,312.50.\n" in result.stderr
    assert select(known, ASKS) == [(2312.5, None)]


def test_a_person_s_deal_may_be_for_each_mile(known: Path) -> None:
    """What it comes to is booked, and said."""
    result = run("call", "book", 1, "2.6/mi", "--by", "Ann", "--json")
    assert (result.exit_code, result.stderr) == (0, "Note: 2.6/mi is $2,405.00 for the load.\n")
    assert select(known, "SELECT final_rate_agreed FROM calls WHERE id = 1") == [(2405.0,)]


def test_python_takes_it_as_well(known: Path) -> None:
    """And says the same of a load without miles."""
    with CallHandlingService.open(known) as service:
        assert not service.handle_negotiation(1, "2.5/mi").accepted
        with pytest.raises(InvalidAmountError, match="load L2 has no miles"):
            service.handle_negotiation(3, "2.5/mi")
