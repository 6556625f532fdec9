"""What the service hands over to the use cases of a negotiation: each argument, and what stands in for those left out."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from negotiator import service as module
from negotiator.errors import ThreadTransferredError
from negotiator.negotiation import book, history, undo
from negotiator.negotiation.ask import parse_ask
from negotiator.negotiation.responses import TRANSFER_WORDS
from negotiator.policy.decide import Policy
from negotiator.service import CallHandlingService
from tests.conftest import SESSION


def clock() -> datetime:
    """Return a time."""
    return datetime(2025, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[CallHandlingService]:
    """Give a service on an empty file, with a policy of its own in the environment."""
    monkeypatch.setenv("NEGOTIATOR_ROUNDS", "7")
    with closing(sqlite3.connect(":memory:")) as db:
        yield CallHandlingService(db, Path("loads.db"), clock=clock)


Recorded = tuple[tuple[Any, ...], dict[str, Any]]
ANSWER = object()


def handed_over(
    monkeypatch: pytest.MonkeyPatch, place: object, name: str, call: Callable[[], object]
) -> Recorded:
    """Return what comes to a use case, whose answer is handed back."""
    seen: list[Recorded] = []

    def function(*given: Any, **named: Any) -> object:  # noqa: ANN401 - whatever comes
        seen.append((given, named))
        return ANSWER

    monkeypatch.setattr(place, name, function)
    assert call() is ANSWER
    (recorded,) = seen
    return recorded


ALL: dict[str, Any] = {
    "notes": "wants fuel paid",
    "ceiling": "2400",
    "allow_outlier": True,
    "allow_carrier": "vetted by phone",
    "request_id": "r-1",
}


@pytest.mark.parametrize(
    ("given", "named", "record"),
    [
        ((1, "2,300", SESSION), ALL, True),
        ((1, "2,300", SESSION), ALL | {"dry_run": True}, False),
        (("2", Decimal(900)), {}, True),
    ],
)
def test_an_ask_is_answered_by_what_it_was_made_of(
    monkeypatch: pytest.MonkeyPatch,
    service: CallHandlingService,
    given: tuple[Any, ...],
    named: dict[str, Any],
    record: object,
) -> None:
    """Under the desk's policy, where the file has none."""
    (file, ask, source), options = handed_over(
        monkeypatch, module, "answer_ask", lambda: service.negotiate(*given, **named)
    )
    assert file.path == Path("loads.db")
    assert ask == parse_ask(*given, **{name: value for name, value in named.items() if name != "dry_run"})
    assert source.without_policy.policy.rounds == 7
    assert options == {"clock": clock, "record": record}


@pytest.mark.parametrize(("named", "record"), [({}, True), ({"dry_run": True}, False)])
def test_an_ask_that_was_made_is_answered_under_a_policy(
    monkeypatch: pytest.MonkeyPatch, service: CallHandlingService, named: dict[str, Any], record: object
) -> None:
    """The one that is given, not the desk's."""
    ask, policy = parse_ask(1, 2300), Policy(rounds=2)
    (file, asked, source), options = handed_over(
        monkeypatch, module, "answer_ask", lambda: service.answer(ask, policy, **named)
    )
    assert (file.path, asked) == (Path("loads.db"), ask)
    assert source.without_policy.policy is policy
    assert options == {"clock": clock, "record": record}


def test_the_short_answer_is_made_of_the_long_one(
    monkeypatch: pytest.MonkeyPatch, service: CallHandlingService
) -> None:
    """Each of the three words at its place."""
    seen: list[Recorded] = []
    for accepted, should_transfer in ((True, True), (False, True), (False, False)):
        answer = SimpleNamespace(accepted=accepted, message="words", should_transfer=should_transfer)

        def negotiate(*given: Any, answer: Any = answer, **named: Any) -> Any:  # noqa: ANN401 - as it is
            seen.append((given, named))
            return answer

        monkeypatch.setattr(service, "negotiate", negotiate)
        result = service.handle_negotiation(
            1, "2300", SESSION, notes="note", allow_outlier=True, request_id="r-1"
        )
        assert (result.accepted, result.message, result.should_transfer) == (
            accepted,
            "words",
            should_transfer,
        )
    named = {"notes": "note", "allow_outlier": True, "request_id": "r-1"}
    assert seen == [((1, "2300", SESSION), named)] * 3
    service.handle_negotiation(1, 2300)
    assert seen[-1] == ((1, 2300, None), {"notes": None, "allow_outlier": False, "request_id": None})


def test_who_was_handed_over_is_handed_over_again(
    monkeypatch: pytest.MonkeyPatch, service: CallHandlingService
) -> None:
    """Nothing is accepted, and a person goes on."""

    def refuse(*_given: object, **_named: object) -> object:
        raise ThreadTransferredError("a person decides")

    monkeypatch.setattr(service, "negotiate", refuse)
    assert service.handle_negotiation(1, 2300) == (False, TRANSFER_WORDS, True)


REST: list[tuple[str, Any, str, tuple[Any, ...], dict[str, Any], tuple[Any, ...], dict[str, Any]]] = [
    (
        *("reopen_call", undo, "reopen", (1, "slip")),
        *({"fell_through": True, "by": "ann"}, (1, "slip")),
        {"fell_through": True, "by": "ann", "clock": clock},
    ),
    (
        *("reopen_call", undo, "reopen", (1, "slip"), {}, (1, "slip")),
        {"fell_through": False, "by": None, "clock": clock},
    ),
    ("undo_round", undo, "undo_round", (1, "slip", "s"), {}, (1, "slip", "s"), {"clock": clock}),
    ("undo_round", undo, "undo_round", (1, "slip"), {}, (1, "slip", None), {"clock": clock}),
    ("session_history", history, "session_history", ("s",), {}, ("s",), {}),
    ("call_history", history, "call_history", (1, "s"), {}, (1, "s"), {}),
    ("call_history", history, "call_history", (1,), {}, (1, None), {}),
]


@pytest.mark.parametrize(("method", "place", "name", "given", "named", "arguments", "options"), REST)
def test_what_is_given_comes_to_the_use_case(
    monkeypatch: pytest.MonkeyPatch,
    service: CallHandlingService,
    method: str,
    place: object,
    name: str,
    given: tuple[Any, ...],
    named: dict[str, Any],
    arguments: tuple[Any, ...],
    options: dict[str, Any],
) -> None:
    """In its place, and on this file."""
    (file, *rest), found = handed_over(
        monkeypatch, place, name, lambda: getattr(service, method)(*given, **named)
    )
    assert file.path == Path("loads.db")
    assert (tuple(rest), found) == (arguments, options)


@pytest.mark.parametrize("named", [{}, {"reason": "she called", "allow_carrier": True}])
def test_a_deal_of_a_person_is_booked_under_the_desk_s_policy(
    monkeypatch: pytest.MonkeyPatch, service: CallHandlingService, named: dict[str, Any]
) -> None:
    """With who made it, and why."""
    (file, call, rate, source), found = handed_over(
        monkeypatch, book, "book_call", lambda: service.book_call(1, "2,400", by="ann", **named)
    )
    assert (file.path, call, rate) == (Path("loads.db"), 1, "2,400")
    assert source.without_policy.policy.rounds == 7
    assert found == {"reason": None, "allow_carrier": False} | named | {"by": "ann", "clock": clock}


def test_one_transaction_has_two_names() -> None:
    """`together` is the older one."""
    assert CallHandlingService.together is CallHandlingService.one_transaction
