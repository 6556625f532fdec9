"""The whole surface of the older program, a case for each row; and what every route has in common."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from negotiator import __version__
from negotiator.http.api.json_body import LARGEST
from negotiator.http.app import OPERATIONS
from tests.conftest import NOW, execute, select
from tests.integration.http.client import KEY, Client

LOAD = {
    "load_id": "N1",
    "origin": "Reno, NV",
    "destination": "Boise, ID",
    "pickup_datetime": "2025-09-05T08:00:00Z",
    "delivery_datetime": "2025-09-06T08:00:00.250000",
    "equipment_type": "Flatbed",
    "loadboard_rate": 900,
}
LOAD_KEYS = [
    *(
        "origin",
        "destination",
        "pickup_datetime",
        "delivery_datetime",
        "equipment_type",
        "loadboard_rate",
        "notes",
    ),
    *("weight", "commodity_type", "num_of_pieces", "miles", "dimensions", "load_id", "status", "created_at"),
    "updated_at",
]
CALL_KEYS = [
    *("id", "carrier_mc_number", "load_id", "call_start_time", "call_end_time", "call_duration", "outcome"),
    *("sentiment", "initial_rate_offered", "final_rate_agreed", "negotiation_rounds", "transferred_to_rep"),
]
CARRIER_KEYS = [
    *("company_name", "status", "address", "phone", "email", "mc_number", "is_verified", "created_at"),
    "updated_at",
]
CARRIERS = """
    INSERT INTO carriers (mc_number, company_name, status, is_verified, created_at, updated_at) VALUES
      ('MC-123456', 'Swift', 'ACTIVE', 1, '2025-08-01', '2025-08-01'),
      ('MC-345678', 'Halt', 'OUT-OF-SERVICE', 0, NULL, NULL),
      ('MC-7', 'Rang before', NULL, 0, NULL, NULL)
"""


@pytest.fixture
def client(desk: Path) -> Client:
    """Give a client of the desk's file, with three carriers and a booked load."""
    execute(
        desk,
        CARRIERS,
        """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate, status) VALUES
             ('L3', 'Reno, NV', '100%', '2025-09-01', '2025-09-03', 'Reefer 53', 1100, ''),
             ('L4', 'Reno, NV', 'Boise, ID', '2025-09-02', '2025-09-03', 'Reefer', 5000, 'booked')""",
    )
    return Client(desk)


def ids(loads: list[dict[str, Any]]) -> list[str]:
    """Return the IDs of loads."""
    return [load["load_id"] for load in loads]


def test_the_first_page_says_what_this_is(client: Client) -> None:
    """Without a key."""
    reply = client.raw("GET", "/", b"", {})
    assert reply.body == {
        "message": "negotiator",
        "version": __version__,
        "status": "active",
        "timestamp": "2025-09-01T12:00:00",
    }


def test_health_asks_the_file(client: Client, desk: Path) -> None:
    """Without a key, and without the file's name."""
    reply = client.raw("GET", "/health", b"", {})
    assert (reply.status, reply.body["status"], reply.body["database"]) == (200, "healthy", "connected")
    assert set(reply.body["services"]) == {"fmcsa", "load_matching", "call_handling"}
    desk.unlink()
    reply = client.raw("GET", "/health", b"", {})
    assert (reply.status, reply.body["status"]) == (503, "unhealthy")
    assert str(desk) not in reply.raw.decode()


def test_a_load_is_posted_and_shown(client: Client) -> None:
    """200 and no 201; times are UTC and name no zone; numbers may be text."""
    posted = client.ask("POST", "/api/loads", LOAD | {"weight": "42,000 lbs", "num_of_pieces": 24})
    assert posted.status == 200
    assert list(posted.body) == LOAD_KEYS
    assert posted.body == LOAD | {
        "pickup_datetime": "2025-09-05T08:00:00",
        "delivery_datetime": "2025-09-06T08:00:00.250000",
        "loadboard_rate": 900.0,
        "notes": None,
        "weight": 42000.0,
        "commodity_type": None,
        "num_of_pieces": 24,
        "miles": None,
        "dimensions": None,
        "status": "available",
        "created_at": "2025-09-01T12:00:00",
        "updated_at": "2025-09-01T12:00:00",
    }
    assert client.ask("GET", "/api/loads/N1").body == posted.body
    again = client.ask("POST", "/api/loads", LOAD)
    assert (again.status, again.body) == (
        409,
        {"detail": "load N1 is in the file already", "code": "load_exists"},
    )


