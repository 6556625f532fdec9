"""What each decision is called: in a round's `system_response`, as a call's outcome, in words to the carrier.

All that depends on which decision it is stands here, each time as a `match` that mypy holds to be complete.
"""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, assert_never

from negotiator.policy.decide import Decision
from negotiator.values import recorded
from negotiator.values.cells import word_from
from negotiator.values.money import dollars

TRANSFER_WORDS = "I can't go that high myself. Let me hand you to a colleague who can decide."


def _name(decision: Decision) -> str:
    """Return what `system_response` begins with; a counter's amount follows it."""
    match decision:
        case Decision.ACCEPTED:
            return recorded.ACCEPTED
        case Decision.COUNTER:
            return recorded.COUNTER_PREFIX
        case Decision.TRANSFER:
            return recorded.TRANSFERRED
        case _:
            assert_never(decision)


_NAMED = {_name(decision): decision for decision in Decision}


def system_response(decision: Decision, amount: Decimal | None) -> str:
    """Return what `system_response` holds for a decision; ``amount`` is a counter's, US dollars."""
    return f"{_name(decision)}{amount:.2f}" if decision is Decision.COUNTER else _name(decision)


class Reading(NamedTuple):
    """What a `system_response` says: a decision, its counter (US dollars), or that a round is taken back."""

    decision: Decision | None
    counter: Decimal | None
    takes_back: str | None


@lru_cache(maxsize=1024)
def read_response(response: str | None) -> Reading:
    """Return what a `system_response` says. It is cached: an ask looks at each row of its thread often."""
    word = word_from(response)
    taken_back = word if word in recorded.TAKING_BACK else None
    return Reading(decision_in(response), recorded.counter_in(response), taken_back)


def decision_in(response: str | None) -> Decision | None:
    """Return the decision that a `system_response` records, None for the free text of older programs."""
    if recorded.counter_in(response) is not None:
        return Decision.COUNTER
    found = _NAMED.get(word_from(response) or "")
    return None if found is Decision.COUNTER else found  # its name alone, without an amount


def outcome(decision: Decision) -> str:
    """Return the outcome of a call whose last round was decided so."""
    match decision:
        case Decision.ACCEPTED:
            return "accepted"
        case Decision.COUNTER:
            return "negotiating"
        case Decision.TRANSFER:
            return "transferred"
        case _:
            assert_never(decision)


def needs_person(decision: Decision) -> bool:
    """Return whether a person must take over: to book what was accepted, or to decide."""
    match decision:
        case Decision.ACCEPTED | Decision.TRANSFER:
            return True
        case Decision.COUNTER:
            return False
        case _:
            assert_never(decision)


def words(decision: Decision, amount: Decimal | None, *, is_last_offer: bool = False) -> str:
    """Return what to say to the carrier; the ceiling is never said. ``amount`` is US dollars.

    The last offer is a counter too: a lower ask of the carrier's own, made once after the last round.
    """
    rate = "" if amount is None else dollars(amount)
    match decision:
        case Decision.ACCEPTED:
            return f"We have a deal at {rate}. Let me hand you to a colleague to book the load."
        case Decision.COUNTER if is_last_offer:
            return f"You asked {rate} before; that we can do."
        case Decision.COUNTER:
            return f"We can do {rate} on this load. Does that work for you?"
        case Decision.TRANSFER:
            return TRANSFER_WORDS
        case _:
            assert_never(decision)
