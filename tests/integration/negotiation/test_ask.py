"""One ask: what is decided, what is written, what is refused."""

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copyfile

import pytest

from negotiator import CallHandlingService
from negotiator.errors import (
    CallNotFoundError,
    ConflictError,
    LoadNotFoundError,
    LoadTakenError,
    NoPostedRateError,
    OutlierError,
    SchemaError,
    SessionMismatchError,
    ThreadClosedError,
    ThreadTransferredError,
    UnusableFileError,
)
from tests.conftest import NOW, OTHER_SESSION, SESSION, contents, execute, select

CALL = "SELECT outcome, final_rate_agreed, negotiation_rounds, transferred_to_rep FROM calls WHERE id = ?"
LOAD = "SELECT status, updated_at FROM loads WHERE load_id = ?"
TERMS = "load_id, posted_rate, ceiling, policy_version, decided_by"


def test_four_rounds_of_a_session_are_countered_three_times_and_accepted(
    service: CallHandlingService, desk: Path
) -> None:
    """The example of the README, and what it leaves in the file."""
    answers = [service.negotiate(1, ask, SESSION) for ask in (2300, 2250, 2200, 2200)]
    assert [(a.round_number, a.rounds_left, a.decision, a.amount) for a in answers] == [
        (1, 3, "counter", Decimal(2125)),
        (2, 2, "counter", Decimal(2150)),
        (3, 1, "counter", Decimal(2160)),
        (4, 0, "accepted", Decimal(2200)),
    ]
    assert select(
        desk, "SELECT call_id, session_id, round_number, carrier_offer, system_response FROM negotiations"
    ) == [
        (1, SESSION, 1, 2300.0, "counter_offer_2125.00"),
        (1, SESSION, 2, 2250.0, "counter_offer_2150.00"),
        (1, SESSION, 3, 2200.0, "counter_offer_2160.00"),
        (1, SESSION, 4, 2200.0, "accepted"),
    ]
    assert select(desk, CALL, 1) == [("accepted", 2200.0, 4, None)]
    assert select(desk, LOAD, "L1") == [("booked", "2025-09-01 12:00:00.000000")]


def test_a_counter_leaves_the_call_negotiating_and_the_load_available(
    service: CallHandlingService, desk: Path
) -> None:
    """Only an agreement books."""
    service.negotiate(1, 2300)
    assert select(desk, CALL, 1) == [("negotiating", None, 1, None)]
    assert select(desk, LOAD, "L1") == [("available", None)]


def test_an_ask_above_the_ceiling_in_the_last_round_goes_to_a_person(
    service: CallHandlingService, desk: Path
) -> None:
    """The mark stays on the call though the next negotiation on it goes on in another session."""
    for _ in range(4):
        answer = service.negotiate(1, 2500, SESSION)
    assert (answer.decision, answer.amount, answer.should_transfer) == ("transfer", None, True)
    assert select(desk, CALL, 1) == [("transferred", None, 4, 1)]
    service.negotiate(1, 2300, OTHER_SESSION)
    assert select(desk, CALL, 1) == [("negotiating", None, 5, 1)]


def test_a_session_spans_calls(service: CallHandlingService) -> None:
    """The carrier rings back: round, standing counter and limit carry on."""
    service.negotiate(1, 2300, SESSION)
    answer = service.negotiate(2, 2250, SESSION)
    assert (answer.round_number, answer.amount) == (2, Decimal(2150))
    assert answer.ruling
    assert answer.ruling.standing_counter == Decimal(2125)


def test_rounds_without_a_session_are_a_thread_of_their_call(service: CallHandlingService) -> None:
    """Sessions on the same call don't mix with it."""
    service.negotiate(1, 2300, SESSION)
    assert service.negotiate(1, 2300).round_number == 1
    assert service.negotiate(2, 2300).round_number == 1
    assert service.negotiate(1, 2290).round_number == 2


def test_old_rounds_count_and_a_warning_says_so(old: Path) -> None:
    """Call 1 has rounds 1 (three times) and 2 in free text: the next is the third."""
    with CallHandlingService.open(old) as service:
        answer = service.negotiate(1, 2150)
    assert (answer.round_number, answer.decision, answer.amount) == (3, "counter", Decimal(2095))
    assert answer.warning == "this continues 4 earlier rounds that have no recorded decision"


def test_an_old_counter_stands(old: Path) -> None:
    """`counter_offer_905.0` is a counter of $905, though its time is unknown."""
    with CallHandlingService.open(old) as service:
        answer = service.negotiate(5, 905)
    assert (answer.round_number, answer.decision, answer.warning) == (2, "accepted", None)


