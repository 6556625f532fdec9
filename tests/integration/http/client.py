"""A client that calls the app directly: no socket, no library."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

from negotiator.http.app import create_app
from negotiator.http.desk import OpenDesk
from negotiator.http.keys import Keys
from negotiator.policy.terms import PolicySource
from tests.conftest import NOW

KEY = "a-key-for-the-tests"
WITH_KEY = {"X-API-Key": KEY}


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The body, as JSON."""
        return json.loads(self.raw)


class Client:
    """Asks the app about a file, one request after another or many at once."""

    def __init__(self, path: Path, app: ASGIApp | None = None) -> None:
        """Ask about this file."""
        self._path = path
        self._app = app

    def ask(self, method: str, url: str, body: object = None, **headers: str) -> Reply:
        """Ask once, with the key."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.all((method, url, body, WITH_KEY | named))[0]

    def raw(self, method: str, url: str, body: bytes, headers: Mapping[str, str] = WITH_KEY) -> Reply:
        """Ask once, with a body as it is."""
        return self.all((method, url, body, headers))[0]

    def all(self, *requests: tuple[str, str, object, Mapping[str, str]]) -> list[Reply]:
        """Ask all of these at the same time."""
        return asyncio.run(self._all(requests))

    async def _all(self, requests: tuple[tuple[str, str, object, Mapping[str, str]], ...]) -> list[Reply]:
        desk = OpenDesk(self._path)
        app = self._app or create_app(desk, Keys([KEY]), PolicySource.from_environment({}), clock=lambda: NOW)
        async with desk:
            return await asyncio.gather(*(_one(app, *request) for request in requests))


async def _one(app: ASGIApp, method: str, url: str, body: object, headers: Mapping[str, str]) -> Reply:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    parts = urlsplit(url)
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))
