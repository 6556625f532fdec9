"""The public door: what `import negotiator` promises."""

import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import negotiator
from negotiator import (
    BadInputError,
    CallFilter,
    CallHandlingService,
    CallOutcome,
    InvalidCallIDError,
    InvalidNotesError,
    MigrationsPendingError,
    Sentiment,
    SessionFilter,
    SessionNotFoundError,
    SessionStatus,
    errors,
)
from negotiator.errors import InvalidLoadsError, Remedy
from negotiator.loads.filters import LoadFilter
from tests.conftest import NOW, SESSION, contents, select


def test_all_is_sorted_and_every_name_in_it_can_be_had() -> None:
    """Though nothing is loaded before it is asked for."""
    assert negotiator.__all__ == sorted(negotiator.__all__)
    assert all(getattr(negotiator, name).__doc__ for name in negotiator.__all__)


def test_every_error_that_a_program_may_meet_is_public() -> None:
    """All but the one about our own output."""
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and name.endswith("Error")}
    assert kinds - {"OutputClosedError"} <= set(negotiator.__all__)
    assert set(dir(negotiator)) == set(negotiator.__all__)


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    """As for any module."""
    with pytest.raises(AttributeError, match="nonsense"):
        negotiator.nonsense  # noqa: B018


def test_handle_negotiation_returns_accepted_message_should_transfer(service: CallHandlingService) -> None:
    """A tuple of three, with names."""
    result = service.handle_negotiation("1", 2300.0, SESSION)
    assert result == (False, "We can do $2,125.00 on this load. Does that work for you?", False)
    accepted, message, should_transfer = service.handle_negotiation(1, "$2,125", SESSION, notes="took it")
    assert (accepted, should_transfer) == (True, True)
    assert "$2,125.00" in message


def test_a_transferred_thread_is_handed_over_again_and_nothing_is_recorded(
    service: CallHandlingService, desk: Path
) -> None:
    """A voice agent must never be left without an answer for the carrier."""
    first = [service.handle_negotiation(1, 2500) for _ in range(4)][-1]
    before = contents(desk)
    assert service.handle_negotiation(1, 2100) == first == (False, first.message, True)
    assert contents(desk) == before


def test_the_words_never_tell_the_ceiling(service: CallHandlingService) -> None:
    """2310 is the ceiling of a load posted at 2100."""
    words = [service.handle_negotiation(1, ask).message for ask in (2500, 2400, 2350, 2320)]
    assert not any("2,310" in said or "2310" in said for said in words)


@pytest.mark.parametrize("offer", [2300, 2300.0, "2,300", Decimal(2300)])
def test_an_ask_may_be_a_float_an_int_text_or_a_decimal(
    service: CallHandlingService, desk: Path, offer: float | str | Decimal
) -> None:
    """It is the same ask."""
    service.handle_negotiation(1, offer)
    assert select(desk, "SELECT carrier_offer FROM negotiations") == [(2300.0,)]


@pytest.mark.parametrize(("call_id", "offer"), [(None, 1), (1, None)])
def test_numbers_past_all_bounds_are_refused(service: CallHandlingService, call_id: Any, offer: Any) -> None:  # noqa: ANN401
    """In our own words."""
    with pytest.raises(BadInputError):
        service.handle_negotiation(call_id, offer)


@pytest.mark.parametrize("notes", [5, b"x", ["x"]])
def test_notes_are_text(service: CallHandlingService, notes: Any) -> None:  # noqa: ANN401
    """Nothing else."""
    with pytest.raises(InvalidNotesError):
        service.handle_negotiation(1, 2300, notes=notes)


def test_the_callers_decimal_context_does_not_matter(service: CallHandlingService) -> None:
    """A program that computes with two digits gets the same answer."""
    with localcontext(prec=2):
        assert service.negotiate(1, "2,287.13").amount == Decimal(2120)
    assert service.call_history(1)[0].carrier_offer == Decimal("2287.13")


def test_a_service_is_closed_after_its_block(desk: Path) -> None:
    """The mistake is the program's; the file is not blamed."""
    with CallHandlingService.open(desk) as opened:
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        opened.call_history(1)


@pytest.mark.parametrize("bad", ["", "abc", "1.0", "--1", "１", "1_0", " 1", "9" * 19, True])
def test_a_call_id_is_a_whole_number(service: CallHandlingService, bad: str) -> None:
    """As text or as int."""
    with pytest.raises(InvalidCallIDError):
        service.handle_negotiation(bad, 2300)


