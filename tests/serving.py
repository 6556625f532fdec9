"""A server for tests, in a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from typing import Any

KEY = "0123456789abcdef-a-key-for-tests"


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
    command = [
        sys.executable,
        "-m",
        "negotiator",
        "serve",
        "--port",
        "0",
        "--db",
        str(path),
        *map(str, options),
    ]
    if listening is not None:
        command = [sys.executable, "-c", _HAND_OVER, str(listening.fileno()), *command]
    if most_files is not None:
        command = ["sh", "-c", f'ulimit -n {most_files}; exec "$@"', "sh", *command]
    surroundings = os.environ | {"NEGOTIATOR_API_KEY": KEY} | environment
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
