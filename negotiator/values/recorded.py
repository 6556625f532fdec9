"""What stands in the columns `system_response` and `decided_by`, and how a counter is read."""

from decimal import Decimal

from negotiator.values.cells import word_from
from negotiator.values.money import rate_in_text

ACCEPTED = "accepted"
TRANSFERRED = "transfer_to_human"
COUNTER_PREFIX = "counter_offer_"

POLICY = "policy"
"""What `decided_by` holds where no person decided."""

REOPENED = "reopened"
"""The agreement that a round made was taken back, such as one on a mistyped ask."""
WITHDRAWN = "withdrawn"
"""A round was taken back, whatever its answer was: it counts neither as an ask nor as a counter."""
FELL_THROUGH = "fell_through"
"""A load that was booked became free again: the carrier did ask what it asked, and the agreement is gone."""

TAKING_BACK = (REOPENED, WITHDRAWN, FELL_THROUGH)
"""The words of rows that are no rounds: each takes back the round of its number in its thread."""
DECIDING = (ACCEPTED, TRANSFERRED, *TAKING_BACK)
"""The words that end a thread or open it again: those of few rows, which `idx_negotiations_word` has."""


def counter_in(response: object) -> Decimal | None:
    """Return the counter that a response records, US dollars to the nearest cent; None if it records none.

    Another program may have stored a float, such as ``counter_offer_1938.1200000000001``.
    """
    word = word_from(response)
    if word is None or not word.startswith(COUNTER_PREFIX):
        return None
    return rate_in_text(word.removeprefix(COUNTER_PREFIX))
