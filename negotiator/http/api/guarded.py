"""Routes of other parts of the server, behind the same key and the same kind of limit."""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from negotiator.http.api.endpoint import INVALID_KEY, Api, refused
from negotiator.http.api.json_body import too_large
from negotiator.http.api.problems import Refusal

_LARGEST = 16 * 1024 * 1024  # bytes: more than a thousand asks with long notes


def behind_the_key(routes: Iterable[Route], api: Api) -> list[Route]:
    """Return routes that let in who has a key, and no larger body."""
    return [
        Route(route.path, _Guarded(route.app, api), methods=sorted(route.methods or ())) for route in routes
    ]


class _Guarded:
    def __init__(self, app: ASGIApp, api: Api) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if not self._api.keys.let_in(headers.get(b"x-api-key", b"").decode("latin-1")):
            refusal = Refusal(HTTPStatus.UNAUTHORIZED, INVALID_KEY)
            await refused(refusal)(scope, receive, send)
            return
        size = 0

        async def receive_so_much() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > _LARGEST:
                raise too_large(_LARGEST)
            return message

        try:
            await self._app(scope, receive_so_much, send)
        except Refusal as refusal:
            await refused(refusal)(scope, receive, send)
