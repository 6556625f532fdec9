"""Litestream, asked over its control socket to copy what was committed, and waited for."""

import json
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_UNIX, socket
from threading import Lock
from typing import Any

from negotiator.errors import BusyError
from negotiator.http.logs import say

_WAIT_SECONDS = 5.0
_WAIT_WHEN_AWAY_SECONDS = 1.0
_PAUSE_SECONDS = 0.05
_NO_LIMIT = -1
"""The time limit of Litestream's own, which would be 30 s if none was given.

With one that is above zero, 0.5.17 ends with the request the transaction in which it reads, and with that the
lock that keeps other programs from emptying the log before it is copied.
"""


class NotCopiedError(BusyError):
    """What was asked is on record here, and perhaps nowhere else: Litestream did not copy it in time."""

    code = "not_copied"


class Litestream:
    """Copies a file as often as it is called, and returns when all that was committed before is copied.

    A Litestream that was stopped is waited for, so that it can be restarted; once it stayed away for the
    whole wait, it is tried once each time until it is back.
    """

    def __init__(self, control: Path, path: Path, seconds: float = _WAIT_SECONDS) -> None:
        """Connect to nothing yet. ``seconds`` is how long is waited for one copy."""
        self._control = control
        self._path = path
        self._seconds = seconds
        self._connection: _Connection | None = None
        self._name = ""  # under which Litestream knows the file
        self._is_away = False
        self._one_at_a_time = Lock()

    def __call__(self) -> None:
        """Have all that is committed copied. Raises NotCopiedError."""
        with self._one_at_a_time:
            self._copy()

    def close(self) -> None:
        """Close the connection; a further call opens it again."""
        with self._one_at_a_time:
            self._disconnect()

    def _copy(self) -> None:
        seconds = min(self._seconds, _WAIT_WHEN_AWAY_SECONDS) if self._is_away else self._seconds
        deadline = time.monotonic() + seconds
        while (fault := self._tried(deadline)) is not None:
            if self._is_away or time.monotonic() + _PAUSE_SECONDS > deadline:
                self._note(away=True, said=fault)
                raise NotCopiedError(
                    "it is on record, and not copied elsewhere yet",
                    "send it again in a moment: it gets the same answer as soon as that is copied",
                    fault=fault,
                )
            time.sleep(_PAUSE_SECONDS)
        self._note(away=False)

    def _note(self, *, away: bool, said: str = "") -> None:
        """Remember whether Litestream stays away, and say so when that changes; clients are not told why."""
        if away and not self._is_away:
            say("not copied: answers wait", litestream=said)
        elif self._is_away and not away:
            say("copied again")
        self._is_away = away

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _tried(self, deadline: float) -> str | None:
        """Return what is wrong, None when all is copied."""
        try:
            answer = self._asked(
                "POST", "/sync", deadline, path=self._known(deadline), wait=True, timeout=_NO_LIMIT
            )
            if answer["replicated_txid"] >= answer["txid"] > 0:
                return None
        except (OSError, HTTPException) as problem:
            fault = f"does not answer ({getattr(problem, 'strerror', None) or problem or 'it was stopped'})"
        except (KeyError, TypeError, ValueError) as problem:
            fault = str(problem)
        else:
            fault = "is not done"
        self._disconnect()
        return fault

    def _known(self, deadline: float) -> str:
        """Return the name under which Litestream knows the file. Raises ValueError when it does not."""
        if self._connection is None:
            listed = self._asked("GET", "/list", deadline)["databases"]
            names = [name for item in listed if _is_same(Path(name := item["path"]), self._path)]
            if not names:
                raise ValueError(f"does not copy {str(self._path)!r}")
            self._name = names[0]
        return self._name

    def _asked(self, method: str, route: str, deadline: float, **body: object) -> dict[str, Any]:
        """Return what Litestream answers. Raises ValueError with its words when it refuses, OSError."""
        if self._connection is None:
            self._connection = _Connection(self._control)
        self._connection.limit(max(deadline - time.monotonic(), _PAUSE_SECONDS))
        self._connection.request(method, route, json.dumps(body))
        response = self._connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
        if "error" in answer:
            raise ValueError(f"says {answer['error']!r}")
        return answer


class _Connection(HTTPConnection):
    """HTTP on a socket of this machine."""

    def __init__(self, control: Path) -> None:
        super().__init__("localhost")
        self._control = control

    def connect(self) -> None:
        """Connect, with the time limit that was set."""
        self.sock = socket(AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._control))

    def limit(self, seconds: float) -> None:
        """Wait so long for each step."""
        self.timeout = seconds
        if self.sock is not None:
            self.sock.settimeout(seconds)


def _is_same(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.samefile(other)
    return False
