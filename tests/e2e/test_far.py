"""The command line far away: it prints what it prints on a file, and sends again what was lost on the way."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from negotiator.remote.address import address
from tests.conftest import SESSION, execute, run, select
from tests.serving import KEY, Server, serving

SAME = [
    ("negotiate", "1", "2300"),
    ("negotiate", "1", "$2,290.50", "--json"),
    ("negotiate", "2", "2300", "--session", SESSION, "--notes", "wants fuel"),
    ("negotiate", "2", "2290", "--session", "abc123", "--format", "csv"),
    ("negotiate", "2", "2280", "--session", "@", "--dry-run"),
    ("negotiate", "3", "1.25/mi"),
    ("negotiate", "3", "1200", "--request-id", "r1"),
    ("negotiate", "3", "1200", "--request-id", "r1", "--json"),
    ("negotiate", "3", "1210", "--request-id", "r1"),
    ("negotiate", "1", "9999"),
    ("negotiate", "1", "9999", "--allow-outlier", "--json"),
    ("negotiate", "99", "2300"),
    ("negotiate", "x", "2300", "--json"),
    ("negotiate", "1", "2300", "--session", "sess_20250901"),
    ("call", "history", "2"),
    ("call", "history", "2", "--session", "@", "--json"),
    ("call", "history", "99"),
    ("session", "history", "abc123", "--format", "csv"),
    ("session", "history", SESSION),
    ("session", "history", SESSION, "--chart"),
    ("session", "history", "sess_unknown1", "--json"),
    ("batch", "asks.jsonl"),
    ("batch", "asks.jsonl", "--commit-every", "50"),
    ("generate-id", "--help"),
]
ASKS = [
    {"call_id": 1, "carrier_offer": 2250, "session_id": "sess_batch1"},
    {"call_id": 1, "carrier_offer": 2240.255},
    {"call_id": 2, "carrier_offer": "2,240", "session_id": "sess_batch1", "request_id": "b3"},
    {"call_id": 77, "carrier_offer": 2240},
    {"call_id": 3, "carrier_offer": 1150, "session_id": "sess_batch2", "request_id": "b5"},
]


def far(server: Server | str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that goes to a server."""
    url = server if isinstance(server, str) else server.url
    result = run(*arguments, NEGOTIATOR_URL=url, **{"NEGOTIATOR_API_KEY": KEY} | environment)
    return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)


def timeless(text: str, path: Path) -> str:
    """Return a text without its times, and without the name of the file."""
    lines = [line for line in text.splitlines() if '"timestamp"' not in line]
    text = "\n".join(lines).replace(repr(str(path)), "the server's file")

    return re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d\.\d+Z)?", "TIME", text)


def test_it_prints_what_it_prints_on_a_file(desk: Path) -> None:
    """Answers, histories, notes and errors, with the same exit codes."""
    execute(desk, "UPDATE loads SET miles = 925", "UPDATE calls SET carrier_mc_number = 'MC1'")
    near = Path(shutil.copy(desk, desk.with_name("near.db")))
    Path("asks.jsonl").write_text("\n".join([*map(json.dumps, ASKS), "no JSON"]))
    with serving(desk) as server:
        for command in SAME:
            there = far(server, *command)
            db = () if command[0] == "generate-id" else ("--db", str(near))
            here = run(*command, *db)
            assert there.returncode == here.exit_code, (command, there.stderr, here.stderr)
            assert timeless(there.stdout, near) == timeless(here.stdout, near), command
            assert timeless(there.stderr, near) == timeless(here.stderr, near), command
    rows = "SELECT call_id, session_id, round_number, carrier_offer, system_response FROM negotiations"
    assert select(desk, rows) == select(near, rows)


