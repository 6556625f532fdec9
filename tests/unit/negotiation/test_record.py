"""How a call stands by its rows, where nothing else is kept of it."""

from decimal import Decimal

import pytest

from negotiator.negotiation.models import State
from negotiator.negotiation.record import implied_outcome, implied_state
from negotiator.negotiation.thread import Round


@pytest.mark.parametrize(
    ("responses", "outcome", "transferred"),
    [
        ([], "negotiating", 0),
        (["Sorry."], "negotiating", 0),
        (["counter_offer_2125.00"], "negotiating", 0),
        (["counter_offer_2125.00", "accepted"], "accepted", 0),
        (["transfer_to_human"], "transferred", 1),
        (["transfer_to_human", "accepted"], "accepted", 1),
        (["accepted", "Sorry."], "accepted", 0),
    ],
)
def test_a_call_stands_as_its_rows_say(responses: list[str], outcome: str, transferred: int) -> None:
    """No amount, and a load on the board: that is how it stood before it was agreed."""
    rows = tuple(
        Round(number, 1, None, number, Decimal(2300), response, None, None)
        for number, response in enumerate(responses, 1)
    )
    assert implied_outcome(rows) == outcome
    assert implied_state(rows) == State(outcome, None, transferred, "available")
