"""The app: each operation under its path, the document that describes them, and errors as JSON."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from negotiator.http import far
from negotiator.http.api import asks, calls, figures, loads
from negotiator.http.api.counters import Counters
from negotiator.http.api.docs import docs_page
from negotiator.http.api.endpoint import Api, Endpoint, as_response, refused
from negotiator.http.api.guarded import behind_the_key
from negotiator.http.api.openapi import document
from negotiator.http.api.problems import Refusal
from negotiator.http.desk import OpenDesk
from negotiator.http.keys import Keys
from negotiator.policy.terms import PolicySource
from negotiator.values import timestamps

OPERATIONS = (*asks.OPERATIONS, *calls.OPERATIONS, *loads.OPERATIONS, *figures.OPERATIONS)
"""All that can be asked of the server."""
_NOTHING_FROM_ELSEWHERE = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}


def create_app(
    desk: OpenDesk,
    keys: Keys,
    source: PolicySource,
    *,
    clock: Callable[[], datetime] = timestamps.utc_now,
) -> Starlette:
    """Return the app, which opens the desk when it starts and closes it when it ends.

    ``source`` says on which terms asks are decided where the file has no policy; ``clock`` gives aware
    datetimes.
    """
    api = Api(desk, keys, source, clock, Counters())

    @asynccontextmanager
    async def open_desk(_app: Starlette) -> AsyncIterator[None]:
        async with desk:
            yield

    by_path: dict[str, dict[str, Endpoint]] = {}
    for operation in OPERATIONS:
        by_path.setdefault(operation.path, {})[operation.method] = Endpoint(operation, api)
    routes = [Route(path, _ByMethod(found), methods=list(found)) for path, found in by_path.items()]
    return Starlette(
        routes=[*routes, *behind_the_key(far.routes(api), api), *_documentation()],
        lifespan=open_desk,
        exception_handlers={HTTPException: _as_json, Exception: _unexpected},
    )


class _ByMethod:
    """Serves a path: one route for all its methods, so that a 405 names each of them."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self._endpoints[method](scope, receive, send)


def _documentation() -> list[Route]:
    described = as_response(document(OPERATIONS))
    page = Response(docs_page(document(OPERATIONS)), media_type="text/html", headers=_NOTHING_FROM_ELSEWHERE)
    return [
        Route("/openapi.json", described, methods=["GET"]),
        Route("/docs", page, methods=["GET"]),
        Route("/redoc", page, methods=["GET"]),
    ]


async def _as_json(_request: Request, problem: Exception) -> Response:
    """Return what is answered when there is no such route, or none with this method."""
    status = HTTPStatus(problem.status_code) if isinstance(problem, HTTPException) else HTTPStatus.NOT_FOUND
    headers = dict(problem.headers or {}) if isinstance(problem, HTTPException) else {}
    response = refused(Refusal(status, {"detail": " ".join(map(str.capitalize, status.phrase.split()))}))
    response.headers.update(headers)
    return response


async def _unexpected(_request: Request, _problem: Exception) -> Response:
    return refused(Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, {"detail": "Internal Server Error"}))
