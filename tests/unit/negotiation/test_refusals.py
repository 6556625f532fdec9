"""What forbids an ask: where each bound is, and the words, with and without what may be missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from negotiator.errors import (
    ConflictError,
    LoadTakenError,
    NegotiatorError,
    NoAgreementError,
    NoPostedRateError,
    OutlierError,
    RequestMismatchError,
    SessionCarrierError,
    SessionEndedError,
    SessionMismatchError,
    ThreadClosedError,
    ThreadTransferredError,
)
from negotiator.negotiation import refusals
from negotiator.negotiation.models import Ask, Call, Load, SessionRow
from negotiator.negotiation.thread import Round, Thread
from negotiator.policy.decide import Decision

D = Decimal
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
CLOSED = datetime(2025, 9, 1, 11, 30, 15, 250_000, tzinfo=UTC)
LOAD = Load("L1", None, None, None, D(2000), "available")
CALL = Call(1, "MC 700700", "L1", None, None)
ASK = Ask(1, D(2300), "s_1", None, "r1", None, allow_outlier=False)
COUNTERED = Round(1, 1, "s_1", 1, D(2300), "counter_offer_2125.00", None, None)


def said(caught: pytest.ExceptionInfo[NegotiatorError]) -> tuple[str, str]:
    """Return what happened, and what to do."""
    return caught.value.message, caught.value.hint


def row(
    *, closed: datetime | None = None, reason: str | None = None, expires: datetime | None = None
) -> SessionRow:
    """Return what is kept of a session."""
    return SessionRow(1, None, expires, closed, reason)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"carrier_offer": D(2250)}, "of $2,250.00, on call 1 in session s_1"),
        ({"session_id": None}, "of $2,300.00, on call 1"),
        ({"call_id": 2}, "of $2,300.00, on call 2 in session s_1"),
        ({"session_id": "s_2"}, "of $2,300.00, on call 1 in session s_2"),
        # a row without an amount, or without an answer of ours, is no ask that was answered
        ({"carrier_offer": None, "session_id": None}, ", on call 1"),
        ({"system_response": "Sorry."}, "of $2,300.00, on call 1 in session s_1"),
    ],
)
def test_a_request_that_was_another_ask_is_told_as_far_as_it_is_known(
    made: dict[str, object], words: str
) -> None:
    """Its amount, call and session: whoever gave the ID twice looks for them."""
    with pytest.raises(RequestMismatchError) as caught:
        refusals.require_same_ask(COUNTERED._replace(**made), ASK)  # type: ignore[arg-type]
    space = "" if words.startswith(",") else " "
    expected = f"request r1 was another ask{space}{words}"
    assert said(caught) == (expected, "give each ask a request ID of its own")


def test_a_request_that_was_the_same_ask_has_its_decision() -> None:
    """It is answered again, whatever its notes are."""
    assert refusals.require_same_ask(COUNTERED, ASK._replace(notes="again")) is Decision.COUNTER


def test_a_session_that_went_on_elsewhere_keeps_its_rounds() -> None:
    """The later round is named; the last one may be taken back."""
    later = Round(5, 2, "s_1", 2, D(2250), "counter_offer_2150.00", None, None)
    thread = Thread((COUNTERED, later))
    refusals.require_last_of_session(thread, later)
    with pytest.raises(ConflictError) as caught:
        refusals.require_last_of_session(thread, COUNTERED)
    expected = "session s_1 has gone on to round 2 on call 2", "take that round back first"
    assert said(caught) == expected


@pytest.mark.parametrize(
    ("load_id", "ours", "theirs", "error", "words"),
    [
        ("L1", "MC 700700", "MC-700700", None, ""),
        (None, "MC 700700", None, None, ""),
        ("L1", None, "MC 1", None, ""),
        ("L2", "MC 1", "MC 1", SessionMismatchError, "session s_1 is about load L2, this call about L1"),
        ("L1", "MC 2", "MC 1", SessionCarrierError, "session s_1 is with carrier MC 1, this call with MC 2"),
    ],
)
def test_a_session_is_about_one_load_and_with_one_carrier(
    load_id: str | None,
    ours: str | None,
    theirs: str | None,
    error: type[NegotiatorError] | None,
    words: str,
) -> None:
    """Who is not known is not another."""
    call, other = CALL._replace(carrier_mc_number=ours), CALL._replace(id=2, carrier_mc_number=theirs)
    if error is None:
        refusals.refuse_foreign_session("s_1", call, LOAD, other, load_id)
        return
    with pytest.raises(error) as caught:
        refusals.refuse_foreign_session("s_1", call, LOAD, other, load_id)
    assert said(caught) == (words, "use another session ID")


@pytest.mark.parametrize(
    ("decision", "error", "expected"),
    [
        (
            Decision.ACCEPTED,
            ThreadClosedError,
            ("session s_1 is closed: an ask was accepted", "there is nothing left to negotiate"),
        ),
        (
            Decision.TRANSFER,
            ThreadTransferredError,
            ("session s_1 is closed: it was handed to a person", "that person decides now"),
        ),
    ],
)
def test_a_thread_that_has_ended_says_how(
    decision: Decision, error: type[NegotiatorError], expected: tuple[str, str]
) -> None:
    """One that was handed over is told from one that was agreed."""
    with pytest.raises(error) as caught:
        refusals.refuse_closed(decision, "session s_1")
    assert type(caught.value) is error
    assert said(caught) == expected


@pytest.mark.parametrize("decision", [None, Decision.COUNTER])
def test_a_thread_that_goes_on_is_not_refused(decision: Decision | None) -> None:
    """It was countered last, or nothing was said."""
    refusals.refuse_closed(decision, "session s_1")


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (row(closed=CLOSED), "was closed at 2025-09-01T11:30:15Z"),
        (row(closed=CLOSED, reason=""), "was closed at 2025-09-01T11:30:15Z"),
        (row(closed=CLOSED, reason="hung up"), "was closed at 2025-09-01T11:30:15Z: hung up"),
        # closed first: that somebody did
        (row(closed=CLOSED, expires=CLOSED), "was closed at 2025-09-01T11:30:15Z"),
        (row(expires=CLOSED), "expired at 2025-09-01T11:30:15Z"),
        # a deadline is the first moment that is too late
        (row(expires=NOW), "expired at 2025-09-01T12:00:00Z"),
    ],
)
def test_a_session_that_has_ended_says_when_and_why(session: SessionRow, words: str) -> None:
    """A reason only where one was given."""
    with pytest.raises(SessionEndedError) as caught:
        refusals.refuse_ended(session, "s_1", NOW)
    assert said(caught) == (f"session s_1 {words}", "begin another session")


@pytest.mark.parametrize("session", [None, row(), row(expires=NOW + timedelta(microseconds=1))])
def test_a_session_goes_on_until_its_deadline(session: SessionRow | None) -> None:
    """To the last microsecond; one without a deadline, or without a row, has no end."""
    refusals.refuse_ended(session, "s_1", NOW)


@pytest.mark.parametrize(
    ("load", "agreed", "words"),
    [
        (LOAD._replace(status="booked"), False, "load L1 is booked"),
        (LOAD._replace(status="completed"), False, "load L1 is completed"),
        (LOAD._replace(status="completed", was_cancelled=True), False, "load L1 is cancelled"),
        # it was cancelled once, and is on the way since
        (LOAD._replace(status="booked", was_cancelled=True), True, "load L1 is booked"),
        (LOAD, True, "a rate was agreed already for load L1"),
        (LOAD._replace(status=None), True, "a rate was agreed already for load L1"),
    ],
)
def test_a_load_that_is_taken_says_how(load: Load, agreed: bool, words: str) -> None:  # noqa: FBT001 - a column
    """And what is left to do."""
    with pytest.raises(LoadTakenError) as caught:
        refusals.refuse_taken(load, rate_was_agreed=agreed)
    assert said(caught) == (words, "offer the carrier another load")


@pytest.mark.parametrize("status", ["available", None])
def test_a_load_on_the_board_is_not_taken(status: str | None) -> None:
    """A load without a status is on the board."""
    refusals.refuse_taken(LOAD._replace(status=status), rate_was_agreed=False)


@pytest.mark.parametrize("rate", [None, D(0), D("-0.01")])
def test_a_call_without_an_agreed_rate_has_none_to_take_back(rate: Decimal | None) -> None:
    """Other programs write 0 for none."""
    with pytest.raises(NoAgreementError) as caught:
        refusals.agreed_rate(CALL._replace(final_rate_agreed=rate))
    assert said(caught) == ("call 1 has no agreement to take back", "check the call's ID")


def test_the_agreed_rate_may_be_a_cent() -> None:
    """Whatever is above nothing was agreed."""
    assert refusals.agreed_rate(CALL._replace(final_rate_agreed=D("0.01"))) == D("0.01")


@pytest.mark.parametrize("rate", [None, D(0), D(-1), D("10000000.01")])
def test_a_load_without_a_usable_posted_rate_names_the_bounds(rate: Decimal | None) -> None:
    """And the column to set."""
    with pytest.raises(NoPostedRateError) as caught:
        refusals.usable_posted_rate(LOAD._replace(posted_rate=rate))
    words = "load L1 has no posted rate from $0.01 to $10,000,000.00"
    assert said(caught) == (words, "set its loadboard_rate first")


@pytest.mark.parametrize("rate", [D("0.01"), D(10_000_000)])
def test_a_posted_rate_at_a_bound_is_usable(rate: Decimal) -> None:
    """The lowest and the highest amount that there is."""
    assert refusals.usable_posted_rate(LOAD._replace(posted_rate=rate)) == rate


def test_rounds_are_counted_to_a_million() -> None:
    """A number past that is no count of rounds: another program put something else there."""
    numbered = COUNTERED._replace(round_number=999_999)
    assert refusals.usable_round_number(Thread((numbered,))) == 1_000_000
    with pytest.raises(ConflictError) as caught:
        refusals.usable_round_number(Thread((numbered._replace(round_number=1_000_000),)))
    words = "the last round is numbered 1000000, which is no count of rounds"
    assert said(caught) == (words, "begin a session")


@pytest.mark.parametrize("ask", ["1000", "6000", "2000"])
def test_an_ask_from_half_to_three_times_the_posted_rate_is_no_slip(ask: str) -> None:
    """The bounds belong to it."""
    refusals.refuse_outlier(D(ask), D(2000))


@pytest.mark.parametrize(("ask", "shown"), [("999.99", "$999.99"), ("6000.01", "$6,000.01")])
def test_an_ask_beyond_that_is_refused_with_both_amounts(ask: str, shown: str) -> None:
    """By a cent."""
    with pytest.raises(OutlierError) as caught:
        refusals.refuse_outlier(D(ask), D(2000))
    words = f"an ask of {shown} is far from the posted $2,000.00, most likely a slip"
    assert said(caught) == (words, "check it")


@pytest.mark.parametrize("load", [None, LOAD, LOAD._replace(status="booked"), LOAD._replace(status=None)])
def test_a_deal_can_be_undone_until_its_load_is_delivered(load: Load | None) -> None:
    """A load that is gone was not delivered, as far as the file tells."""
    refusals.refuse_completed(load)


def test_a_deal_on_a_delivered_load_stays() -> None:
    """The carrier has driven."""
    with pytest.raises(LoadTakenError) as caught:
        refusals.refuse_completed(LOAD._replace(status="completed"))
    assert said(caught) == ("load L1 is completed", "settle it with the carrier")
