"""What the routes take and give: the fields of each, under the names of the specification."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from negotiator.conversations.states import CallOutcome, Sentiment
from negotiator.http.api.fields import Field, Kind, Schema
from negotiator.loads.filters import LoadStatus
from negotiator.negotiation.thread import Round
from negotiator.policy.decide import Decision
from negotiator.values.text import NOTES_LIMIT


@dataclass(frozen=True)
class NegotiationOffer:
    """What is sent to have an ask answered: ``carrier_offer`` is US dollars for the whole load.

    The call is that of the path; ``call_id`` is taken and not read. ``notes`` are kept with the round.
    """

    call_id: str
    carrier_offer: float | str
    session_id: str | None = None
    notes: str | None = None


@dataclass(frozen=True)
class NegotiationResponse:
    """A round on record: ``carrier_offer`` is US dollars, ``timestamp`` is UTC."""

    id: int
    call_id: int | None
    session_id: str | None
    round_number: int | None
    carrier_offer: float | None
    system_response: str | None
    timestamp: datetime | None

    @classmethod
    def of(cls, done: Round) -> Self:
        """Return a round as it is sent."""
        return cls(
            id=done.id,
            call_id=done.call_id,
            session_id=done.session_id,
            round_number=done.round_number,
            carrier_offer=None if done.carrier_offer is None else float(done.carrier_offer),
            system_response=done.system_response,
            timestamp=done.timestamp,
        )


_TEXT, _NUMBER, _INTEGER = Field(Kind.TEXT), Field(Kind.NUMBER), Field(Kind.INTEGER)
_FLAG, _TIME, _OPEN = Field(Kind.FLAG), Field(Kind.TIME), Field(Kind.NUMBER_OR_TEXT)
_SOME_TEXT = _TEXT._replace(nullable=True)
_SOME_NUMBER = _NUMBER._replace(nullable=True)
_SOME_INTEGER = _INTEGER._replace(nullable=True)
_SOME_TIME = _TIME._replace(nullable=True)
_NEEDED = _TEXT._replace(required=True)
_NOTES = _SOME_TEXT._replace(longest=NOTES_LIMIT)

SESSION_ID = LOAD_ID = CARRIER_NUMBER = _NEEDED
CALL_ID = _INTEGER._replace(required=True, least=-(2**63), most=2**63 - 1)

OFFER: Schema = {
    "call_id": _NEEDED._replace(about="Taken and not read: the call is that of the path."),
    "carrier_offer": _OPEN._replace(
        required=True, about="US dollars for the whole load, above 0; text such as `2,300` is taken too."
    ),
    "session_id": _SOME_TEXT._replace(
        about="`sess_` and 5 to 45 letters, digits, `_` or `-`; empty is none."
    ),
    "notes": _NOTES._replace(about="Kept with the round."),
}
LOAD_CREATE: Schema = {
    "load_id": _NEEDED,
    "origin": _NEEDED,
    "destination": _NEEDED,
    "pickup_datetime": _NEEDED._replace(about="ISO 8601; UTC where no offset is given."),
    "delivery_datetime": _NEEDED._replace(about="ISO 8601; UTC where no offset is given."),
    "equipment_type": _NEEDED,
    "loadboard_rate": _OPEN._replace(required=True, about="The posted rate, US dollars."),
    "notes": _NOTES,
    "weight": _OPEN._replace(nullable=True, about="Pounds."),
    "commodity_type": _SOME_TEXT,
    "num_of_pieces": _OPEN._replace(nullable=True),
    "miles": _OPEN._replace(nullable=True),
    "dimensions": _SOME_TEXT,
}
LOAD_SEARCH: Schema = {
    "origin": _SOME_TEXT._replace(about="A part of it, in any case."),
    "destination": _SOME_TEXT._replace(about="A part of it, in any case."),
    "equipment_type": _SOME_TEXT._replace(about="As it is spelled."),
    "min_rate": _SOME_NUMBER,
    "max_rate": _SOME_NUMBER,
    "limit": _INTEGER._replace(least=1, most=100, default=10),
}
CALL_START: Schema = {
    "carrier_mc_number": _NEEDED._replace(about="An MC number, however it is spelled."),
    "load_id": _SOME_TEXT,
}
CALL_UPDATE: Schema = {
    "outcome": _SOME_TEXT._replace(choices=tuple(CallOutcome)),
    "sentiment": _SOME_TEXT._replace(choices=tuple(Sentiment)),
    "final_rate_agreed": _OPEN._replace(nullable=True, about="Taken and not read."),
    "notes": _NOTES._replace(about="Put after those that are there."),
    "transferred_to_rep": _FLAG._replace(nullable=True, about="Taken and not read."),
}
LIST_LOADS: Schema = {
    "limit": _INTEGER._replace(least=1, most=10_000, default=100),
    "status": _TEXT._replace(choices=tuple(LoadStatus), default=LoadStatus.AVAILABLE.value),
}
SESSION_FILTER: Schema = {"session_id": _TEXT._replace(about="Of this session alone; empty is any.")}

ANSWER: Schema = {
    "accepted": _FLAG,
    "response": _TEXT._replace(about="The words to say to the carrier."),
    "should_transfer": _FLAG._replace(about="Whether a person must take over."),
    "negotiation_round": _INTEGER,
}
ANSWER_AND_MORE: Schema = {
    **ANSWER,
    "call_id": _INTEGER,
    "session_id": _SOME_TEXT,
    "round_number": _INTEGER,
    "rounds_left": _INTEGER,
    "carrier_offer": _NUMBER,
    "decision": _TEXT._replace(choices=tuple(Decision)),
    "amount": _SOME_NUMBER._replace(about="The rate that was agreed, or the counter; US dollars."),
    "message": _TEXT,
}
ROUND: Schema = {
    "id": _INTEGER,
    "call_id": _SOME_INTEGER,
    "session_id": _SOME_TEXT,
    "round_number": _SOME_INTEGER,
    "carrier_offer": _SOME_NUMBER,
    "system_response": _SOME_TEXT,
    "timestamp": _SOME_TIME,
}
LOAD: Schema = {
    "origin": _SOME_TEXT,
    "destination": _SOME_TEXT,
    "pickup_datetime": _SOME_TIME,
    "delivery_datetime": _SOME_TIME,
    "equipment_type": _SOME_TEXT,
    "loadboard_rate": _SOME_NUMBER,
    "notes": _SOME_TEXT,
    "weight": _SOME_NUMBER,
    "commodity_type": _SOME_TEXT,
    "num_of_pieces": _SOME_NUMBER,
    "miles": _SOME_NUMBER,
    "dimensions": _SOME_TEXT,
    "load_id": _TEXT,
    "status": _TEXT,
    "created_at": _SOME_TIME,
    "updated_at": _SOME_TIME,
}
STARTED: Schema = {
    "success": _FLAG,
    "message": _TEXT,
    "call_id": _INTEGER,
    "carrier_verified": _FLAG,
}
CALL: Schema = {
    "id": _INTEGER,
    "carrier_mc_number": _SOME_TEXT,
    "load_id": _SOME_TEXT,
    "call_start_time": _SOME_TIME,
    "call_end_time": _SOME_TIME,
    "call_duration": _SOME_INTEGER._replace(about="Seconds."),
    "outcome": _SOME_TEXT,
    "sentiment": _SOME_TEXT,
    "initial_rate_offered": _SOME_NUMBER,
    "final_rate_agreed": _SOME_NUMBER,
    "negotiation_rounds": _INTEGER,
    "transferred_to_rep": _FLAG,
}
CARRIER: Schema = {
    "company_name": _SOME_TEXT,
    "status": _SOME_TEXT,
    "address": _SOME_TEXT,
    "phone": _SOME_TEXT,
    "email": _SOME_TEXT,
    "mc_number": _TEXT,
    "is_verified": _FLAG,
    "created_at": _SOME_TIME,
    "updated_at": _SOME_TIME,
}
MESSAGE: Schema = {"message": _TEXT}
GREETING: Schema = {"message": _TEXT, "version": _TEXT, "status": _TEXT, "timestamp": _TIME}
