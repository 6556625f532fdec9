"""What each decision is called, and what is read back."""

from decimal import Decimal

import pytest

from negotiator.negotiation import responses
from negotiator.policy.decide import Decision

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
    "text", [None, "", "counter_offer_", "counter_offer_abc", "Accepted!", "reopened", "accepted "]
)
def test_free_text_is_no_decision(text: str | None) -> None:
    """Nothing is guessed from what an older program said."""
    assert responses.decision_in(text) is None
    assert responses.counter_in(text) is None
