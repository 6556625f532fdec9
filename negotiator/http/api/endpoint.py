"""A route, from the request to the answer: the key first, then path, query and body, then the handler."""

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from negotiator.http.api.counters import Counters
from negotiator.http.api.fields import Schema, read_fields
from negotiator.http.api.json_body import json_object
from negotiator.http.api.problems import KEY_HEADER, Refusal, refusal_of
from negotiator.http.desk import OpenDesk
from negotiator.http.keys import Keys
from negotiator.policy.terms import PolicySource

_LOGGER = logging.getLogger("negotiator.http")
_NONE: Schema = {}
INVALID_KEY = {"detail": "Invalid API key"}
"""What is answered to who has no key."""


class Api(NamedTuple):
    """What the routes work on.

    ``clock`` gives aware datetimes; ``source`` says on which terms asks are decided.
    """

    desk: OpenDesk
    keys: Keys
    source: PolicySource
    clock: Callable[[], datetime]
    counters: Counters


class Given(NamedTuple):
    """What a request gave: the values of the route's fields, and the request itself."""

    path: dict[str, object]
    query: dict[str, object]
    body: dict[str, object]
    request: Request

    @property
    def call_id(self) -> int:
        """The call that the path names."""
        number = self.path["call_id"]
        assert isinstance(number, int)  # noqa: S101 - the route's field is a whole number
        return number


Handler = Callable[[Api, Given], Awaitable[object]]


class Operation(NamedTuple):
    """A route: what it takes, what it answers with, and what does it.

    ``answer`` names the schema of what is sent, in a list of one it is a list of them. ``problems`` are the
    statuses that it may answer with besides, apart from those of every route.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    answer: str | list[str]
    parameters: Schema = _NONE
    query: Schema = _NONE
    body: str | None = None
    body_fields: Schema = _NONE
    problems: tuple[int, ...] = ()
    needs_key: bool = True
    about: str = ""


class Endpoint:
    """Serves an operation."""

    def __init__(self, operation: Operation, api: Api) -> None:
        """Work on what the routes work on."""
        self._operation = operation
        self._api = api
        self._places = {
            **dict.fromkeys(operation.parameters, "path"),
            **dict.fromkeys(operation.query, "query"),
            KEY_HEADER: "header",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        began = time.perf_counter()
        response = await self._response(Request(scope, receive))
        seconds = time.perf_counter() - began
        self._api.counters.count(self._operation.method, self._operation.path, response.status_code, seconds)
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        try:
            return as_response(await self._answer(request))
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it
        except Exception as problem:
            refusal = refusal_of(problem, self._api.desk.path, self._places)
            if refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                _LOGGER.exception("unexpected")
            return refused(refusal)

    async def _answer(self, request: Request) -> object:
        operation = self._operation
        if operation.needs_key and not self._api.keys.let_in(request.headers.get("x-api-key")):
            raise Refusal(HTTPStatus.UNAUTHORIZED, INVALID_KEY)
        path = _read(operation.parameters, request.path_params, "path")
        query = _read(operation.query, request.query_params, "query")
        body: dict[str, object] = {}
        if operation.body is not None:
            body = _read(operation.body_fields, await json_object(request), "body")
        return await operation.handler(self._api, Given(path, query, body, request))


def _read(schema: Schema, given: Mapping[str, object], place: str) -> dict[str, object]:
    return read_fields(schema, given, place) if schema else {}


def as_response(answer: object) -> Response:
    """Return what is sent for a handler's answer: a response as it is, all else as JSON."""
    return answer if isinstance(answer, Response) else Response(_json(answer), media_type="application/json")


def refused(refusal: Refusal) -> Response:
    """Return what is sent for a refusal."""
    return Response(_json(refusal.body), refusal.status, refusal.headers, "application/json")


def _plain(value: object) -> object:
    """Return what JSON holds for a value: times are UTC and name no zone, as the older program has them."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return str(value)


_ENCODER = json.JSONEncoder(allow_nan=False, separators=(",", ":"), default=_plain)


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()