def test_a_clock_set_back_does_not_put_a_round_before_the_last(desk: Path) -> None:
    """Histories are in order of time."""
    with CallHandlingService.open(desk, clock=lambda: NOW) as service:
        service.negotiate(1, 2300)
    with CallHandlingService.open(desk, clock=lambda: NOW - timedelta(days=1)) as service:
        service.negotiate(1, 2250)
        assert [done.timestamp for done in service.call_history(1)] == [NOW, NOW]


def test_the_note_is_kept_as_given(service: CallHandlingService, desk: Path) -> None:
    """Whatever it holds."""
    note = "line one\nline\ttwo \x1b[31mred [bold]not markup[/bold] 'quotes' é \u202e"
    service.negotiate(1, 2300, notes=note)
    assert select(desk, "SELECT notes FROM negotiations") == [(note,)]


def test_a_dry_run_answers_and_writes_nothing(service: CallHandlingService, desk: Path) -> None:
    """The same answer that the ask then gets."""
    before = contents(desk)
    tried = service.negotiate(1, 2300, SESSION, dry_run=True)
    assert contents(desk) == before
    assert tried == service.negotiate(1, 2300, SESSION)


def test_an_ask_has_its_own_ceiling(service: CallHandlingService) -> None:
    """2100 + 0.125 * 300 = 2137.50; with the default ceiling it would be 2125."""
    assert service.negotiate(1, 2400, ceiling="2,400").amount == Decimal(2135)


def test_the_desks_policy_comes_from_the_environment(
    service: CallHandlingService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the Python API as for the command."""
    monkeypatch.setenv("NEGOTIATOR_ROUNDS", "1")
    assert service.negotiate(1, 2300).decision == "accepted"


def refused(service: CallHandlingService, desk: Path, kind: type[Exception], *ask: object) -> str:
    """Ask, expect a refusal that changes nothing, and return its message."""
    before = contents(desk)
    with pytest.raises(kind) as caught:
        service.negotiate(*ask)  # type: ignore[arg-type]
    assert contents(desk) == before
    return str(caught.value)


def test_an_accepted_thread_is_closed(service: CallHandlingService, desk: Path) -> None:
    """The message says why."""
    service.negotiate(1, 2100, SESSION)
    assert "accepted" in refused(service, desk, ThreadClosedError, 1, 2100, SESSION)


def test_a_booked_load_is_taken_for_every_call(service: CallHandlingService, desk: Path) -> None:
    """Two people can't book one load."""
    service.negotiate(1, 2100)
    assert "L1" in refused(service, desk, LoadTakenError, 2, 2100)


def test_a_transferred_thread_is_closed(service: CallHandlingService, desk: Path) -> None:
    """That person decides."""
    for _ in range(4):
        service.negotiate(1, 2500)
    refused(service, desk, ThreadTransferredError, 1, 2100)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("UPDATE loads SET status = 'completed' WHERE load_id = 'L1'", LoadTakenError),
        ("UPDATE loads SET status = ' Booked' WHERE load_id = 'L1'", LoadTakenError),
        ("UPDATE calls SET final_rate_agreed = 2000 WHERE id = 2", LoadTakenError),
        ("UPDATE loads SET loadboard_rate = 0 WHERE load_id = 'L1'", NoPostedRateError),
        ("UPDATE loads SET loadboard_rate = -5 WHERE load_id = 'L1'", NoPostedRateError),
        ("UPDATE loads SET loadboard_rate = 'call us' WHERE load_id = 'L1'", NoPostedRateError),
        ("UPDATE loads SET loadboard_rate = 9e999 WHERE load_id = 'L1'", NoPostedRateError),
        ("UPDATE loads SET loadboard_rate = 9.9e25 WHERE load_id = 'L1'", NoPostedRateError),
        ("UPDATE calls SET load_id = NULL WHERE id = 1", LoadNotFoundError),
        ("UPDATE calls SET load_id = 'GONE' WHERE id = 1", LoadNotFoundError),
        ("UPDATE calls SET load_id = x'ff' WHERE id = 1", LoadNotFoundError),
        ("DELETE FROM calls WHERE id = 1", CallNotFoundError),
    ],
)
def test_the_state_of_the_file_forbids_an_ask(
    service: CallHandlingService, desk: Path, change: str, kind: type[Exception]
) -> None:
    """A load that is gone, taken or without a rate."""
    execute(desk, change)
    refused(service, desk, kind, 1, 2100)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE loads SET status = 'completed' WHERE load_id = 'L1'", "load L1 is completed"),
        (
            "UPDATE calls SET final_rate_agreed = 2000 WHERE id = 2",
            "a rate was agreed already for load L1",
        ),
    ],
)
def test_a_load_that_is_taken_is_said_to_be(
    service: CallHandlingService, desk: Path, change: str, words: str
) -> None:
    """And what else there is to do."""
    execute(desk, change)
    with pytest.raises(LoadTakenError) as refusal:
        service.negotiate(1, 2100)
    assert (refusal.value.message, refusal.value.hint) == (words, "offer the carrier another load")


