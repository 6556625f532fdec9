"""The words for how calls and sessions stand: they are stored, typed and printed as they are here."""

from enum import StrEnum

import pytest

from negotiator.conversations.states import CallOutcome, LossReason, Sentiment, SessionStatus


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (CallOutcome, "accepted rejected negotiating transferred abandoned"),
        (LossReason, "price equipment timing service other-load no-answer other"),
        (Sentiment, "positive neutral negative"),
        (SessionStatus, "active accepted transferred closed expired ended"),
    ],
)
def test_each_state_is_known_by_its_word(states: type[StrEnum], words: str) -> None:
    """Other programs, and scripts, have them too."""
    assert set(states) == set(words.split())
