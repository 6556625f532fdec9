"""The server as a process: told to stop, killed, with slow clients, with others beside it on the same file."""

import gc
import json
import logging
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run, select
from tests.documentation import blocks
from tests.serving import KEY, Server, serving
from tests.waiting import PATIENCE, eventually

ASKS = "/api/cli/asks"
HEALTHY = {
    "status": "healthy",
    "database": "connected",
    "services": {"fmcsa": "not used", "load_matching": "active", "call_handling": "active"},
}
START = f"POST /api/cli/asks HTTP/1.1\r\nHost: desk\r\nX-API-Key: {KEY}\r\n".encode()


def asks(call_id: int = 1, offer: str = "2300", **others: object) -> dict[str, Any]:
    """Return the body of a request with one ask."""
    return {"asks": [{"call_id": call_id, "carrier_offer": offer, **others}]}


def in_background(do: Callable[[], tuple[int, Any]]) -> tuple[threading.Thread, list[tuple[int, Any]]]:
    """Begin to do something, and return its thread and where its result will be."""
    found: list[tuple[int, Any]] = []
    thread = threading.Thread(target=lambda: found.append(do()))
    thread.start()
    return thread, found


def listening() -> socket.socket:
    """Return a socket that can be handed over."""
    return socket.create_server(("127.0.0.1", 0), backlog=512)


def refuses(server: Server) -> bool:
    """Return whether a server takes no more in."""
    try:
        server.ask("GET", "/health")
    except OSError:
        return True
    return False


def test_what_is_in_flight_is_finished_when_it_is_told_to_stop(shared: Path) -> None:
    """It takes no more in, answers what waits, and exits 0."""
    with closing(sqlite3.connect(shared, isolation_level=None)) as other, serving(shared) as server:
        other.execute("BEGIN IMMEDIATE")
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as asking:
            asking.request("POST", ASKS, json.dumps(asks()), {"X-API-Key": KEY})
            server.ask("GET", "/health")  # by its answer, what came before it is taken in
            server.process.send_signal(signal.SIGTERM)
            eventually(lambda: refuses(server))
            other.execute("COMMIT")
            assert asking.getresponse().status == 200
        assert server.end() == 0
    assert select(shared, "SELECT count(*) FROM negotiations") == [(1,)]


def test_an_interrupt_ends_it_as_any_command(desk: Path) -> None:
    """It says so, and finishes as after SIGTERM."""
    with serving(desk) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.end() != 0
    assert [line for line in server.log if line.endswith("stopped")]


def test_sockets_are_handed_over_as_systemd_does(desk: Path) -> None:
    """A client that comes between two servers is answered by the second."""
    with listening() as held:
        with serving(desk, listening=held) as first:
            assert first.port == held.getsockname()[1]
            assert first.ask("GET", "/health")[0] == 200
        thread, found = in_background(lambda: first.ask("GET", "/health"))
        with serving(desk, listening=held):
            thread.join()
    assert found == [(200, HEALTHY)]


