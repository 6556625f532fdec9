"""The three routes of the specification, and what an ask over HTTP keeps of the older program."""

from pathlib import Path

import pytest

from negotiator.negotiation.responses import TRANSFER_WORDS
from tests.conftest import execute, run, select
from tests.integration.http.client import WITH_KEY, Client

FOUR = ["accepted", "response", "should_transfer", "negotiation_round"]


def offer(amount: object, **more: object) -> dict[str, object]:
    """Return the body of an ask."""
    return {"call_id": "123", "carrier_offer": amount} | more


@pytest.fixture
def client(desk: Path) -> Client:
    """Give a client of the desk's file."""
    return Client(desk)


def test_an_answer_has_the_four_keys_and_ours(client: Client, desk: Path) -> None:
    """The call is that of the path; notes are kept; the session is that of the body."""
    reply = client.ask("POST", "/api/calls/1/negotiate", offer(2300, session_id="sess_known", notes="rang"))
    assert reply.status == 200
    assert list(reply.body)[:4] == FOUR
    assert reply.body == {
        "accepted": False,
        "response": reply.body["message"],
        "should_transfer": False,
        "negotiation_round": 1,
        "call_id": 1,
        "session_id": "sess_known",
        "round_number": 1,
        "rounds_left": 3,
        "carrier_offer": 2300.0,
        "decision": "counter",
        "amount": 2125.0,
        "message": "We can do $2,125.00 on this load. Does that work for you?",
    }
    assert select(desk, "SELECT call_id, session_id, notes FROM negotiations") == [(1, "sess_known", "rang")]


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_session_is_none(client: Client, desk: Path, empty: str | None) -> None:
    """As a form that was left blank sends it."""
    assert client.ask("POST", "/api/calls/1/negotiate", offer(2300, session_id=empty)).status == 200
    assert select(desk, "SELECT session_id FROM negotiations") == [(None,)]


@pytest.mark.parametrize(
    ("amount", "asked"), [(2300, 2300.0), (2300.1, 2300.1), ("2300", 2300.0), ("$2,300.50", 2300.5)]
)
def test_an_amount_may_be_text(client: Client, amount: object, asked: float) -> None:
    """The older program took numbers in quotes."""
    assert client.ask("POST", "/api/calls/1/negotiate", offer(amount)).body["carrier_offer"] == asked


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"carrier_offer": 2300}, "call_id"),
        ({"call_id": "1"}, "carrier_offer"),
        ({"call_id": 1, "carrier_offer": 2300}, "call_id"),
        ({"call_id": "1", "carrier_offer": True}, "carrier_offer"),
        (offer(None), "carrier_offer"),
        (offer([]), "carrier_offer"),
        (offer("much"), "carrier_offer"),
        (offer(-1), "carrier_offer"),
        (offer(0), "carrier_offer"),
        (offer(10**400), "carrier_offer"),
        (offer("1" * 5000), "carrier_offer"),
        (offer(50_000), "carrier_offer"),
        (offer(2300, session_id="invalid"), "session_id"),
        (offer(2300, session_id="sess_\ud800"), "session_id"),
        (offer(2300, session_id=7), "session_id"),
        (offer(2300, notes="x" * 10_001), "notes"),
        (offer(2300, notes="\0"), "notes"),
        (offer(2300, notes={}), "notes"),
    ],
)
def test_a_body_that_cannot_be_taken_names_the_field(
    client: Client, desk: Path, body: object, place: str
) -> None:
    """And nothing is written."""
    reply = client.ask("POST", "/api/calls/1/negotiate", body)
    assert reply.status == 422
    (fault,) = reply.body["detail"]
    assert fault["loc"] == ["body", place]
    assert {"type", "msg"} <= set(fault)
    assert select(desk, "SELECT count(*) FROM negotiations") == [(0,)]


