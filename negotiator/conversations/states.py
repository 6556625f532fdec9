"""What came of a call, how the carrier felt, where a session stands.

These stand alone because they are options of commands, which need no dataclasses until they run.
"""

from enum import StrEnum


class CallOutcome(StrEnum):
    """What came of a call."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEGOTIATING = "negotiating"
    TRANSFERRED = "transferred"
    ABANDONED = "abandoned"


class LossReason(StrEnum):
    """Why a call or a session came to no deal."""

    PRICE = "price"
    EQUIPMENT = "equipment"
    TIMING = "timing"
    SERVICE = "service"
    OTHER_LOAD = "other-load"
    NO_ANSWER = "no-answer"
    OTHER = "other"


class Sentiment(StrEnum):
    """How the carrier felt about it."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class SessionStatus(StrEnum):
    """Where a session stands; derived from its rounds, from when it ends, and from its load.

    ``ended``: its load is not to be had any more, and the session had come to no end itself.
    """

    ACTIVE = "active"
    ACCEPTED = "accepted"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    EXPIRED = "expired"
    ENDED = "ended"
