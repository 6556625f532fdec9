"""What each decision is called, and what is read back."""

from decimal import Decimal

import pytest

from negotiator.negotiation import responses
from negotiator.policy.decide import Decision
from negotiator.values.recorded import counter_in

RATE = Decimal("2135.5")


@pytest.mark.parametrize(
    ("decision", "response", "outcome", "person", "said"),
    [
        (Decision.ACCEPTED, "accepted", "accepted", True, "We have a deal at $2,135.50."),
        (Decision.COUNTER, "counter_offer_2135.50", "negotiating", False, "We can do $2,135.50"),
        (Decision.TRANSFER, "transfer_to_human", "transferred", True, "I can't go that high myself."),
    ],
)
def test_a_decision_has_its_words_everywhere(
    decision: Decision, response: str, outcome: str, person: object, said: str
) -> None:
    """In the file, about the call, to the carrier."""
    assert responses.system_response(decision, RATE) == response
    assert (responses.outcome(decision), responses.needs_person(decision)) == (outcome, person)
    assert responses.words(decision, RATE).startswith(said)


@pytest.mark.parametrize("decision", Decision)
def test_no_decision_is_forgotten(decision: Decision) -> None:
    """What is written for one is read as that one, and each has an outcome and words."""
    assert responses.decision_in(responses.system_response(decision, RATE)) is decision
    assert responses.outcome(decision)
    assert responses.words(decision, RATE)
    assert responses.needs_person(decision) in {True, False}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "counter_offer_",
        "counter_offer_abc",
        "Accepted!",
        "reopened",
        "accepted it",
        "counter_offer_2.050.00",
    ],
)
def test_free_text_is_no_decision(text: str | None) -> None:
    """Nothing is guessed from what an older program said."""
    assert responses.decision_in(text) is None
    assert counter_in(text) is None


@pytest.mark.parametrize("text", ["accepted", "Accepted", " ACCEPTED\n"])
def test_a_word_is_read_in_any_case(text: str) -> None:
    """And with blanks around it: another program wrote it."""
    assert responses.decision_in(text) is Decision.ACCEPTED


@pytest.mark.parametrize(
    ("response", "counter"),
    [
        ("counter_offer_2050.00", "2050.00"),
        ("counter_offer_2050", "2050.00"),
        ("counter_offer_905.0", "905.00"),
        ("counter_offer_1938.1200000000001", "1938.12"),
        ("counter_offer_1938.1199999999999", "1938.12"),
        ("Counter_Offer_1938.125 ", "1938.13"),
        ("counter_offer_$2,050.50", "2050.50"),
        ("counter_offer_10000000", "10000000.00"),
    ],
)
def test_a_counter_is_read_to_the_nearest_cent(response: str, counter: str) -> None:
    """As an older program's floats are spelled too: else we would counter below what was offered."""
    assert counter_in(response) == Decimal(counter)
    assert responses.decision_in(response) is Decision.COUNTER


@pytest.mark.parametrize(
    "amount",
    ["2.050.00", "2050.", ".5", "2,30", "2,3000", "0", "0.004", "10000000.01", "-5", "1e3", "٣", "9" * 400],
)
def test_what_is_no_amount_is_no_counter(amount: str) -> None:
    """It is free text then, and counts for nothing."""
    assert responses.decision_in(f"counter_offer_{amount}") is None