def test_all_faults_are_said_at_once(client: Client) -> None:
    """As the older program did."""
    faults = client.ask("POST", "/api/calls/1/negotiate", {"notes": 7}).body["detail"]
    assert [(fault["type"], fault["loc"][1]) for fault in faults] == [
        ("missing", "call_id"),
        ("missing", "carrier_offer"),
        ("string_type", "notes"),
    ]


def test_a_conflict_can_be_gone_on_from(client: Client, desk: Path) -> None:
    """409, with what to say and whether a person must take over."""
    session = offer(2100, session_id="sess_known")
    assert client.ask("POST", "/api/calls/1/negotiate", session).body["accepted"]
    again = client.ask("POST", "/api/calls/1/negotiate", session)
    assert (again.status, again.body["accepted"], again.body["should_transfer"]) == (409, False, True)
    assert again.body["code"] == "thread_closed"
    taken = client.ask("POST", "/api/calls/2/negotiate", offer(2100))
    assert (taken.status, taken.body["should_transfer"], taken.body["code"]) == (409, False, "load_taken")
    assert taken.body["response"] == "I'm sorry, that load is no longer available."


def test_who_was_handed_over_hears_the_same_again(client: Client, desk: Path) -> None:
    """And nothing more is recorded."""
    asks = [client.ask("POST", "/api/calls/1/negotiate", offer(3000)).body for _ in range(4)]
    assert [ask["should_transfer"] for ask in asks] == [False, False, False, True]
    again = client.ask("POST", "/api/calls/1/negotiate", offer(3000))
    assert again.status == 409
    assert {key: again.body[key] for key in FOUR[:3]} == {
        "accepted": False,
        "response": TRANSFER_WORDS,
        "should_transfer": True,
    }
    assert select(desk, "SELECT count(*) FROM negotiations") == [(4,)]


def test_a_carrier_that_must_not_haul_is_handed_over(client: Client, desk: Path) -> None:
    """What is said to it does not say why."""
    execute(
        desk,
        "UPDATE calls SET carrier_mc_number = 'MC1' WHERE id = 1",
        "INSERT INTO carriers (mc_number, company_name, status) VALUES ('MC1', 'A', 'OUT-OF-SERVICE')",
    )
    reply = client.ask("POST", "/api/calls/1/negotiate", offer(2100))
    assert (reply.status, reply.body["should_transfer"]) == (409, True)
    assert "SERVICE" not in reply.body["response"]


@pytest.mark.parametrize(
    ("call_id", "status", "detail"),
    [
        ("99", 404, "Call not found"),
        ("-1", 404, "Call not found"),
        ("abc", 422, "call_id"),
        ("1.5", 422, "call_id"),
        ("9" * 30, 422, "call_id"),
    ],
)
def test_an_unknown_call_is_not_found(client: Client, call_id: str, status: int, detail: str) -> None:
    """The older program answered 500."""
    reply = client.ask("POST", f"/api/calls/{call_id}/negotiate", offer(2300))
    assert reply.status == status
    found = reply.body["detail"]
    assert found == detail if status == 404 else found[0]["loc"] == ["path", detail]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE calls SET load_id = NULL", "No active call or load found"),
        ("UPDATE calls SET load_id = ' '", "No active call or load found"),
        ("UPDATE calls SET load_id = 'gone'", "Load not found"),
    ],
)
def test_a_call_without_its_load_is_answered(client: Client, desk: Path, statement: str, words: str) -> None:
    """As in the older program: it is no error there."""
    execute(desk, statement)
    reply = client.ask("POST", "/api/calls/1/negotiate", offer(2300))
    assert reply.status == 200
    assert [reply.body[key] for key in FOUR] == [False, words, False, 0]


@pytest.mark.parametrize("key", ["ask-1", '"ask-1"', ' "ask-1" '])
def test_an_ask_that_is_sent_again_is_answered_as_before(client: Client, desk: Path, key: str) -> None:
    """With or without quotes, the key is the same."""
    first = client.ask("POST", "/api/calls/1/negotiate", offer(2300), Idempotency_Key="ask-1")
    again = client.ask("POST", "/api/calls/1/negotiate", offer(2300), Idempotency_Key=key)
    assert (first.status, first.body) == (again.status, again.body)
    assert select(desk, "SELECT request_id FROM negotiations") == [("ask-1",)]