@pytest.mark.parametrize(("posted", "kind"), [(10_000_000, None), (10_000_000.01, NoPostedRateError)])
def test_the_largest_posted_rate_is_ten_million_dollars(
    service: CallHandlingService, desk: Path, posted: float, kind: type[Exception] | None
) -> None:
    """As for any amount."""
    execute(desk, f"UPDATE loads SET loadboard_rate = {posted} WHERE load_id = 'L1'")
    if kind:
        refused(service, desk, kind, 1, 9_000_000)
    else:
        assert service.negotiate(1, 9_000_000).accepted


def test_a_posted_rate_of_null_cannot_be_negotiated(old: Path) -> None:
    """Files from elsewhere may allow NULL there."""
    execute(
        old,
        "ALTER TABLE loads RENAME TO before",
        "CREATE TABLE loads AS SELECT * FROM before",
        "UPDATE loads SET loadboard_rate = NULL",
    )
    with CallHandlingService.open(old) as service, pytest.raises(NoPostedRateError):
        service.negotiate(1, 2100)


@pytest.mark.parametrize(
    "harmless",
    [
        "UPDATE loads SET status = NULL",
        "UPDATE calls SET outcome = 'rejected', call_end_time = '2025-08-01 10:00:00'",
        "UPDATE calls SET final_rate_agreed = 0 WHERE id = 2",
        "UPDATE calls SET negotiation_rounds = NULL",
    ],
)
def test_untidiness_does_not_forbid_an_ask(service: CallHandlingService, desk: Path, harmless: str) -> None:
    """How a call ended by an older program's account refuses nothing."""
    execute(desk, harmless)
    assert service.negotiate(1, 2300).round_number == 1
    assert select(desk, CALL, 1)[0][2] == 1


def test_a_session_is_about_one_load(service: CallHandlingService, desk: Path) -> None:
    """The message names both."""
    service.negotiate(1, 2300, SESSION)
    message = refused(service, desk, SessionMismatchError, 3, 1150, SESSION)
    assert "L1" in message
    assert "L2" in message


@pytest.mark.parametrize(
    ("ask", "is_outlier"), [(549.99, True), (550, False), (3300, False), (3300.01, True), (100, True)]
)
def test_an_ask_far_from_the_posted_rate_is_most_likely_a_slip(
    service: CallHandlingService, desk: Path, ask: float, *, is_outlier: bool
) -> None:
    """Below half or above three times 1100; --allow-outlier takes it."""
    if is_outlier:
        refused(service, desk, OutlierError, 3, ask)
    service.negotiate(3, ask, allow_outlier=is_outlier)


def test_an_undecided_row_after_an_acceptance_does_not_open_the_thread(
    service: CallHandlingService, desk: Path
) -> None:
    """The last decision counts, not the last row."""
    service.negotiate(3, 1100, SESSION)
    execute(
        desk,
        f"INSERT INTO negotiations (call_id, session_id, round_number, system_response, timestamp) "
        f"VALUES (3, '{SESSION}', 2, 'Thank you!', '2030-01-01 00:00:00')",
        "UPDATE loads SET status = 'available'",
        "UPDATE calls SET final_rate_agreed = NULL",
    )
    refused(service, desk, ThreadClosedError, 3, 1100, SESSION)


def test_an_early_acceptance_leaves_no_rounds(service: CallHandlingService) -> None:
    """Closed is closed."""
    assert service.negotiate(1, 2100).rounds_left == 0


def test_an_agreed_rate_is_cleared_by_nothing_but_reopening(service: CallHandlingService, desk: Path) -> None:
    """A rate of nothing on a call is left as it is by a counter."""
    execute(desk, "UPDATE calls SET final_rate_agreed = -1 WHERE id = 1")
    service.negotiate(1, 2300)
    assert select(desk, CALL, 1)[0][1] == -1


@pytest.mark.parametrize("kind", ["REAL", "TEXT"])
def test_round_numbers_that_another_program_wrote_as_something_else_count(old: Path, kind: str) -> None:
    """Programs that know no NULL integers write 2.0."""
    execute(
        old,
        "ALTER TABLE negotiations RENAME TO before",
        f"""CREATE TABLE negotiations (id INTEGER PRIMARY KEY, call_id {kind}, round_number {kind}, carrier_offer,
                                       system_response, timestamp, session_id, notes, request_id, {TERMS})""",
        "INSERT INTO negotiations SELECT * FROM before",
    )
    with CallHandlingService.open(old) as service:
        assert service.negotiate(1, 2150).round_number == 3
        assert [done.call_id for done in service.call_history(1)] == [1] * 5