@pytest.mark.parametrize(
    ("start", "more"),
    [(b"", b""), (START, b"X-A: b\r\n"), (START + b"Content-Length: 90\r\n\r\n", b"{")],
    ids=["nothing", "headers", "body"],
)
def test_a_slow_client_is_cut_off(desk: Path, start: bytes, more: bytes) -> None:
    """Also one that sends something again and again."""
    with (
        serving(desk, "--header-seconds", 1, "--body-seconds", 1) as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        client.sendall(start)
        began = time.monotonic()
        client.settimeout(0.2)
        answer = b""
        while not answer and time.monotonic() - began < 10:
            try:
                answer = client.recv(1000)
            except TimeoutError:
                client.sendall(more)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert server.ask("GET", "/health")[0] == 200
    assert not [line for line in server.log if "Traceback" in line]


def test_a_connection_that_is_used_again_is_cut_off_too(desk: Path) -> None:
    """A whole request earns no patience for the next."""
    with (
        serving(desk, "--header-seconds", 1, "--body-seconds", 1) as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        client.sendall(b"GET /health HTTP/1.1\r\nHost: desk\r\n\r\n")
        answer = b""
        while not answer.endswith(b"}"):  # its headers and its body come one after the other
            answer += client.recv(1000)
        assert answer.startswith(b"HTTP/1.1 200 ")
        client.sendall(b"GET /health")
        client.settimeout(4)  # before an idle connection is closed
        assert client.recv(1000).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("most_files", [1_000, 5_000])
def test_slow_connections_keep_nobody_out(desk: Path, most_files: int) -> None:
    """1,100 of them, half in their headers and half in their body, with room for all of them and without."""
    with (
        serving(desk, "--header-seconds", 60, "--body-seconds", 60, most_files=most_files) as server,
        ExitStack() as stack,
    ):
        for number in range(1_100):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall(START if number % 2 else START + b"Content-Length: 90\r\n\r\n{")
        began = time.monotonic()
        assert server.ask("GET", "/health") == (200, HEALTHY)
        assert server.ask("POST", ASKS, asks())[0] == 200
        assert time.monotonic() - began < 30


@pytest.mark.parametrize("given", [True, False], ids=["handed over", "its own"])
def test_no_part_of_an_answer_waits_for_an_acknowledgement(desk: Path, given: bool) -> None:  # noqa: FBT001 - a column of the table
    """Else each answer would take 40 ms: headers and body are two packets."""
    calls = Path("calls.txt")
    with ExitStack() as stack:
        held = stack.enter_context(listening()) if given else None
        server = stack.enter_context(serving(desk, listening=held))
        strace = [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=setsockopt",
            "-o",
            str(calls),
            "-p",
            str(server.process.pid),
        ]
        try:
            tracer = subprocess.Popen(strace, stderr=subprocess.PIPE, text=True)
        except OSError:
            pytest.skip("strace is not installed")
        status = Path(f"/proc/{server.process.pid}/status")
        eventually(lambda: "TracerPid:\t0\n" not in status.read_text() or tracer.poll() is not None)
        server.ask("GET", "/health")
        tracer.send_signal(signal.SIGINT)
        _, problem = tracer.communicate(timeout=30)
        if not calls.exists() or "ptrace" in problem:
            pytest.skip(f"nothing can be traced here: {problem}")
    assert "TCP_NODELAY, [1]" in calls.read_text()


def test_a_line_of_the_log_is_json_if_it_is_asked_for(desk: Path) -> None:
    """Each request has an ID: the client's own if it is usable, in its answer too."""
    with serving(desk, "--log", "json") as server:
        server.ask("GET", "/health", X_Request_ID="mine-1")
        server.ask("GET", "/health?x=%0Aforged", X_Request_ID="no good")
        server.stop()
    lines = [json.loads(line) for line in server.log]
    requests = [line for line in lines if line["message"] == "request"]
    assert [line["message"] for line in lines] == ["listening", "request", "request", "stopped"]
    assert requests[0]["request_id"] == "mine-1"
    assert requests[1]["request_id"] != "no good"
    assert {"method": "GET", "path": "/health", "status": 200}.items() <= requests[0].items()
    assert KEY not in str(server.log)


def test_other_commands_work_beside_it(shared: Path) -> None:
    """They write, back up, migrate and restore; the server goes on with what is there."""
    copy, at = shared.with_name("copy.db"), ("--db", shared)
    with serving(shared) as server:
        assert server.ask("POST", ASKS, asks())[0] == 200
        assert run("negotiate", 2, 2300, *at).exit_code == 0
        assert run("backup", *at, "--to", copy).exit_code == 0
        assert server.ask("POST", ASKS, asks(3, "1200"))[0] == 200
        assert run("migrate", *at).exit_code == 0
        assert run("restore", copy, shared).exit_code == 0
        assert server.ask("GET", "/health")[0] == 200
        status, body = server.ask("POST", ASKS, asks(3, "1200"))
        assert (status, body["replies"][0]["answer"]["round_number"]) == (200, 1)
    assert select(shared, "SELECT call_id FROM negotiations ORDER BY id") == [(1,), (2,), (3,)]


class Caller(threading.Thread):
    """Makes asks one after another, each sent again until it is answered; keeps the answers."""

    def __init__(self, port: int, number: int, over: threading.Event) -> None:
        """Begin with nothing asked."""
        super().__init__(daemon=True)
        self.port, self.number, self.over = port, number, over
        self.answers: dict[str, int] = {}
        self.unanswered: str | None = None

    def run(self) -> None:
        """Ask until it is over."""
        while not self.over.is_set():
            self.unanswered = f"r{self.number}-{len(self.answers)}"
            session = f"sess_{self.number:05}_{len(self.answers):05}"
            body = asks(1 + self.number % 3, "1500" if self.number % 3 == 2 else "2300", session_id=session)
            body["asks"][0]["request_id"] = self.unanswered
            while not self.over.is_set():
                try:
                    status, said = Server.ask(self, "POST", ASKS, body)  # type: ignore[arg-type] # it has a port
                except (OSError, HTTPException):
                    time.sleep(0.01)  # as a client does that sends again
                    continue
                if status == 200:
                    self.answers[self.unanswered] = said["replies"][0]["answer"]["round_number"]
                    self.unanswered = None
                    break


@pytest.mark.parametrize("kills", [4, pytest.param(200, marks=pytest.mark.soak)])
def test_no_answered_ask_is_missing_and_none_is_there_twice(shared: Path, kills: int) -> None:
    """64 clients send again what was not answered, while the server is killed again and again."""
    over, chance = threading.Event(), random.Random(kills)  # noqa: S311 - the same moments in every run
    with listening() as held:
        callers = [Caller(held.getsockname()[1], number, over) for number in range(64)]
        for caller in callers:
            caller.start()
        for _ in range(kills):
            with serving(shared, listening=held) as server:
                time.sleep(chance.uniform(0.05, 0.6))  # the moment is what is tried
                server.process.kill()
                server.end()
        with serving(shared, listening=held):
            before = [len(caller.answers) for caller in callers]
            eventually(
                lambda: all(len(one.answers) > many for one, many in zip(callers, before, strict=True))
            )
            over.set()
            for caller in callers:
                caller.join()
    rows = select(shared, "SELECT request_id, round_number FROM negotiations")
    assert [name for name, count in Counter(name for name, _ in rows).items() if count > 1] == []
    on_record = dict(rows)
    answered: dict[str, int] = {}
    for caller in callers:
        answered |= caller.answers
    assert len(answered) > kills * 4
    assert answered.items() <= on_record.items()
    assert set(on_record) - set(answered) <= {caller.unanswered for caller in callers}


def test_a_moved_file_is_said_by_health(desk: Path) -> None:
    """With 503 and in words, without its path; and it is well again when the file is back."""
    away = desk.with_name("away.db")
    with serving(desk) as server:
        desk.rename(away)
        status, said = server.ask("GET", "/health")
        assert (status, said["database"]) == (503, "the file is missing, was moved, or cannot be used")
        assert server.ask("POST", ASKS, asks())[0] == 503
        away.rename(desk)
        assert server.ask("GET", "/health")[0] == 200
        assert server.ask("POST", ASKS, asks())[0] == 200


def test_a_full_disk_is_said_by_health(desk: Path, tmp_path: Path) -> None:
    """And it is well again when there is room: on a disk of its own, where one can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = mount(disk)
    try:
        if not mounted:
            pytest.skip("nothing can be mounted here")
        file, filler = disk / "loads.db", disk / "filler"
        file.write_bytes(desk.read_bytes())
        with serving(file) as server:
            assert server.ask("POST", ASKS, asks())[0] == 200
            filler.write_bytes(b"")
            with filler.open("ab", buffering=0) as stream:
                while True:
                    try:
                        if not stream.write(bytes(4096)):
                            break
                    except OSError:
                        break
            status, said = server.ask("POST", ASKS, asks(2, "2300", notes="n" * 9_000))
            assert (status, said["error"]["code"]) == (503, "disk_full")
            status, said = server.ask("GET", "/health")
            assert (status, said["database"]) == (503, "there is no room to write")
            filler.unlink()
            assert server.ask("GET", "/health")[0] == 200
            assert server.ask("POST", ASKS, asks(2, "2300", notes="n" * 9_000))[0] == 200
    finally:
        if mounted:
            unmount(disk)


def mount(disk: Path) -> bool:
    """Mount two megabytes of memory, if that is allowed here."""
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def unmount(disk: Path) -> None:
    """Take it away again."""
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Those of the guide, with a program that is there in place of ours."""
    socket_unit, service = blocks("systemd", page="server")
    units = {"negotiator.socket": socket_unit.text, "negotiator.service": service.text}
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("/opt/negotiator/bin/negotiator", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / name) for name in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if str(tmp_path) in line]) == (0, [])