@pytest.mark.parametrize("column", list(LOAD))
def test_a_load_needs_what_it_needed(client: Client, column: str, desk: Path) -> None:
    """Each column alone, missing or unusable."""
    missing = {key: value for key, value in LOAD.items() if key != column}
    for body in (missing, LOAD | {column: None}, LOAD | {column: []}, LOAD | {column: "\ud800"}):
        reply = client.ask("POST", "/api/loads", body)
        assert (reply.status, reply.body["detail"][0]["loc"]) == (422, ["body", column])
    assert select(desk, "SELECT count(*) FROM loads WHERE load_id = 'N1'") == [(0,)]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"loadboard_rate": -1}, "loadboard_rate"),
        ({"loadboard_rate": "x"}, "loadboard_rate"),
        ({"pickup_datetime": "soon"}, "pickup_datetime"),
        ({"delivery_datetime": "2025-09-01"}, "delivery_datetime"),
        ({"num_of_pieces": 1.5}, "num_of_pieces"),
        ({"miles": True}, "miles"),
    ],
)
def test_a_load_with_a_slip_is_refused(client: Client, change: dict[str, object], column: str) -> None:
    """By the rules of an import."""
    reply = client.ask("POST", "/api/loads", LOAD | change)
    assert (reply.status, reply.body["detail"][0]["loc"]) == (422, ["body", column])


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/loads", ["L3", "L1", "L2"]),
        ("/api/loads?limit=1", ["L3"]),
        ("/api/loads?status=booked", ["L4"]),
        ("/api/loads?status=completed", []),
        ("/api/loads?status=Booked", 422),
        ("/api/loads?limit=0", 422),
        ("/api/loads?limit=x", 422),
        ("/api/loads/search", "Load not found"),
        ("/api/loads/none", "Load not found"),
        ("/api/calls/1/loads", ["L1", "L3", "L2"]),
        ("/api/calls/9/loads", "Call not found"),
        ("/api/calls/x/loads", 422),
        ("/api/calls/x", 422),
        ("/api/calls/9", "Call not found"),
        ("/api/carriers/MC-9", "Carrier not found"),
        ("/api/carriers/nobody", "Carrier not found"),
    ],
)
def test_what_is_read(client: Client, path: str, found: object) -> None:
    """A list of IDs, the words of a 404, or 422. Blank is available, as everywhere."""
    reply = client.ask("GET", path)
    match found:
        case int():
            assert reply.status == found
        case str():
            assert (reply.status, reply.body["detail"]) == (404, found)
        case _:
            assert (reply.status, ids(reply.body)) == (200, found)
            assert all(list(load) == LOAD_KEYS for load in reply.body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, ["L3", "L1", "L2"]),
        ({"origin": "CHICAGO"}, ["L1"]),
        ({"origin": ""}, ["L3", "L1", "L2"]),
        ({"destination": "%"}, ["L3"]),
        ({"equipment_type": "Reefer"}, ["L1"]),
        ({"equipment_type": "reefer"}, []),
        ({"min_rate": 1100, "max_rate": "1100"}, ["L3", "L2"]),
        ({"min_rate": 0, "limit": 1}, ["L3"]),
        ({"equipment_type": "Dry Van", "limit": 1}, ["L2"]),
        ({"limit": 101}, 422),
        ({"limit": 0}, 422),
        ({"limit": None}, 422),
        ({"min_rate": "x"}, 422),
        ({"origin": 5}, 422),
        ({"origin": "\ud800"}, 422),
    ],
)
def test_loads_are_searched(client: Client, body: object, found: object) -> None:
    """Available ones alone: parts of places in any case, the whole equipment, rates with both ends."""
    reply = client.ask("POST", "/api/loads/search", body)
    assert reply.status == found if isinstance(found, int) else ids(reply.body) == found


