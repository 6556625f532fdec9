"""Requests to the server: sent again when the connection is lost, and its errors raised again here."""

import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ssl import SSLCertVerificationError
from typing import Any, Self
from urllib.parse import urlencode

from negotiator import errors
from negotiator.errors import InvalidSettingError, NegotiatorError, Remedy
from negotiator.remote.address import KEY, URL, Address
from negotiator.values.settings import number_from

_DEFAULT_WAIT_SECONDS = 30.0
_ANSWER_SECONDS = 90.0
"""How long an answer is waited for: the server itself waits for a lock, and for its turn."""
_CONNECT_SECONDS = 10.0
_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_LONGEST_ANSWER = 1 << 28


class ServerUnreachableError(errors.BusyError):
    """The server was not reached, or stayed busy, for the whole wait."""

    code = "server_unreachable"


class ServerError(NegotiatorError):
    """What answered is no server of ours, or one that failed."""

    exit_code = 5
    code = "server_failed"


class _Again(Exception):  # noqa: N818 - no error yet: the request is sent again while there is time
    """The request can be sent again, after so many seconds if the server said so."""

    def __init__(self, problem: NegotiatorError, seconds: float | None = None) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.seconds = seconds


class Client:
    """One connection to the server. What is sent twice is done once: each ask has a request ID."""

    def __init__(self, address: Address, wait_seconds: float) -> None:
        """Connect when the first request is made; try for so many seconds in all."""
        self._address = address
        self._wait = wait_seconds
        kind = HTTPSConnection if address.is_https else HTTPConnection  # certificates are checked
        self._connection = kind(address.host, address.port, timeout=_CONNECT_SECONDS)

    @classmethod
    @contextmanager
    def open(cls, address: Address, environ: Mapping[str, str]) -> Iterator[Self]:
        """Give a client, and close its connection at the end. Raises InvalidSettingError."""
        seconds = number_from(environ, "NEGOTIATOR_BUSY_TIMEOUT")
        client = cls(address, _DEFAULT_WAIT_SECONDS if seconds is None else float(seconds))
        try:
            yield client
        finally:
            client._connection.close()

    def get(self, route: str, **query: str | None) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return what a route answers. Raises the error it answers with, or that there is no answer."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._patiently("GET", f"{route}?{urlencode(given)}", None)

    def post(self, route: str, body: object) -> Any:  # noqa: ANN401 - as above
        """Return what a route answers to JSON. Raises what `get` does."""
        return self._patiently("POST", route, json.dumps(body).encode())

    def _patiently(self, method: str, route: str, body: bytes | None) -> Any:  # noqa: ANN401 - as above
        began, pause = time.monotonic(), _PAUSE_SECONDS
        while True:
            try:
                return self._once(method, route, body)
            except _Again as again:
                self._connection.close()
                seconds = again.seconds or pause * random.uniform(0.5, 1)  # noqa: S311 - so that many do not come at once
                if time.monotonic() - began + seconds > self._wait:
                    raise again.problem from again.__cause__
                time.sleep(seconds)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _once(self, method: str, route: str, body: bytes | None) -> Any:  # noqa: ANN401 - as above
        headers = {"X-API-Key": self._address.key, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            if self._connection.sock is None:
                self._connection.connect()
                if self._connection.sock is not None:
                    self._connection.sock.settimeout(_ANSWER_SECONDS)
            self._connection.request(method, f"{self._address.path}/api/cli/{route}", body, headers)
            response = self._connection.getresponse()
            content = response.read(_LONGEST_ANSWER)
        except SSLCertVerificationError as problem:
            raise ServerError(
                f"{self._named} cannot be trusted: {problem.verify_message}",
                "check its certificate, and this machine's clock",
            ) from problem
        except (OSError, HTTPException) as problem:
            lost = ServerUnreachableError(
                f"{self._named} cannot be reached: {_reason(problem)}", f"check {URL}, or try again"
            )
            raise _Again(lost) from problem
        return self._said(response, content)

    @property
    def _named(self) -> str:
        port = "" if self._address.port is None else f":{self._address.port}"
        return f"the server at {self._address.host}{port}"

    def _said(self, response: HTTPResponse, content: bytes) -> Any:  # noqa: ANN401 - as above
        """Return the content of an answer, or raise what it means."""
        status, said = response.status, _decoded(content)
        error = said.get("error") if isinstance(said, dict) else None
        problem = raised_again(error) if isinstance(error, dict) else None
        match status:
            case HTTPStatus.OK if isinstance(said, dict):
                return said
            case HTTPStatus.UNAUTHORIZED:
                raise InvalidSettingError(f"{self._named} does not take the key", f"check {KEY}")
            case HTTPStatus.SERVICE_UNAVAILABLE | HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.BAD_GATEWAY:
                if problem is not None and not isinstance(problem, errors.BusyError):
                    raise problem
                busy = ServerUnreachableError(f"{self._named} is busy, or stopping", "try again")
                raise _Again(problem or busy, _seconds(response.getheader("Retry-After")))
            case _ if problem is not None:
                raise problem
            case _ if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
                place = (response.getheader("Location") or "elsewhere")[:200]
                raise ServerError(
                    f"{self._named} points to {place!r}, where the key is not sent",
                    f"set {URL} to where it is",
                )
        raise ServerError(
            f"{self._named} answers with {status}", f"check {URL}: is it `serve` of this program?"
        )


def _reason(problem: Exception) -> object:
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__


def _decoded(content: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _seconds(header: str | None) -> float | None:
    return min(float(header), _LONGEST_PAUSE_SECONDS) if header and header.isdecimal() else None


def raised_again(said: Mapping[str, Any]) -> NegotiatorError:
    """Return the error that a server answered with, of the class that it has here."""
    message, hint = str(said.get("message", "")), str(said.get("hint") or "")
    remedy = said.get("remedy")
    known = Remedy(remedy) if remedy in set(Remedy) else None
    facts = said.get("facts") if isinstance(said.get("facts"), dict) else {}
    for kind in _kinds(NegotiatorError):
        if kind.code == said.get("code") and not _has_own_words(kind):
            return kind(message, hint, remedy=known, **(facts or {}))
    other = ServerError(message, hint)
    if isinstance(said.get("exit_code"), int):
        other.exit_code = said["exit_code"]
    return other


def _kinds(kind: type[NegotiatorError]) -> Iterator[type[NegotiatorError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


def _has_own_words(kind: type[NegotiatorError]) -> bool:
    return kind.__init__ is not NegotiatorError.__init__
