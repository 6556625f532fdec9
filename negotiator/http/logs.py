"""What the server says on stderr: a line for each request with its ID, as text or as JSON."""

import json
import logging
import re
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from starlette.requests import ClientDisconnect

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOGGER = logging.getLogger("negotiator.http")
_USABLE_ID = re.compile(rb"[A-Za-z0-9_.:-]{1,64}")
_CLIENT_LEFT = 499  # as nginx has it in its log: nobody was there to be answered
_SERVER_ERRORS = 500


class _Lines(logging.Formatter):
    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts: dict[str, object] = getattr(record, "facts", {})
        said: dict[str, object] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **facts,
        }
        if record.exc_info:
            said["exception"] = self.formatException(record.exc_info)
        if self._as_json:
            return json.dumps(said, default=str)
        line = " ".join([str(said["time"]), str(said["level"]), str(said["message"])])
        line += "".join(f" {name}={_one_line(fact)}" for name, fact in facts.items())
        return line + (f"\n{said['exception']}" if record.exc_info else "")


def _one_line(fact: object) -> str:
    """Return a fact without blanks or control characters: nobody adds a line to the log."""
    text = str(fact)
    return text if text.isprintable() and " " not in text else json.dumps(text)


def begin(*, as_json: bool) -> None:
    """Let the server, and what it is made of, write to stderr, as JSON or as text."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(as_json=as_json))
    for name, level in (("negotiator.http", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def say(message: str, **facts: object) -> None:
    """Write a line about the server itself."""
    _LOGGER.info(message, extra={"facts": facts})


class RequestLog:
    """Gives each request an ID, its client's own if it is usable, answers with it, and writes a line."""

    def __init__(self, app: App) -> None:
        """Wrap an app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, and say how that went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        request_id = next(
            (value.decode() for name, value in scope["headers"] if _names_request(name, value)), ""
        ) or token_hex(8)
        scope["request_id"] = request_id

        async def send_with_id(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            status = _CLIENT_LEFT  # whatever was to be sent
        finally:
            _LOGGER.log(
                logging.ERROR if not status or status >= _SERVER_ERRORS else logging.INFO,
                "request",
                extra={
                    "facts": {
                        "request_id": request_id,
                        "client": (scope.get("client") or ["-"])[0],
                        "method": scope["method"],
                        "path": scope["path"],
                        "status": status,
                        "milliseconds": round((time.perf_counter() - began) * 1000, 1),
                    }
                },
            )


def _names_request(name: bytes, value: bytes) -> bool:
    return name == b"x-request-id" and _USABLE_ID.fullmatch(value) is not None