@pytest.mark.parametrize(
    ("number", "load_id", "status", "said"),
    [
        ("MC-123456", "L1", 200, "Welcome Swift! Your MC number has been verified."),
        ("123456", None, 200, "Welcome Swift! Your MC number has been verified."),
        ("123456", "", 200, "Welcome Swift! Your MC number has been verified."),
        ("99", "L1", 200, "Welcome! A colleague will verify your MC number."),
        ("7", "L1", 200, "Welcome! A colleague will verify your MC number."),
        ("345678", "L1", 400, "Carrier 345678 is not eligible (Status: OUT-OF-SERVICE)"),
        ("123456", "none", 404, "Load not found"),
        ("nobody", "L1", 422, "carrier_mc_number"),
    ],
)
def test_a_carrier_is_looked_up_and_gets_a_call(
    client: Client, desk: Path, number: str, load_id: str | None, status: int, said: str
) -> None:
    """The call keeps the number as it was spoken; whoever may not haul gets none."""
    reply = client.ask("POST", "/api/validate_mc", {"carrier_mc_number": number, "load_id": load_id})
    assert reply.status == status
    if status != 200:
        detail = reply.body["detail"]
        assert (detail if status != 422 else detail[0]["loc"][1]) == said
        assert select(desk, "SELECT max(id) FROM calls") == [(3,)]
        return
    assert reply.body == {
        "success": True,
        "message": said,
        "call_id": 4,
        "carrier_verified": "Swift" in said,
    }
    shown = client.ask("GET", "/api/calls/4").body
    assert list(shown) == CALL_KEYS
    assert (shown["carrier_mc_number"], shown["load_id"]) == (number, load_id or None)


def test_a_blocked_carrier_is_not_eligible(client: Client, desk: Path) -> None:
    """In the words that its status would have; the reason is the desk's own."""
    execute(desk, "INSERT INTO carrier_blocks (carrier, reason) VALUES ('123456', 'double brokered')")
    reply = client.ask("POST", "/api/validate_mc", {"carrier_mc_number": "MC 123456"})
    detail = "Carrier MC 123456 is not eligible (Status: blocked)"
    assert (reply.status, reply.body["detail"]) == (400, detail)


@pytest.mark.parametrize("number", ["MC-123456", "123456", "mc%20123456"])
def test_a_carrier_is_shown_however_it_is_spelled(client: Client, number: str) -> None:
    """The older program knew one spelling."""
    shown = client.ask("GET", f"/api/carriers/{number}").body
    assert list(shown) == CARRIER_KEYS
    assert (shown["mc_number"], shown["is_verified"], shown["created_at"]) == (
        "MC-123456",
        True,
        "2025-08-01T00:00:00",
    )


def test_a_call_is_ended(client: Client, desk: Path) -> None:
    """Notes are put after those that are there; what was ignored there is here."""
    update = {
        "outcome": "rejected",
        "sentiment": "neutral",
        "final_rate_agreed": 9,
        "transferred_to_rep": True,
    }
    reply = client.ask("POST", "/api/calls/1/end", update | {"notes": "rings back"})
    assert (reply.status, reply.body) == (200, {"message": "Call ended successfully"})
    shown = client.ask("GET", "/api/calls/1").body
    assert (shown["outcome"], shown["sentiment"], shown["final_rate_agreed"]) == ("rejected", "neutral", None)
    assert shown["call_end_time"] == "2025-09-01T12:00:00"
    assert select(desk, "SELECT notes FROM calls WHERE id = 1") == [("rings back",)]
    assert client.ask("POST", "/api/calls/1/end", update).status == 409


@pytest.mark.parametrize(
    ("call_id", "body", "status"),
    [
        (1, {}, 200),
        (1, {"outcome": None}, 200),
        (1, {"outcome": "Rejected"}, 422),
        (1, {"sentiment": "sad"}, 422),
        (1, {"notes": 5}, 422),
        (1, {"transferred_to_rep": "perhaps"}, 422),
        (1, {"outcome": "accepted"}, 409),
        (9, {"outcome": "rejected"}, 404),
        ("x", {}, 422),
    ],
)
def test_a_call_ends_as_the_record_allows(client: Client, call_id: object, body: object, status: int) -> None:
    """The older program said that an unknown call had ended."""
    assert client.ask("POST", f"/api/calls/{call_id}/end", body).status == status


def test_a_call_without_an_outcome_ends_as_its_last_round_left_it(client: Client) -> None:
    """An agreement is not lost by it."""
    client.ask("POST", "/api/calls/1/negotiate", {"call_id": "1", "carrier_offer": 2100})
    client.ask("POST", "/api/calls/1/end", {})
    assert client.ask("GET", "/api/calls/1").body["outcome"] == "accepted"


