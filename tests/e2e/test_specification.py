"""The specification's own snippets against a server that runs: its address and import changed, nothing else."""

import re
import subprocess
import types
from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps, loads
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.conftest import SCRIPT, run

KEY = "default-api-key"
GENERATE = """
from src.utils import generate_session_id
session_id = generate_session_id()  # Returns: "sess_20250820224530_abc123"
"""
START = """
# Make negotiation request
response = requests.post(
    f"http://localhost:8000/api/calls/{call_id}/negotiate",
    headers={"X-API-Key": "default-api-key"},
    json={
        "call_id": "123",
        "carrier_offer": 2300.00,
        "session_id": session_id,
        "notes": "Initial offer"
    }
)
"""
CONTINUE = """
# Use same session_id for subsequent negotiations
response = requests.post(
    f"http://localhost:8000/api/calls/{call_id}/negotiate",
    headers={"X-API-Key": "default-api-key"},
    json={
        "call_id": "123",
        "carrier_offer": 2250.00,
        "session_id": session_id,  # Same session
        "notes": "Counter offer"
    }
)
"""
HISTORY = """
# Get all negotiations in a session
response = requests.get(
    f"http://localhost:8000/api/negotiations/session/{session_id}",
    headers={"X-API-Key": "default-api-key"}
)

negotiations = response.json()
# Returns chronological list of all negotiations in this session
"""
UTILITIES = """
from src.utils import generate_session_id, generate_uuid_session_id

# Timestamp-based (recommended)
session_id = generate_session_id()  # "sess_20250820224530_abc123"

# UUID-based
session_id = generate_uuid_session_id()  # "sess_a1b2c3d4e5f6g7h8"
"""
VALIDATION = """
from src.utils import validate_session_id

is_valid = validate_session_id("sess_20250820224530_abc123")  # True
is_valid = validate_session_id("invalid")  # False
"""


class Response(NamedTuple):
    """What the snippets need of a response."""

    status_code: int
    text: str

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the body."""
        return loads(self.text)


def send(method: str, url: str, headers: dict[str, str], json: object = None) -> Response:
    """Send what the snippets send, as `requests` would."""
    body = None if json is None else dumps(json).encode()
    request = Request(url, body, {"Content-Type": "application/json"} | headers, method=method)  # noqa: S310 - ours
    try:
        with urlopen(request, timeout=30) as response:  # noqa: S310 - as above
            return Response(response.status, response.read().decode())
    except HTTPError as error:
        with error:
            return Response(error.code, error.read().decode())


@contextmanager
def serving(path: Path, **environment: str) -> Iterator[str]:
    """Run `negotiator serve`, and give its address."""
    command = [str(SCRIPT), "serve", "--db", str(path), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stderr is not None
            lines = iter(process.stderr.readline, "")
            found = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", line) for line in lines)))
            yield found[0]
        finally:
            process.terminate()
            process.communicate(timeout=30)


def replay(snippet: str, address: str, names: dict[str, Any]) -> None:
    """Run a snippet with the names of those before it."""
    text = snippet.replace("http://localhost:8000", address).replace("src.utils", "negotiator")
    exec(text, names)  # noqa: S102 - it stands above


@pytest.fixture
def names() -> dict[str, Any]:
    """Give what the snippets take for granted: the module, and a call."""
    module = types.ModuleType("requests")
    module.post = lambda url, **sent: send("POST", url, **sent)  # type: ignore[attr-defined] # it is made here
    module.get = lambda url, **sent: send("GET", url, **sent)  # type: ignore[attr-defined] # as above
    return {"requests": module, "call_id": 1}


def test_the_snippets_run(names: dict[str, Any], tmp_path: Path) -> None:
    """One after another: two asks in a session, and its history."""
    path = tmp_path / "loads.db"
    run("init", path, "--sample")
    with serving(path, API_KEY=KEY) as address:
        replay(GENERATE, address, names)
        replay(START, address, names)
        first = names["response"].json()
        replay(CONTINUE, address, names)
        second = names["response"].json()
        replay(HISTORY, address, names)
    assert [answer["negotiation_round"] for answer in (first, second)] == [1, 2]
    assert {"accepted", "response", "should_transfer"} <= set(first)
    rounds = names["negotiations"]
    assert [done["carrier_offer"] for done in rounds] == [2300, 2250]
    assert {done["session_id"] for done in rounds} == {names["session_id"]}
    assert list(rounds[0]) == [
        *("id", "call_id", "session_id", "round_number", "carrier_offer", "system_response", "timestamp"),
    ]


def test_the_utilities_run(names: dict[str, Any]) -> None:
    """With the import changed."""
    replay(UTILITIES, "", names)
    assert re.fullmatch("sess_[0-9a-f]{16}", names["session_id"])
    replay(VALIDATION, "", names)
    assert names["is_valid"] is False


def test_the_schemas_can_be_imported() -> None:
    """And are made by name, without the server's libraries."""
    code = """if True:
        import sys
        from negotiator import NegotiationOffer, NegotiationResponse
        offer = NegotiationOffer(call_id="123", carrier_offer=2300.0)
        assert (offer.session_id, offer.notes) == (None, None)
        assert "timestamp" in NegotiationResponse.__annotations__
        assert not {"starlette", "uvicorn"} & set(sys.modules)
    """
    subprocess.run([SCRIPT.parent / "python", "-c", code], check=True)


def test_the_dashboard_finds_what_it_reads(names: dict[str, Any], tmp_path: Path) -> None:
    """Its two requests, and the keys of its cards and charts."""
    path = tmp_path / "loads.db"
    run("init", path, "--sample")
    get = names["requests"].get
    with serving(path, NEGOTIATOR_API_KEY=KEY) as address:
        calls = get(f"{address}/api/metrics/calls", headers={"X-API-Key": KEY}).json()
        loads = get(f"{address}/api/metrics/loads", headers={"X-API-Key": KEY}).json()
        refused = get(f"{address}/api/metrics/loads", headers={"X-API-Key": "another"})
    assert refused.status_code == 401
    assert calls["total_calls"] == 6
    assert calls["conversion_rate"] == 0
    assert calls["outcome_distribution"] == {"negotiating": 6}
    assert calls["sentiment_distribution"] == {}
    assert loads["available_loads"] + loads["booked_loads"] + loads["completed_loads"] == 12
    assert loads["average_rate"] > 0


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "there is no key"),
        ({"NEGOTIATOR_API_KEY": ""}, "there is no key"),
        ({"NEGOTIATOR_API_KEY": "two words"}, "has blanks"),
        ({"NEGOTIATOR_API_KEY": KEY, "NEGOTIATOR_CEILING_PERCENT": "much"}, "not a number"),
    ],
)
def test_no_key_no_start(desk: Path, environment: dict[str, str], words: str) -> None:
    """Nor with settings that cannot be used; and a key is never printed."""
    done = subprocess.run(
        [SCRIPT, "serve", "--db", desk, "--port", "0"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "two words" not in done.stderr
