"""Which rounds count, and what follows from them."""

from decimal import Decimal

import pytest

from negotiator.negotiation.thread import Commitments, Round, Thread, agreements, standing_rounds

D = Decimal


def thread(*rows: tuple[int, float | None, str | None], session: str | None = None) -> Thread:
    """Return rows of one call, each with its number, its ask and what stands in `system_response`."""
    return Thread(
        tuple(
            Round(id_, 1, session, number, None if ask is None else D(str(ask)), response, None, None)
            for id_, (number, ask, response) in enumerate(rows, start=1)
        )
    )


COUNTERED = (1, 2300, "counter_offer_2125.00"), (2, 2250, "counter_offer_2150.00")


@pytest.mark.parametrize(
    ("rows", "numbers", "next_number", "place"),
    [
        ([*COUNTERED], [1, 2], 3, 3),
        ([*COUNTERED, (2, None, "withdrawn")], [1], 3, 2),
        ([*COUNTERED, (2, None, "withdrawn"), (1, None, "withdrawn")], [], 3, 1),
        ([*COUNTERED, (2, None, "withdrawn"), (3, 2240, "counter_offer_2150.00")], [1, 3], 4, 3),
        # an agreement that was taken back was a round all the same
        ([(1, 2100, "accepted"), (1, None, "reopened")], [1], 2, 2),
        ([(1, 2100, "accepted"), (1, None, "reopened"), (1, None, "withdrawn")], [], 2, 1),
        # another program counts its rounds by calls.negotiation_rounds, and gives the number again
        ([*COUNTERED, (2, None, "withdrawn"), (2, 2240, "counter_offer_2145.00")], [1, 2], 3, 3),
        # old files repeat a number: it is one round
        ([(1, 2300, "hm"), (1, 2300, "hm"), (2, 2250, "no")], [1, 1, 2], 3, 3),
        ([(1, 2300, "hm"), (1, 2300, "hm"), (1, None, "withdrawn")], [], 2, 1),
    ],
)
def test_a_round_that_was_withdrawn_counts_no_more_and_its_number_is_not_given_again(
    rows: list[tuple[int, float | None, str | None]], numbers: list[int], next_number: int, place: int
) -> None:
    """`place` is t of the policy: which round of those that count the next one is."""
    found = thread(*rows)
    assert [done.round_number for done in found.rounds] == numbers
    assert (found.next_round_number, found.next_place) == (next_number, place)


@pytest.mark.parametrize(
    ("rows", "decision"),
    [
        ([*COUNTERED, (3, 2500, "transfer_to_human"), (3, None, "withdrawn")], "counter"),
        ([(1, 2100, "accepted"), (1, None, "withdrawn")], None),
        ([(1, 2100, "accepted"), (1, None, "reopened"), (1, None, "withdrawn")], None),
        ([(1, 2500, "transfer_to_human"), (2, 2400, "accepted"), (2, None, "withdrawn")], "transfer"),
        ([(1, 2100, "accepted"), (1, None, "fell_through")], None),
    ],
)
def test_the_last_decision_is_that_of_the_last_round_that_counts(
    rows: list[tuple[int, float | None, str | None]], decision: str | None
) -> None:
    """So a thread is open again, or handed over again, as it was."""
    assert thread(*rows).last_decision == decision


@pytest.mark.parametrize(
    ("rows", "highest", "lowest"),
    [
        ([], None, None),
        ([*COUNTERED], "2150", "2250"),
        ([*COUNTERED, (2, None, "withdrawn")], "2125", "2300"),
        ([(1, 2200, "Would 2150 work?")], None, None),
        ([*COUNTERED, (3, 2240, "transfer_to_human")], "2150", "2250"),
        # what was accepted does not bind the carrier once it is taken back; what fell through does
        ([*COUNTERED, (3, 2140, "accepted"), (3, None, "reopened")], "2150", "2250"),
        ([*COUNTERED, (3, 2140, "accepted"), (3, None, "fell_through")], "2150", "2140"),
    ],
)
def test_what_was_said_binds(
    rows: list[tuple[int, float | None, str | None]], highest: str | None, lowest: str | None
) -> None:
    """Our highest counter, and the lowest ask that we countered."""
    expected = Commitments(None if highest is None else D(highest), None if lowest is None else D(lowest))
    assert Commitments.of(thread(*rows).rows, "L1") == expected


def test_rounds_about_another_load_bind_nobody() -> None:
    """The call has another load by now; rows that name none are about this one."""
    rows = [
        Round(1, 1, None, 1, D(3300), "counter_offer_3100.00", None, None, load_id="L9"),
        Round(2, 1, None, 2, D(2300), "counter_offer_2125.00", None, None, load_id="L1"),
        Round(3, 1, None, 3, D(2250), "counter_offer_2150.00", None, None),
    ]
    assert Commitments.of(rows, "L1") == Commitments(D(2150), D(2250))


def test_an_agreement_stands_until_it_is_taken_back() -> None:
    """In whatever way."""
    accepted = (1, 2100, "accepted")
    assert len(agreements(thread(accepted).rows)) == 1
    for word in ("reopened", "withdrawn", "fell_through"):
        assert agreements(thread(accepted, (1, None, word)).rows) == []
    again = thread(accepted, (1, None, "reopened"), (2, 2150, "accepted"))
    assert [done.round_number for done in agreements(again.rows)] == [2]


def test_a_withdrawal_concerns_its_own_thread() -> None:
    """The same number in a session, or on another call, is another round."""
    rows = (
        Round(1, 1, None, 1, D(2300), "counter_offer_2125.00", None, None),
        Round(2, 1, "sess_abcde", 1, D(2300), "counter_offer_2125.00", None, None),
        Round(3, 2, None, 1, D(2300), "counter_offer_2125.00", None, None),
        Round(4, 1, None, 1, None, "withdrawn", None, "slip"),
    )
    assert [done.id for done in standing_rounds(rows)] == [2, 3]