@contextmanager
def losing(server: Server, answers: int) -> Iterator[str]:
    """Give the address of what passes requests on, and loses the first answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        left = [answers]

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client, socket.create_connection(("127.0.0.1", server.port)) as onward:
                    client.settimeout(5)
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += client.recv(10_000)
                    head, _, body = request.partition(b"\r\n\r\n")
                    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                    while len(body) < length:
                        body += client.recv(10_000)
                    close = head.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1)
                    onward.sendall(close + b"\r\n\r\n" + body)
                    answer = b""
                    while more := onward.recv(10_000):
                        answer += more
                    if left[0]:
                        left[0] -= 1
                    else:
                        client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("command", [("negotiate", "1", "2300"), ("batch", "asks.jsonl")])
def test_an_ask_whose_answer_is_lost_is_sent_again_and_made_once(
    desk: Path, command: tuple[str, ...]
) -> None:
    """It has a request ID of its own."""
    Path("asks.jsonl").write_text('{"call_id": 1, "carrier_offer": 2300}')
    with serving(desk) as server, losing(server, 2) as url:
        result = far(url, *command, "--json")
    assert (result.returncode, json.loads(result.stdout)["round_number"]) == (0, 1)
    assert select(desk, "SELECT count(*), count(request_id) FROM negotiations") == [(1, 1)]


@pytest.mark.parametrize(
    "command",
    [
        ("load", "list"),
        ("init", "new.db"),
        ("report",),
        ("check",),
        ("policy", "show"),
        ("call", "start", "--load", "L1", "--carrier", "5"),
        ("session", "show", SESSION),
        ("negotiate", "1", "2300", "--db", "loads.db"),
        ("negotiate", "1", "2300", "--ceiling", "2400"),
        ("negotiate", "1", "2300", "--explain"),
        ("call", "history", "1", "--explain"),
        ("negotiate", "1"),
    ],
)
def test_what_works_on_a_file_alone_is_refused(desk: Path, command: tuple[str, ...]) -> None:
    """Whoever set the variable does not expect a file of this machine to be read or changed."""
    before = desk.read_bytes()
    result = far("http://127.0.0.1:9", *command)
    assert result.returncode == 2
    assert "Hint: " in result.stderr
    assert result.stdout == ""
    assert desk.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "key", "said"),
    [
        ("desk.example.com", KEY, "no address of a server"),
        ("ftp://desk.example.com", KEY, "no address of a server"),
        ("http://[", KEY, "no address of a server"),
        ("http://desk:99999", KEY, "no address of a server"),
        ("http://me:secret@desk", KEY, "more in it than an address"),
        ("http://127.0.0.1:9", "", "NEGOTIATOR_API_KEY is not"),
        ("http://127.0.0.1:9", "two\nlines", "characters that no key has"),
    ],
)
def test_an_address_or_a_key_that_cannot_be_used_is_said(url: str, key: str, said: str) -> None:
    """Before anything is sent; a password in the address is not repeated."""
    result = far(url, "call", "history", "1", NEGOTIATOR_API_KEY=key)
    assert result.returncode == 2
    assert said in result.stderr
    assert "secret" not in result.stderr


def test_a_server_that_is_not_there_is_said_after_the_wait() -> None:
    """With the exit code for what can be tried again."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    result = far(url, "negotiate", "1", "2300", NEGOTIATOR_BUSY_TIMEOUT="1")
    assert result.returncode == 75
    assert "cannot be reached" in result.stderr


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Give the address of what answers everything alike, and the requests that came."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        requests: list[bytes] = []

        def serve() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                with client:
                    requests.append(client.recv(100_000))
                    client.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", requests
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_key_goes_nowhere_else(status: int) -> None:
    """A redirection is said, and not followed."""
    with answering(b"") as (elsewhere, others):
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere}/x\r\nContent-Length: 0\r\n\r\n"
        with answering(head.encode()) as (url, requests):
            result = far(url, "call", "history", "1")
    assert (result.returncode, len(requests), others) == (5, 1, [])
    assert "where the key is not sent" in result.stderr


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}", 2, "does not take the key"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nNot Found", 5, "answers with 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", 5, "answers with 200"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nOops", 5, "answers with 500"),
        (b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", 75, "is busy"),
        (b"no HTTP", 75, "cannot be reached"),
    ],
)
def test_what_is_no_server_of_ours_is_said(answer: bytes, code: int, said: str) -> None:
    """In a sentence, with no traceback."""
    with answering(answer) as (url, _):
        result = far(url, "negotiate", "1", "2300", NEGOTIATOR_BUSY_TIMEOUT="1")
    assert (result.returncode, said in result.stderr) == (code, True), result.stderr


