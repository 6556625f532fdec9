"""Run an app until the process is told to stop, and finish what is in flight then."""

import gc
import resource
import signal
from collections.abc import Sequence
from contextlib import suppress
from socket import socket
from types import FrameType
from typing import NoReturn

import uvicorn

from negotiator.http.connections import Patience, connections
from negotiator.http.listening import spelled
from negotiator.http.logs import App, RequestLog, begin, say

_IDLE_SECONDS = 5
_FINISH_SECONDS = 30
_BACKLOG = 256  # as many connections are accepted at a time, before one of them can be closed
_FILES_OF_OUR_OWN = 64 + _BACKLOG  # connections to the file, its side files, the log


def run(app: App, listening: Sequence[socket], patience: Patience, *, as_json: bool) -> None:
    """Serve until SIGTERM or SIGINT, then take nothing more in, finish what is in flight, and return.

    Raises SystemExit(0) after SIGTERM, KeyboardInterrupt after SIGINT, SystemExit(3) when the app did not
    start.
    """
    gc.enable()  # a command does without, for its short life
    begin(as_json=as_json)
    most = min(patience.connections, _files_that_may_be_open() - _FILES_OF_OUR_OWN)
    config = uvicorn.Config(
        RequestLog(app),
        http=connections(patience._replace(connections=most)),
        backlog=_BACKLOG,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_FINISH_SECONDS,
    )
    before = signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again when all is finished
    try:
        say("listening", at=", ".join(map(spelled, listening)))
        uvicorn.Server(config).run(sockets=list(listening))
    finally:
        signal.signal(signal.SIGTERM, before)
        for each in listening:
            each.close()
        say("stopped")


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _files_that_may_be_open() -> int:
    """Return how many files this process may have open, after raising that as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return soft