def test_the_dashboard_is_answered(client: Client, desk: Path) -> None:
    """The two requests that it makes, with each key that it reads."""
    execute(
        desk,
        "UPDATE calls SET outcome = 'accepted', sentiment = 'positive', negotiation_rounds = 3 WHERE id = 1",
        "UPDATE calls SET outcome = ' Rejected', negotiation_rounds = 2 WHERE id = 2",
        "UPDATE loads SET status = 'Completed' WHERE load_id = 'L2'",
    )
    assert client.ask("GET", "/api/metrics/calls").body == {
        "total_calls": 3,
        "successful_bookings": 1,
        "conversion_rate": pytest.approx(100 / 3),
        "average_negotiation_rounds": 2.5,
        "sentiment_distribution": {"positive": 1},
        "outcome_distribution": {"accepted": 1, "rejected": 1},
    }
    assert client.ask("GET", "/api/metrics/loads").body == {
        "total_loads": 4,
        "available_loads": 2,
        "booked_loads": 1,
        "completed_loads": 1,
        "average_rate": (2100 + 1100 + 1100 + 5000) / 4,
    }


def test_figures_of_an_empty_file_are_nothing(made_once: Path) -> None:
    """And no division by it."""
    client = Client(made_once / "empty.db")
    assert client.ask("GET", "/api/metrics/calls").body["conversion_rate"] == 0
    assert client.ask("GET", "/api/metrics/loads").body["average_rate"] == 0


OPEN = {"/", "/health"}


@pytest.mark.parametrize("key", [None, "", "a-key-for-the-test", KEY.upper(), f"{KEY} x", "ä"])
def test_nobody_gets_in_without_a_key(client: Client, key: str | None) -> None:
    """Whatever the route; the key is looked at before path, query and body."""
    headers = {} if key is None else {"X-API-Key": key}
    closed = [operation for operation in OPERATIONS if operation.path not in OPEN]
    paths = [(done.method, re.sub(r"\{\w+\}", "x", done.path)) for done in closed]
    far = [("POST", "/api/cli/asks"), ("POST", "/api/cli/session"), ("GET", "/api/cli/rounds")]
    for reply in client.all(*[(method, path, b"{", headers) for method, path in [*paths, *far]]):
        assert (reply.status, reply.body) == (401, {"detail": "Invalid API key"})
        assert "www-authenticate" not in reply.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/nothing", 404, "Not Found"),
        ("GET", "/api/validate_mc", 405, "Method Not Allowed"),
        ("POST", "/api/calls/start", 405, "Method Not Allowed"),
        ("POST", "/api/webhook/happyrobot", 404, "Not Found"),
        ("DELETE", "/api/loads", 405, "Method Not Allowed"),
    ],
)
def test_what_is_not_there(client: Client, method: str, path: str, status: int, detail: str) -> None:
    """As JSON, in the words of the older program."""
    reply = client.raw(method, path, b"", {})
    assert (reply.status, reply.body) == (status, {"detail": detail})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{}{}",
        b'{"call_id": "1", "carrier_offer": NaN}',
        b'{"call_id": "1", "carrier_offer": Infinity}',
        b'{"call_id": "1", "carrier_offer": 1e999}',
        b'{"call_id": "1", "carrier_offer": ' + b"9" * 5000 + b"}",
        b'{"call_id": "1", "carrier_offer": 2300, "carrier_offer": 2400}',
        b'{"call_id": "1", "carrier_offer": 2300, "notes": "\xff"}',
        b'{"notes": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'\xef\xbb\xbf{"call_id": "1", "carrier_offer": 2300}',
    ],
    ids=repr,
)
def test_a_body_that_is_no_json_object_is_refused(client: Client, body: bytes, desk: Path) -> None:
    """Whatever is wrong with it."""
    reply = client.raw("POST", "/api/calls/1/negotiate", body)
    assert (reply.status, reply.body["detail"][0]["loc"][0]) == (422, "body")
    assert select(desk, "SELECT count(*) FROM negotiations") == [(0,)]


@pytest.mark.parametrize("declared", [None, str(LARGEST + 1), "9" * 5000])
def test_a_large_body_is_refused(client: Client, declared: str | None) -> None:
    """By what it says of itself, or by its size."""
    body = b" " * (LARGEST + 1) if declared is None else b"{}"
    headers = {"X-API-Key": KEY} | ({} if declared is None else {"Content-Length": declared})
    reply = client.raw("POST", "/api/loads", body, headers)
    assert (reply.status, reply.headers["connection"]) == (413, "close")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/calls/9/negotiate", {"call_id": "1", "carrier_offer": 2300}),
        ("POST", "/api/loads", LOAD | {"load_id": "L1"}),
        ("GET", "/api/loads/none", None),
        ("GET", "/api/calls/9", None),
        ("GET", "/api/carriers/9", None),
        ("GET", "/api/negotiations/session/sess_nobody", None),
        ("POST", "/api/validate_mc", {"carrier_mc_number": "1", "load_id": "none"}),
    ],
)
def test_no_message_names_the_file(client: Client, method: str, path: str, body: object, desk: Path) -> None:
    """Neither a refusal nor, when the file is gone, the fault."""
    assert desk.name not in client.ask(method, path, body).raw.decode()
    desk.write_text("no database")
    broken = client.ask(method, path, body)
    assert (broken.status, broken.body["detail"]) == (503, "the file cannot be used now")
    assert broken.headers["retry-after"] == "1"