def test_what_does_not_count_is_said(desk: Path) -> None:
    """A policy of this machine, and its file."""
    with serving(desk) as server:
        result = far(server, "negotiate", "1", "2300", NEGOTIATOR_ROUNDS="9", NEGOTIATOR_DB="x.db")
    assert result.returncode == 0
    assert "NEGOTIATOR_ROUNDS does not count" in result.stderr
    assert "NEGOTIATOR_DB does not count" in result.stderr


def test_a_failing_server_stops_a_batch(desk: Path) -> None:
    """What comes after would get another answer when all is sent again."""
    Path("asks.jsonl").write_text('{"call_id": 1, "carrier_offer": 2300}\n' * 3)
    away = desk.with_name("away.db")
    with serving(desk) as server:
        desk.rename(away)
        result = far(server, "batch", "asks.jsonl")
        away.rename(desk)
    codes = [json.loads(line)["error"]["code"] for line in result.stdout.splitlines()]
    assert (result.returncode, codes) == (5, ["file_unusable", "not_attempted", "not_attempted"])


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_certificate_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that nobody vouches for is refused before the key is sent; SSL_CERT_FILE vouches for it."""
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-days",
            "2",
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("cert.pem", "key.pem")
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(2):
                client, _address = listening.accept()
                try:
                    with context.wrap_socket(client, server_side=True) as secure:
                        heard.append(secure.recv(10_000))
                        secure.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"rounds": []}')
                except OSError:
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"https://localhost:{listening.getsockname()[1]}"
        refused = far(url, "call", "history", "1", "--json")
        assert (refused.returncode, heard) == (5, [])
        assert "cannot be trusted" in refused.stderr
        monkeypatch.setenv("SSL_CERT_FILE", "cert.pem")
        trusted = far(url, "call", "history", "1", "--json")
        assert (trusted.returncode, json.loads(trusted.stdout)) == (0, [])
        thread.join()
    assert KEY.encode() in heard[0]


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://127.3.2.1", False),
        ("http://[::1]:8000", False),
        ("http://localhost/desk", False),
        ("https://desk.example.com", False),
        ("http://desk.example.com", True),
        ("http://192.168.1.5:8000", True),
        ("http://127.0.0.1.example.com", True),
    ],
)
def test_what_can_be_read_on_the_way_is_known(url: str, exposed: bool) -> None:  # noqa: FBT001 - a column of the table
    """Whoever uses it is warned."""
    found = address({"NEGOTIATOR_URL": url, "NEGOTIATOR_API_KEY": KEY})
    assert found is not None
    assert found.is_exposed is exposed


def test_a_key_that_can_be_read_on_the_way_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is sent."""
    with answering(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"rounds": []}') as (url, _):
        port = int(url.rpartition(":")[2])
        there = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda _to, *others: there(("127.0.0.1", port), *others[:1])
        )
        result = far("http://desk.example.com", "call", "history", "1")
    assert result.returncode == 0
    assert "the key and the answers can be read on the way to desk.example.com" in result.stderr


def test_a_server_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    """The sentence first, then the advice; 75, as for a file that stays locked."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    result = far(f"http://127.0.0.1:{port}", "negotiate", "1", "2300", NEGOTIATOR_BUSY_TIMEOUT="0")
    assert result.returncode == 75
    assert result.stderr.startswith(f"Error: the server at 127.0.0.1:{port} cannot be reached: ")
    assert result.stderr.rstrip().endswith("check NEGOTIATOR_URL, or try again.")
    assert list(tmp_path.iterdir()) == []
