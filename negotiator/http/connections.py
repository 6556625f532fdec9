"""Connections of clients: each has so long for its headers and its body, and there are only so many."""

import asyncio
import socket
from typing import Any, ClassVar, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_BODY = b'{"detail":"The request came too slowly"}'
_TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


class Patience(NamedTuple):
    """How long a client may take, seconds, and how many may be connected."""

    headers: float = 10
    body: float = 20
    answer: float = 120
    """From the end of the request until the answer is read: longer than a locked file is waited for."""
    connections: int = 4096


class Crowd:
    """The connections of a server, and those among them that have sent no whole request."""

    def __init__(self, patience: Patience) -> None:
        """Begin with none."""
        self.patience = patience
        self.all = 0
        self.unheard: dict[Connection, None] = {}  # the oldest first

    def make_room(self) -> None:
        """Close the connection that has been longest without a whole request, if there are too many."""
        if self.all > self.patience.connections and self.unheard:
            next(iter(self.unheard)).give_up()


class Connection(HttpToolsProtocol):
    """A connection that is closed when its client is too slow, or keeps others out."""

    crowd: ClassVar[Crowd]
    _deadline: asyncio.TimerHandle | None = None
    _counted = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class
        """Begin to wait for a request."""
        super().connection_made(transport)
        _send_at_once(transport)
        self.crowd.all += 1
        self._counted = True
        self._wait_for_request()
        self.crowd.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait(None)
        self.crowd.unheard.pop(self, None)
        self.crowd.all -= self._counted
        self._counted = False
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came. After an answer, the first byte begins the next request's time."""
        if self._is_between_requests() and self not in self.crowd.unheard:
            self._wait_for_request()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Begin to wait for the body."""
        super().on_headers_complete()
        self._wait(self.crowd.patience.body)

    def on_message_complete(self) -> None:
        """Wait for the answer to be read: the client has said what it wants."""
        super().on_message_complete()
        self.crowd.unheard.pop(self, None)
        self._wait(self.crowd.patience.answer)

    def on_response_complete(self) -> None:
        """Leave the connection to the server's own limit for idle ones, unless more was sent already."""
        super().on_response_complete()
        if self._is_between_requests() and self not in self.crowd.unheard:
            self._wait(None)

    def give_up(self) -> None:
        """Close the connection; a client that is in the midst of its request is told why."""
        self._wait(None)
        self.crowd.unheard.pop(self, None)
        if self._is_between_requests() or not self.cycle.response_started:
            self.transport.write(_TOO_SLOW)
        self.transport.abort() if self._is_writing() else self.transport.close()

    def _wait_for_request(self) -> None:
        self.crowd.unheard[self] = None
        self._wait(self.crowd.patience.headers)

    def _wait(self, seconds: float | None) -> None:
        """Close the connection after so many seconds, None for never, in place of what was set before."""
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self.give_up)

    def _is_between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _is_writing(self) -> bool:
        """Whether the client does not read what was sent."""
        return self.transport.get_write_buffer_size() > 0


def _send_at_once(transport: asyncio.Transport) -> None:
    """Let the body of an answer not wait until its headers are acknowledged, which takes 40 ms.

    asyncio sees to that only for sockets that name their protocol, which one that is handed over need not.
    """
    connected = transport.get_extra_info("socket")
    if connected is not None and connected.family != socket.AF_UNIX:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def connections(patience: Patience) -> type[Any]:
    """Return the class of the connections of one server."""
    return type("CrowdedConnection", (Connection,), {"crowd": Crowd(patience)})