def test_the_options_of_the_unit_are_those_of_the_command(desk: Path) -> None:
    """It is started as the unit starts it, with a socket and a file of keys."""
    (service,) = [block.text for block in blocks("systemd", page="server") if "ExecStart=" in block.text]
    command = service.partition("ExecStart=")[2].partition("\n")[0].split()
    Path("api-keys").write_text("# of the dashboard\nanother-key-0123456789abcdef\n")
    options = [word.replace("${CREDENTIALS_DIRECTORY}", str(Path.cwd())) for word in command[2:]]
    with listening() as held, serving(desk, *options, listening=held) as server:
        assert server.ask("POST", ASKS, asks())[0] == 200
        assert server.ask("POST", ASKS, asks(2), X_API_Key="another-key-0123456789abcdef")[0] == 200
        assert server.ask("POST", ASKS, asks(2), X_API_Key="no-key")[0] == 401
    assert json.loads(server.log[0])["message"] == "listening"


def test_garbage_is_collected_while_it_serves(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands do without; what runs for weeks may not."""
    seen: list[bool] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: seen.append(gc.isenabled()))
    monkeypatch.setenv("NEGOTIATOR_API_KEY", KEY)
    loggers = [logging.getLogger(name) for name in ("negotiator.http", "uvicorn")]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    gc.disable()
    try:
        assert run("serve", "--port", 0, "--db", desk).exit_code == 0
    finally:
        gc.enable()
        for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
    assert seen == [True]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "no.such.host.invalid"], "cannot be listened on"),
        (["--log", "xml"], "'xml'"),
        (["--header-seconds", "0"], "0"),
        (["--most-waiting", "0"], "0"),
    ],
)
def test_what_cannot_be_served_is_said(
    desk: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    """With exit code 2, before anything listens."""
    monkeypatch.setenv("NEGOTIATOR_API_KEY", KEY)
    result = run("serve", "--port", 0, "--db", desk, *options)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
