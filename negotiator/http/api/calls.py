"""The routes of calls and carriers: a call begun, shown, ended; a carrier shown."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from negotiator.carriers.directory import carrier_detail
from negotiator.carriers.models import CarrierDetail
from negotiator.carriers.status import StatusMeaning, meaning_of_status
from negotiator.conversations import calls
from negotiator.conversations.models import CallDetail
from negotiator.conversations.states import CallOutcome, Sentiment
from negotiator.errors import CarrierNotFoundError, CarrierRefusedError, InvalidCarrierError
from negotiator.http.api import schemas
from negotiator.http.api.endpoint import Api, Given, Operation
from negotiator.http.api.loads import loads_for_a_call
from negotiator.http.api.problems import Refusal
from negotiator.storage.database import LoadsFile
from negotiator.values.mc_number import carrier_number


async def validate_carrier(api: Api, given: Given) -> object:
    """Start a call with a carrier, unless it must not be used. No outside service is asked."""
    number, load_id = str(given.body["carrier_mc_number"]), given.body["load_id"]
    about = load_id if isinstance(load_id, str) and load_id.strip() else None
    carrier_number(number)
    started = await api.desk.write(lambda file: _start(file, number, about, api.clock()))
    if isinstance(started, Refusal):
        raise started
    return started


def _start(file: LoadsFile, number: str, load_id: str | None, now: datetime) -> dict[str, object] | Refusal:
    """Return what is answered. A refusal is returned too: what is raised in the writer is about the file."""
    known = _known(file, number, now)
    if known is not None and known.barred is not None:
        status = known.status if meaning_of_status(known.status) is StatusMeaning.FORBIDS else "blocked"
        detail = f"Carrier {number} is not eligible (Status: {status})"
        return Refusal(HTTPStatus.BAD_REQUEST, {"detail": detail, "code": CarrierRefusedError.code})
    call_id = calls.start_call(file, load_id=load_id, carrier=number, as_spoken=True, now=now).call_id
    is_verified = known is not None and _is_verified(known)
    name = known.company_name if known else None
    verified = f"Welcome {name or number}! Your MC number has been verified."
    return {
        "success": True,
        "message": verified if is_verified else "Welcome! A colleague will verify your MC number.",
        "call_id": call_id,
        "carrier_verified": is_verified,
    }


def _known(file: LoadsFile, number: str, now: datetime) -> CarrierDetail | None:
    try:
        return carrier_detail(file, number, now=now)
    except CarrierNotFoundError:
        return None


def _is_verified(carrier: CarrierDetail) -> bool:
    """Return whether the file says that it may haul: that it has rung before says nothing."""
    is_allowed = meaning_of_status(carrier.status) is StatusMeaning.ALLOWS
    return carrier.is_verified or (carrier.status is not None and is_allowed)


async def show_call(api: Api, given: Given) -> object:
    """Return a call."""
    found = await api.desk.read(lambda file: calls.show_call(file, given.call_id))
    shown: dict[str, object] = {name: getattr(found, name) for name in schemas.CALL}
    return shown | {"negotiation_rounds": found.negotiation_rounds or 0}


async def call_loads(api: Api, given: Given) -> object:
    """Return what can be offered on a call: the dearest loads that are available."""

    def offered(file: LoadsFile) -> list[dict[str, object]]:
        with file.read():
            calls.show_call(file, given.call_id)
            return loads_for_a_call(file)

    return await api.desk.read(offered)


async def end_call(api: Api, given: Given) -> object:
    """Record how a call ended; without an outcome it is as its last round left it."""
    await api.desk.write(lambda file: _end(file, given.call_id, given.body, api.clock()))
    return {"message": "Call ended successfully"}


def _end(file: LoadsFile, call_id: int, given: dict[str, Any], now: datetime) -> CallDetail:
    with file.write():
        outcome = given["outcome"] or calls.show_call(file, call_id).outcome
        known = outcome if outcome in tuple(CallOutcome) else CallOutcome.NEGOTIATING
        sentiment = given["sentiment"]
        return calls.end_call(
            file,
            call_id,
            outcome=CallOutcome(known),
            sentiment=None if sentiment is None else Sentiment(sentiment),
            notes=given["notes"] or None,
            now=now,
        )


async def show_carrier(api: Api, given: Given) -> object:
    """Return a carrier by its MC number, however it is spelled."""
    number = str(given.path["mc_number"])
    try:
        found = await api.desk.read(lambda file: carrier_detail(file, number, now=api.clock()))
    except InvalidCarrierError as problem:
        raise CarrierNotFoundError(problem.message) from problem
    return {name: getattr(found, name) for name in schemas.CARRIER}


_CALL = {"call_id": schemas.CALL_ID}
OPERATIONS = (
    Operation(
        "POST",
        "/api/validate_mc",
        validate_carrier,
        "Start a call with a carrier, if it may be used",
        "CallStarted",
        body="CallStart",
        body_fields=schemas.CALL_START,
        problems=(400, 404, 413),
        about="No outside service is asked: the carrier's status, and the desk's blocks, are those of the"
        " file. A carrier that it does not know gets a call too, and carrier_verified is false.",
    ),
    Operation(
        "GET",
        "/api/calls/{call_id}",
        show_call,
        "A call",
        "CallResponse",
        parameters=_CALL,
        problems=(404,),
    ),
    Operation(
        "GET",
        "/api/calls/{call_id}/loads",
        call_loads,
        "Up to five available loads, the dearest first",
        ["LoadResponse"],
        parameters=_CALL,
        problems=(404,),
    ),
    Operation(
        "POST",
        "/api/calls/{call_id}/end",
        end_call,
        "Record how a call ended",
        "Message",
        parameters=_CALL,
        body="CallUpdate",
        body_fields=schemas.CALL_UPDATE,
        problems=(404, 409, 413),
    ),
    Operation(
        "GET",
        "/api/carriers/{mc_number}",
        show_carrier,
        "A carrier",
        "CarrierResponse",
        parameters={"mc_number": schemas.CARRIER_NUMBER},
        problems=(404,),
    ),
)
