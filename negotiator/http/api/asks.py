"""The routes of the specification: an ask answered, the rounds of a session and of a call."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from http import HTTPStatus
from typing import Any

from negotiator.errors import (
    BadInputError,
    CallNotFoundError,
    ConflictError,
    InvalidRequestIDError,
    LoadNotFoundError,
    LoadTakenError,
    NegotiatorError,
    OutlierError,
    SessionNotFoundError,
    ThreadTransferredError,
)
from negotiator.http.api import schemas
from negotiator.http.api.endpoint import Api, Given, Operation
from negotiator.http.api.problems import KEY_HEADER, Refusal, refusal_of
from negotiator.http.api.schemas import NegotiationOffer, NegotiationResponse
from negotiator.negotiation import history
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.negotiation.models import Answer, Ask
from negotiator.negotiation.responses import TRANSFER_WORDS
from negotiator.negotiation.thread import Round
from negotiator.output.rounds import answer_data
from negotiator.storage.database import LoadsFile
from negotiator.values.cells import text_from

_HAND_OVER = "I can't go on with this one myself. Let me hand you to a colleague."
_TAKEN_WORDS = "I'm sorry, that load is no longer available."
_AGAIN_WORDS = "Could you say that rate once more, please?"


async def negotiate(api: Api, given: Given) -> object:
    """Answer an ask: the call is that of the path, and the request ID that of the header."""
    try:
        ask = _ask(given, _offer(given.body))
        answer = await api.desk.write(lambda file: answer_ask(file, ask, api.source, clock=api.clock))
    except LoadNotFoundError as problem:
        return await _without_load(api, given.call_id, problem)
    except (ConflictError, OutlierError) as problem:
        raise _spoken(problem, api) from problem
    api.counters.asks[answer.decision] += 1
    return _answer(answer)


def _offer(body: dict[str, Any]) -> NegotiationOffer:
    return NegotiationOffer(**{field.name: body[field.name] for field in fields(NegotiationOffer)})


def _ask(given: Given, offer: NegotiationOffer) -> Ask:
    return parse_ask(
        given.call_id,
        offer.carrier_offer,
        _session_id(offer.session_id),
        notes=offer.notes,
        request_id=_request_id(given.request.headers.getlist(KEY_HEADER)),
    )


def _session_id(text: object) -> str | None:
    """Return the session that is named; one that is empty is none."""
    return text if isinstance(text, str) and text.strip() else None


def _request_id(headers: Sequence[str]) -> str | None:
    """Return what an Idempotency-Key holds, with or without its quotes; None without one.

    Raises InvalidRequestIDError when it is given in several ways.
    """
    found = {header.strip() for header in headers}
    if not found:
        return None
    if len(found) > 1:
        raise InvalidRequestIDError("the header is there more than once", "send one")
    key = found.pop()
    is_quoted = len(key) > 1 and key[0] == key[-1] == '"'
    return key[1:-1] if is_quoted else key


def _answer(answer: Answer) -> dict[str, object]:
    """Return the four keys of the older program, and ours."""
    return _four(
        answer.message,
        accepted=answer.accepted,
        should_transfer=answer.should_transfer,
        round_number=answer.round_number,
    ) | answer_data(answer)


def _four(
    response: str, *, accepted: bool = False, should_transfer: bool, round_number: int
) -> dict[str, object]:
    return {
        "accepted": accepted,
        "response": response,
        "should_transfer": should_transfer,
        "negotiation_round": round_number,
    }


async def _without_load(api: Api, call_id: int, problem: LoadNotFoundError) -> object:
    """Return what the older program says when a call has no load, or its load is gone."""

    def load_of(file: LoadsFile) -> str | None:
        found = file.one_row("SELECT load_id FROM main.calls WHERE id = ?", [call_id])
        return text_from(found and found["load_id"])

    load_id = await api.desk.read(load_of)
    words = "No active call or load found" if load_id is None else "Load not found"
    return _four(words, should_transfer=False, round_number=0) | {"code": problem.code}


def _spoken(problem: NegotiatorError, api: Api) -> Refusal:
    """Return a refusal that a client can go on from: what to say, and whether a person must take over."""
    refusal = refusal_of(problem, api.desk.path)
    if isinstance(problem, LoadTakenError):
        words, should_transfer = _TAKEN_WORDS, False
    elif isinstance(problem, BadInputError):
        words, should_transfer = _AGAIN_WORDS, False
    else:
        words, should_transfer = (
            TRANSFER_WORDS if isinstance(problem, ThreadTransferredError) else _HAND_OVER,
            True,
        )
    spoken = {"accepted": False, "response": words, "should_transfer": should_transfer}
    return Refusal(refusal.status, spoken | refusal.body)


async def session_negotiations(api: Api, given: Given) -> object:
    """Return the rounds of a session, oldest first."""
    session_id = str(given.path["session_id"])
    try:
        rounds = await api.desk.read(lambda file: history.session_history(file, session_id))
    except SessionNotFoundError:
        rounds = []
    if not rounds:
        raise _no_rounds(session_id)
    return _rounds(rounds)


async def call_negotiations(api: Api, given: Given) -> object:
    """Return the rounds of a call, oldest first; of an unknown one, none."""
    call_id, session_id = given.call_id, _session_id(given.query["session_id"])
    try:
        rounds = await api.desk.read(lambda file: history.call_history(file, call_id, session_id))
    except (CallNotFoundError, SessionNotFoundError):
        rounds = []
    return _rounds(rounds)


def _rounds(rounds: Sequence[Round]) -> list[dict[str, object]]:
    return [asdict(NegotiationResponse.of(done)) for done in rounds]


def _no_rounds(session_id: str) -> Refusal:
    detail = f"No negotiations found for session {session_id}"
    return Refusal(HTTPStatus.NOT_FOUND, {"detail": detail, "code": SessionNotFoundError.code})


_CALL = {"call_id": schemas.CALL_ID}
OPERATIONS = (
    Operation(
        "POST",
        "/api/calls/{call_id}/negotiate",
        negotiate,
        "Answer a carrier's ask",
        "Answer",
        parameters=_CALL,
        body="NegotiationOffer",
        body_fields=schemas.OFFER,
        problems=(404, 409, 413),
        about="An Idempotency-Key names the ask: sent again under that key it gets the answer on record, and"
        " no round is added. A refusal with 409, and one of an ask far from the posted rate, carries"
        " accepted, response and should_transfer too.",
    ),
    Operation(
        "GET",
        "/api/negotiations/session/{session_id}",
        session_negotiations,
        "The rounds of a session, oldest first",
        ["NegotiationResponse"],
        parameters={"session_id": schemas.SESSION_ID},
        problems=(404,),
    ),
    Operation(
        "GET",
        "/api/calls/{call_id}/negotiations",
        call_negotiations,
        "The rounds of a call, oldest first",
        ["NegotiationResponse"],
        parameters=_CALL,
        query=schemas.SESSION_FILTER,
        about="Of an unknown call there are none.",
    ),
)
