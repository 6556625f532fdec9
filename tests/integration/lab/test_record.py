"""What the laboratory reads in a file: each kind of thread, and what a carrier did about each counter."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from negotiator.lab.record import Cell, Record, Response, read_record, tried_counters
from negotiator.storage.database import LoadsFile
from tests.conftest import execute
from tests.lab_record import record_of_counts

NOW = datetime(2025, 9, 3, 12, tzinfo=UTC)
TAKES, SILENT = Response.TAKES, Response.SILENT
ASKS, UNKNOWN = Response.ASKS, Response.UNKNOWN
OLD, RECENT = "2025-09-02 11:59:59.000000", "2025-09-02 12:00:00.000000"  # 24 hours ago, and less


def read(path: Path, *rounds: tuple[object, ...], since: datetime | None = None) -> Record:
    """Record rounds (call, ask, response, time and who decided), and return what is read of them."""
    left_out: tuple[object, ...] = (None, None, None, OLD, None, 2000)
    for place, given in enumerate(rounds):
        call, ask, response, time, by, posted = (*given, *left_out[len(given) :])
        values = [call, place + 1, ask, response, time, by, posted]
        listed = ", ".join("NULL" if value is None else repr(value) for value in values)
        execute(
            path,
            f"""INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp,
                                          decided_by, posted_rate) VALUES ({listed})""",
        )
    with LoadsFile.open(path) as file:
        return read_record(file, now=NOW, since=since)


COUNTER = "counter_offer_2100.00"
NEXT: list[tuple[tuple[object, ...] | None, Response, float]] = [
    (None, SILENT, 1.2),
    ((2300, "counter_offer_2150.00"), ASKS, 1.15),
    ((2100, "accepted"), TAKES, 1.05),
    ((2000, "accepted"), TAKES, 1.05),
    ((2100.01, "accepted"), ASKS, 1.050005),
    ((2300, "transfer_to_human"), ASKS, 1.15),
    ((2300, "accepted", OLD, "ann"), UNKNOWN, 1.2),
    ((2300, "Let me see."), UNKNOWN, 1.2),
    ((None, "accepted"), UNKNOWN, 1.2),
    ((2300, "reopened"), UNKNOWN, 1.2),
]


@pytest.mark.parametrize(("after", "response", "next_ask"), NEXT)
def test_what_a_carrier_did_about_a_counter_is_in_the_next_round(
    desk: Path, after: tuple[object, ...] | None, response: Response, next_ask: float
) -> None:
    """It took it, asked for less, or went silent; or a person decided, and nobody knows."""
    found = read(desk, (1, 2400, COUNTER), *([(1, *after)] if after else []))
    step = found.steps[0]
    assert found.first_ask.tolist() == [1.2]
    assert found.posted_rate.tolist() == [2000]
    assert found.cells == [Cell("Chicago, IL", "Dallas, TX", "Reefer")]
    assert (step.places.tolist(), step.ask.tolist(), step.counter.tolist()) == ([0], [1.2], [1.05])
    assert step.response.tolist() == [response]
    assert step.next_ask.tolist() == pytest.approx([next_ask])


@pytest.mark.parametrize(
    ("time", "response"), [(OLD, SILENT), (RECENT, UNKNOWN), (None, UNKNOWN), ("ASAP", UNKNOWN)]
)
def test_a_counter_of_the_last_24_hours_may_be_answered_yet(
    desk: Path, time: str | None, response: Response
) -> None:
    """And one of which nobody knows when it was made."""
    assert read(desk, (1, 2400, COUNTER, time)).steps[0].response.tolist() == [response]


@pytest.mark.parametrize(
    ("rounds", "steps"),
    [
        ([(1, 2400, COUNTER), (1, None, "counter_offer_2150.00")], 1),
        ([(1, 2400, COUNTER), (1, 2300, "counter_offer_2150.00"), (1, 2250, "counter_offer_2160.00")], 3),
        ([(1, 2400, COUNTER), (1, 2050, "counter_offer_2150.00"), (1, 2200, "accepted")], 1),
        ([(1, 2400, COUNTER), (1, 2300, "transfer_to_human"), (1, 2200, COUNTER)], 1),
        ([(1, 2400, "accepted")], 0),
        ([(1, 2400, "Hm."), (1, 2300, COUNTER)], 0),
    ],
)
def test_a_thread_is_read_as_far_as_it_is_known(
    desk: Path, rounds: list[tuple[object, ...]], steps: int
) -> None:
    """After a deal, a person or free text nothing more is learned."""
    found = read(desk, *rounds)
    assert (len(found), len(found.steps)) == (1, steps)


@pytest.mark.parametrize(
    ("ask", "posted", "is_read"),
    [
        (1000, 2000, True),
        (999.99, 2000, False),
        (6000, 2000, True),
        (6000.01, 2000, False),
        (None, 2000, False),
        (2000, 0, True),  # that of the load counts, which is 2100
        (2000, None, True),
    ],
)
def test_a_first_ask_that_is_a_slip_tells_nothing(
    desk: Path, ask: float | None, posted: float | None, is_read: object
) -> None:
    """Below half of the posted rate, or above three times it."""
    found = read(desk, (1, ask, COUNTER, OLD, None, posted))
    assert (len(found) == 1) is is_read
    if is_read:
        assert found.posted_rate.tolist() == [posted or 2100]


def test_threads_stand_in_the_order_in_which_they_began(desk: Path) -> None:
    """The latest count; those that began before a span are left out, one without a time too."""
    rounds = [
        (1, 2300, COUNTER, "2025-09-01 12:00:00"),
        (2, 2200, COUNTER, "2025-08-01 12:00:00"),
        (3, 2400, COUNTER, None),
        (1, 2250, COUNTER, "2025-09-01 12:30:00"),
    ]
    found = read(desk, *rounds)
    assert found.first_ask.tolist() == [1.2, 1.1, 1.15]
    assert [step.places.tolist() for step in found.steps] == [[0, 1, 2], [2]]
    latest = found.latest(2)
    assert latest.first_ask.tolist() == [1.1, 1.15]
    assert [step.places.tolist() for step in latest.steps] == [[0, 1], [1]]
    assert found.latest(3) is found
    since = datetime(2025, 9, 1, 12, tzinfo=UTC)
    with LoadsFile.open(desk) as file:
        assert read_record(file, now=NOW, since=since).first_ask.tolist() == [1.15]


@pytest.mark.parametrize(
    ("heard", "tried"), [([], 0), ([29], 0), ([30], 1), ([30, 29, 40], 1), ([90, 30, 30], 3)]
)
def test_a_counter_was_tried_when_thirty_were_heard_after_it(heard: list[int], tried: int) -> None:
    """And after each one before it; silence is not heard."""
    record = record_of_counts(heard)
    assert record.heard() == heard
    assert tried_counters(record) == tried