def test_asks_that_are_sent_at_the_same_time_under_one_key_are_one(client: Client, desk: Path) -> None:
    """They may share a commit."""
    headers = WITH_KEY | {"Idempotency-Key": "one"}
    replies = client.all(*[("POST", "/api/calls/1/negotiate", offer(2300), headers)] * 8)
    assert {reply.raw for reply in replies} == {replies[0].raw}
    assert select(desk, "SELECT count(*) FROM negotiations") == [(1,)]


def test_a_key_stands_for_one_ask(client: Client) -> None:
    """Another under it is a conflict."""
    client.ask("POST", "/api/calls/1/negotiate", offer(2300), Idempotency_Key="ask-1")
    reply = client.ask("POST", "/api/calls/1/negotiate", offer(2200), Idempotency_Key="ask-1")
    assert (reply.status, reply.body["code"]) == (409, "request_about_another_ask")


@pytest.mark.parametrize("key", ["", '""', "a b", "ä", "x" * 65, '"a'])
def test_what_cannot_be_a_key_is_refused(client: Client, key: str) -> None:
    """Nothing is asked without the protection that the client counts on."""
    reply = client.ask("POST", "/api/calls/1/negotiate", offer(2300), Idempotency_Key=key)
    assert reply.status == 422
    assert reply.body["detail"][0]["loc"] == ["header", "Idempotency-Key"]


def test_histories_are_lists_in_order(client: Client) -> None:
    """With exactly the keys of the specification; times name no zone."""
    for amount in (2300, 2250):
        client.ask("POST", "/api/calls/1/negotiate", offer(amount, session_id="sess_known"))
    client.ask("POST", "/api/calls/1/negotiate", offer(2200))
    of_session = client.ask("GET", "/api/negotiations/session/sess_known").body
    assert of_session[0] == {
        "id": 1,
        "call_id": 1,
        "session_id": "sess_known",
        "round_number": 1,
        "carrier_offer": 2300.0,
        "system_response": "counter_offer_2125.00",
        "timestamp": "2025-09-01T12:00:00",
    }
    assert [done["carrier_offer"] for done in of_session] == [2300, 2250]
    assert client.ask("GET", "/api/calls/1/negotiations?session_id=sess_known").body == of_session
    for query in ("", "?session_id="):
        assert len(client.ask("GET", f"/api/calls/1/negotiations{query}").body) == 3


def test_old_rows_are_read_whatever_they_hold(old: Path) -> None:
    """The older program answered 500 to a round without a time."""
    rounds = Client(old).ask("GET", "/api/calls/5/negotiations").body
    assert [(done["timestamp"], done["system_response"]) for done in rounds] == [
        (None, "counter_offer_905.0")
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/negotiations/session/sess_nobody", 404),
        ("/api/negotiations/session/nobody", 422),
        ("/api/negotiations/session/%20", 422),
        ("/api/calls/99/negotiations", 200),
        ("/api/calls/1/negotiations?session_id=sess_nobody", 200),
        ("/api/calls/1/negotiations?session_id=nobody", 422),
        ("/api/calls/x/negotiations", 422),
    ],
)
def test_a_history_of_nothing(client: Client, path: str, status: int) -> None:
    """Not found, none, or no such ID."""
    reply = client.ask("GET", path)
    assert reply.status == status
    match status:
        case 404:
            assert reply.body["detail"] == "No negotiations found for session sess_nobody"
        case 200:
            assert reply.body == []
        case _:
            assert reply.body["detail"][0]["loc"][0] in {"path", "query"}


def test_a_session_without_a_round_has_no_negotiations(client: Client, desk: Path) -> None:
    """Though it was started."""
    session_id = run("session", "start", "--call", 1).stdout.strip()
    assert client.ask("GET", f"/api/negotiations/session/{session_id}").status == 404