def test_a_policy_that_cannot_be_used_is_no_fault_of_the_client(client: Client, desk: Path) -> None:
    """And its ceilings are not told."""
    execute(desk, """INSERT INTO policies (version, document) VALUES (1, '{"desk": {"rounds": 1234}}')""")
    reply = client.ask("POST", "/api/calls/1/negotiate", {"call_id": "1", "carrier_offer": 2300})
    assert (reply.status, reply.body["detail"]) == (500, "the policy cannot be used")


def test_no_answer_holds_a_ceiling(client: Client) -> None:
    """Whatever is asked about a load with one."""
    client.ask("POST", "/api/calls/1/negotiate", {"call_id": "1", "carrier_offer": 2300})
    for path in ("/api/calls/1/negotiations", "/api/loads", "/api/loads/L1", "/api/calls/1", "/openapi.json"):
        assert "ceiling" not in client.ask("GET", path).raw.decode()


def test_metrics_are_in_the_form_of_prometheus(client: Client) -> None:
    """Each line a comment, or a name, labels and a number."""
    reply = client.ask("GET", "/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    line = re.compile(r"# (HELP|TYPE) \w+ .+|\w+(\{\w+=\"[^\"]*\"(,\w+=\"[^\"]*\")*\})? [0-9.e+-]+")
    assert all(map(line.fullmatch, reply.raw.decode().splitlines()))


def test_a_405_names_all_methods_of_the_path(client: Client) -> None:
    """Those of one path are one route."""
    allowed = client.ask("DELETE", "/api/loads").headers["allow"]
    assert sorted(allowed.split(", ")) == ["GET", "HEAD", "POST"]


def test_other_pages_may_not_call_it(client: Client) -> None:
    """No header of CORS is sent: a browser keeps what is read from scripts of other origins."""
    reply = client.ask("GET", "/api/loads", Origin="https://elsewhere.example")
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_the_description_is_there_without_a_key_and_loads_nothing(client: Client) -> None:
    """The page is the document, written out."""
    document = client.raw("GET", "/openapi.json", b"", {}).body
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(operation.method, operation.path) for operation in OPERATIONS}
    for path in ("/docs", "/redoc"):
        page = client.raw("GET", path, b"", {})
        text = page.raw.decode()
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        assert not re.search(r"https?://|<script|<link|<img|@import|url\(", text)
        assert all(path in text for _, path in described)
        assert set(re.findall(r'href="#(\w+)"', text)) <= set(re.findall(r'id="(\w+)"', text))


def resolved(schema: Any, document: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema, or the one that it refers to."""
    name = schema.get("$ref")
    return document["components"]["schemas"][name.rpartition("/")[2]] if name else schema


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/health",
            "/api/loads",
            "/api/loads/L1",
            "/api/calls/1",
            "/api/calls/1/loads",
            "/api/carriers/7",
        ),
        *("/api/metrics/calls", "/api/metrics/loads"),
    ],
)
def test_an_answer_is_as_it_is_described(client: Client, path: str) -> None:
    """Each field is described, and each that is required is there."""
    document = client.raw("GET", "/openapi.json", b"", {}).body
    (pattern,) = {
        operation.path
        for operation in OPERATIONS
        if operation.method == "GET" and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path)
    }
    content = document["paths"][pattern]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    schema = resolved(content.get("items", content), document)
    body = client.ask("GET", path).body
    for thing in body if isinstance(body, list) else [body]:
        assert set(schema["required"]) <= set(thing)
        assert set(thing) <= {*schema["properties"], "services"}
    assert json.dumps(schema)


def test_the_clock_is_the_desks(client: Client) -> None:
    """What is written over HTTP has the time of the file's own clock."""
    client.ask("POST", "/api/loads", LOAD)
    assert client.ask("GET", "/api/loads/N1").body["created_at"] == NOW.replace(tzinfo=None).isoformat()
