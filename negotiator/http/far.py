"""The routes behind the command line far away: asks, histories, and which session is meant.

Its own client calls them, of the same version or an older one: keys are added and never taken away.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from negotiator.errors import REFUSALS, BadInputError, InvalidAskError, NegotiatorError
from negotiator.http.api.endpoint import Api, refused
from negotiator.http.api.fields import UnusableRequestError
from negotiator.http.api.json_body import json_object
from negotiator.http.api.problems import Refusal, refusal_of
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.negotiation.history import call_history, session_history
from negotiator.negotiation.models import Answer, Ask
from negotiator.negotiation.session_choice import choose_session
from negotiator.output import contract
from negotiator.output.formats import json_line
from negotiator.output.rounds import answer_data, answer_pairs, notice_facts
from negotiator.storage.database import LoadsFile

MOST_ASKS = 1_000
"""How many asks a request may have: they share a transaction."""
_KEYS = {"call_id", "carrier_offer", "session_id", "notes", "request_id", "allow_outlier"}
_SHOWN_ROUND = (*contract.ROUND, "decided_by")
_STATUS = {2: 422, 3: 404, 4: 409}  # by exit code; all else is the server's matter


def routes(api: Api) -> list[Route]:
    """Return the routes, which are in no document: they are for one client."""
    desk = api.desk

    async def asks(request: Request) -> Response:
        given = await json_object(request)
        asked, dry_run = given.get("asks"), given.get("dry_run") is True
        if not isinstance(asked, list) or not 1 <= len(asked) <= MOST_ASKS:
            raise InvalidAskError("the request has no asks, or too many", f"send 1 to {MOST_ASKS}")
        parsed = [_parsed(ask) for ask in asked]

        def answer_all(file: LoadsFile) -> list[dict[str, object]]:
            return [_reply(file, ask, api, record=not dry_run) for ask in parsed]

        replies = await (desk.read(answer_all) if dry_run else desk.write(answer_all))
        return _json({"replies": replies})

    async def session(request: Request) -> Response:
        given = await json_object(request)
        typed, call_id = given.get("typed"), given.get("call_id")
        if not isinstance(typed, str) or not isinstance(call_id, str | None):
            raise BadInputError("the request names no session", "send what was typed")
        return _json({"session_id": await desk.read(lambda file: choose_session(file, typed, call_id))})

    async def rounds(request: Request) -> Response:
        call_id, typed = request.query_params.get("call_id"), request.query_params.get("session")

        def read(file: LoadsFile) -> list[dict[str, object]]:
            chosen = None if typed is None else choose_session(file, typed, call_id)
            if call_id is not None:
                found = call_history(file, call_id, chosen)
            else:
                found = session_history(file, chosen or "")
            return [contract.data(row, _SHOWN_ROUND) for row in found]

        return _json({"rounds": await desk.read(read)})

    handlers = [("asks", "POST", asks), ("session", "POST", session), ("rounds", "GET", rounds)]
    return [
        Route(f"/api/cli/{name}", _saying_errors(api, handler), methods=[method])
        for name, method, handler in handlers
    ]


def _saying_errors(api: Api, handler: Callable[[Request], Any]) -> Callable[..., Any]:
    """Return the handler, whose errors are answers that the client can raise again."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)  # type: ignore[no-any-return] # each of ours returns one
        except NegotiatorError as problem:
            status = _STATUS.get(problem.exit_code, 503)
            headers = {"retry-after": "1"} if status == 503 else None  # noqa: PLR2004 - of HTTP
            return _json({"error": error_data(problem, api.desk.path)}, status, headers)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
        except (Refusal, UnusableRequestError) as problem:
            return refused(refusal_of(problem, api.desk.path))

    return handle


def _parsed(given: object) -> Ask | NegotiatorError:
    """Return an ask, or why it is none. An amount is a text: a fraction of a cent is to be refused as one."""
    if not isinstance(given, Mapping) or not given.keys() <= _KEYS:
        return InvalidAskError("an ask has other keys than are known here", "update the server")
    if not isinstance(given.get("allow_outlier", False), bool):
        return InvalidAskError("allow_outlier is neither true nor false")
    try:
        return parse_ask(given.get("call_id"), given.get("carrier_offer"), **_rest(given))  # type: ignore[arg-type] # it checks them
    except NegotiatorError as problem:
        return problem


def _rest(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key not in {"call_id", "carrier_offer"}}


def _reply(file: LoadsFile, ask: Ask | NegotiatorError, api: Api, *, record: bool) -> dict[str, object]:
    """Return the reply to an ask: its refusal leaves the others of the request."""
    if isinstance(ask, NegotiatorError):
        return {"error": error_data(ask, file.path)}
    try:
        return _answered(answer_ask(file, ask, api.source, clock=api.clock, record=record))
    except REFUSALS as problem:
        return {"error": error_data(problem, file.path)}


def _answered(answer: Answer) -> dict[str, object]:
    return {
        "answer": answer_data(answer),
        "shown": answer_pairs(answer),
        "notices": notice_facts(answer),
        "answered_before": answer.ruling is None,
    }


def error_data(problem: NegotiatorError, path: object) -> dict[str, object]:
    """Return an error as the client raises it again; the file has no path there."""
    return {
        "code": problem.code,
        "exit_code": problem.exit_code,
        "message": problem.message.replace(repr(str(path)), "the server's file"),
        "hint": problem.hint,
        "remedy": None if "path" in problem.facts else problem.remedy,
        "facts": {name: str(fact) for name, fact in problem.facts.items() if name != "path"},
    }


def _json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(json_line(value), status, headers, "application/json")