def test_histories_are_lists_of_rounds(service: CallHandlingService) -> None:
    """Each field is a key of the JSON."""
    service.negotiate(1, 2300, SESSION, notes="first")
    (found,) = service.session_history(SESSION)
    assert (found.carrier_offer, found.counter, found.notes) == (Decimal(2300), Decimal(2125), "first")
    assert service.call_history(1) == service.call_history("1", SESSION) == [found]
    assert service.call_history(2) == service.call_history(2, SESSION) == []
    with pytest.raises(SessionNotFoundError):
        service.call_history(2, "sess_never_used")


def test_an_old_file_has_to_be_migrated_first(unmigrated: Path) -> None:
    """And the hint says how."""
    with pytest.raises(MigrationsPendingError) as caught, CallHandlingService.open(unmigrated):
        pass
    assert caught.value.remedy is Remedy.MIGRATE
    assert caught.value.facts == {"path": unmigrated}


def test_what_a_desk_keeps_can_be_had_from_python(desk: Path) -> None:
    """Calls and sessions, from their start to their end, as the command line has them."""
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        call = service.start_call("L1", "MC 123456", company="Swift Road").call_id
        session = service.start_session(call, expires_in=timedelta(hours=2), metadata={"desk": "reefer"})
        service.negotiate(call, 2300, session)
        service.set_session_metadata(session, {"lane": "dal"})
        assert service.show_session(session).metadata == {"desk": "reefer", "lane": "dal"}
        assert service.show_session(session).status is SessionStatus.ACTIVE
        service.close_session(session, "no truck")
        closed = service.list_sessions(SessionFilter(status=SessionStatus.CLOSED))
        assert [(found.session_id, found.close_reason) for found in closed] == [(session, "no truck")]
        service.end_call(call, CallOutcome.REJECTED, sentiment=Sentiment.NEUTRAL, notes="no truck")
        assert service.show_call(call).company_name == "Swift Road"
        assert [found.id for found in service.list_calls(CallFilter(outcome=CallOutcome.REJECTED))] == [call]
        assert len(service.list_calls(limit=2)) == 2
        assert len(service.list_sessions()) == 1


def test_loads_and_reports_can_be_had_from_python(desk: Path) -> None:
    """The board, a file of loads, and the figures."""
    source = desk.with_name("board.csv")
    source.write_text("load,from,to,pickup,delivery,trailer,rate\nX1,Reno,Boise,9/2/2025,9/3/2025,Van,1400\n")
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        assert service.import_loads(source).added == 1
        service.negotiate(1, 2100)
        assert [load.load_id for load in service.list_loads(LoadFilter(origin="reno"))] == ["X1"]
        assert len(service.list_loads()) == 3
        assert service.show_load("L1").status == "booked"
        made = service.report(by="lane")
        assert made.whole.figures["booked_value"].value == 2100
        assert made.groups[0].group == "Chicago, IL to Dallas, TX"
        assert service.report(since=NOW + timedelta(days=1)).whole.figures["rounds"].value == 0


def test_what_a_file_of_loads_does_not_say_is_said_in_python(desk: Path) -> None:
    """What headings mean, what is blank, and whose times they are: UTC unless that is said too."""
    source = desk.with_name("board.csv")
    source.write_text("Ours,from,to,delivery,trailer,rate\nX1,Reno,Boise,9/3/2025 08:00,Van,1400\n")
    chicago = ZoneInfo("America/Chicago")
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        with pytest.raises(InvalidLoadsError, match="'Ours' is no column"):
            service.import_loads(source)
        service.import_loads(
            source, mapping={"Ours": "load_id"}, defaults={"pickup": "9/2/2025"}, zone=chicago
        )
        load = service.show_load("X1")
        assert load.pickup_datetime == datetime(2025, 9, 2, tzinfo=chicago)
        assert load.delivery_datetime == datetime(2025, 9, 3, 8, tzinfo=chicago)
        given = {column: getattr(load, column) for column in ("origin", "destination", "equipment_type")}
        times = {"pickup_datetime": "9/2/2025", "delivery_datetime": "9/3/2025"}
        added = service.add_load({"load_id": "X2", "loadboard_rate": 900, **given, **times})
        assert added.pickup_datetime == datetime(2025, 9, 2, tzinfo=UTC)
        added = service.add_load({"load_id": "X3", "loadboard_rate": 900, **given, **times}, zone=chicago)
        assert added.pickup_datetime == datetime(2025, 9, 2, tzinfo=chicago)