@pytest.mark.parametrize(
    "declared", ["id INT PRIMARY KEY", "id BIGINT", "id INTEGER NOT NULL PRIMARY KEY DESC"]
)
def test_a_round_has_an_id_in_every_file(old: Path, declared: str) -> None:
    """Where the column isn't SQLite's row number, too."""
    execute(
        old,
        "ALTER TABLE negotiations RENAME TO before",
        f"""CREATE TABLE negotiations ({declared}, call_id, round_number, carrier_offer, system_response,
                                       timestamp, session_id, notes, request_id, {TERMS})""",
        "INSERT INTO negotiations SELECT * FROM before",
    )
    with CallHandlingService.open(old) as service:
        service.negotiate(1, 2150)
        assert [done.id for done in service.call_history(1)] == [1, 2, 3, 4, 9]


@pytest.mark.parametrize("table", ["negotiations", "calls", "loads"])
def test_what_a_trigger_swallows_is_not_taken_for_written(
    service: CallHandlingService, desk: Path, table: str
) -> None:
    """An acceptance without its round on record would book in silence."""
    when = "INSERT" if table == "negotiations" else "UPDATE"
    execute(desk, f"CREATE TRIGGER t BEFORE {when} ON {table} BEGIN SELECT RAISE(IGNORE); END")
    assert table in refused(service, desk, SchemaError, 1, 2100)


def test_a_round_number_past_all_counting_is_a_conflict(service: CallHandlingService, desk: Path) -> None:
    """There is no round after 9223372036854775807."""
    execute(desk, "INSERT INTO negotiations (call_id, round_number) VALUES (1, 9223372036854775807)")
    refused(service, desk, ConflictError, 1, 2100)


def test_rounds_of_one_moment_are_in_the_order_of_their_ids(desk: Path) -> None:
    """Whatever order the file gives them in."""
    execute(
        desk,
        "DROP INDEX idx_negotiations_call_session",
        "CREATE INDEX idx_negotiations_call_session ON negotiations (call_id, session_id)",
        *(
            f"INSERT INTO negotiations (id, call_id, session_id, round_number, timestamp) "
            f"VALUES ({number}, 1, 'sess_{99 - number}', 1, '2025-01-01 00:00:00')"
            for number in (3, 1, 2)
        ),
    )
    with CallHandlingService.open(desk) as service:
        assert [done.id for done in service.call_history(1)] == [1, 2, 3]


def test_every_refusal_for_the_files_state_is_one_kind(service: CallHandlingService) -> None:
    """A program that wants no detail catches ConflictError."""
    service.negotiate(1, 2100)
    with pytest.raises(ConflictError):
        service.negotiate(2, 2100)


@pytest.mark.parametrize("number", [-1, -5, -1e308, -(2**63)])
def test_a_round_below_the_first_is_followed_by_the_first(old: Path, number: float) -> None:
    """Some other program's; rounds are counted from one."""
    execute(old, f"INSERT INTO negotiations (call_id, round_number) VALUES (6, {number})")
    execute(old, "UPDATE calls SET final_rate_agreed = NULL")
    with CallHandlingService.open(old) as service:
        answer = service.negotiate(6, 1600)
    assert (answer.round_number, answer.rounds_left) == (1, 3)


def test_a_program_may_change_its_folder(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that it has open is where it was."""
    with CallHandlingService.open("loads.db") as service:
        monkeypatch.chdir(tmp_path.parent)
        assert service.negotiate(1, 2300).round_number == 1


@pytest.mark.parametrize("change", ["moved", "replaced", "deleted"])
@pytest.mark.parametrize("how", ["alone", "together"])
def test_a_file_that_is_not_there_any_more_takes_no_ask(shared: Path, change: str, how: str) -> None:
    """SQLite would go on writing to what was moved away, and the answer would be nowhere."""
    with CallHandlingService.open(shared) as service:
        service.negotiate(1, 2300)
        if change == "replaced":
            copy = shared.with_name("copy.db")
            copyfile(shared, copy)
            copy.replace(shared)
        elif change == "moved":
            shared.rename(shared.with_name("away.db"))
        else:
            shared.unlink()
        with (
            pytest.raises(UnusableFileError, match="moved or replaced"),
            service.together() if how == "together" else nullcontext(),
        ):
            service.negotiate(1, 2250)
        with pytest.raises(UnusableFileError):
            service.call_history(1)
