"""A server for tests, in a process of its own: ``python -m tests.serving PATH``."""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from typing import Any

ROOT = Path(__file__).parent.parent
KEY = "a-key-for-tests"


@dataclass
class Server:
    """A server that runs, and the port it listens on."""

    process: subprocess.Popen[str]
    port: int
    log: list[str]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the content of an answer, over a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            given = {"X-API-Key": KEY} | {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, None if body is None else json.dumps(body), given)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return response.status, json.loads(content) if content else None

    def stop(self) -> int:
        """End it as systemd does, and return its exit code; the rest of its log is kept."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.end()

    def end(self) -> int:
        """Wait until it has ended, and return its exit code."""
        assert self.process.stderr is not None
        if not self.process.stderr.closed:
            self.log += self.process.stderr.read().splitlines()
            self.process.stderr.close()
        return self.process.wait(timeout=60)


_HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def serving(
    path: Path,
    *options: object,
    listening: socket | None = None,
    most_files: int | None = None,
    **environment: str,
) -> Iterator[Server]:
    """Run a server on a file while the block runs.

    ``listening`` is handed over to it, as systemd does; ``most_files`` is how many it may have open.
    """
    command = [sys.executable, "-m", "tests.serving", str(path), *map(str, options)]
    if listening is not None:
        command = [sys.executable, "-c", _HAND_OVER, str(listening.fileno()), *command]
    if most_files is not None:
        command = ["sh", "-c", f'ulimit -n {most_files}; exec "$@"', "sh", *command]
    surroundings = os.environ | {"NEGOTIATOR_API_KEY": KEY, "PYTHONPATH": str(ROOT)} | environment
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings,
        pass_fds=() if listening is None else (listening.fileno(),),
    )
    server = Server(process, 0, [])
    try:
        assert process.stderr is not None
        for line in process.stderr:
            server.log.append(line.rstrip())
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                server.port = int(found[1])
                break
        else:
            raise AssertionError("\n".join(server.log))
        yield server
    finally:
        server.stop()


def main() -> None:
    """Serve a file: PATH [HEADER SECONDS] [CONNECTIONS] [LOG FORMAT]."""
    from starlette.applications import Starlette  # noqa: PLC0415 - for the server alone
    from starlette.requests import Request  # noqa: PLC0415
    from starlette.responses import JSONResponse, Response  # noqa: PLC0415
    from starlette.routing import Route  # noqa: PLC0415

    from negotiator.http import far  # noqa: PLC0415
    from negotiator.http.connections import Patience  # noqa: PLC0415
    from negotiator.http.desk import OpenDesk  # noqa: PLC0415
    from negotiator.http.listening import sockets  # noqa: PLC0415
    from negotiator.http.logs import LogFormat  # noqa: PLC0415
    from negotiator.http.running import run  # noqa: PLC0415

    path, seconds, most, form = [*sys.argv[1:], *["10", "4096", "text"][len(sys.argv) - 2 :]]
    desk = OpenDesk(Path(path))

    async def health(_request: Request) -> Response:
        fault = await desk.fault()
        return JSONResponse({"status": fault or "healthy"}, 503 if fault else 200)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        async with desk:
            yield

    app = Starlette(routes=[Route("/health", health), *far.routes(lambda: desk)], lifespan=life)
    patience = Patience(headers=float(seconds), body=float(seconds), connections=int(most))
    run(app, sockets(os.environ, "127.0.0.1", 0), patience, LogFormat(form))


if __name__ == "__main__":
    main()
