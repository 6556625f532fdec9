"""What is shown at the phone: an answer in two lines, and on request the ceiling and the lane."""

from typing import TYPE_CHECKING

from negotiator.negotiation.models import Answer
from negotiator.output import printing
from negotiator.output.layout import Column
from negotiator.output.rounds import ceiling_text, decision_text, on_record, situation
from negotiator.values.money import dollars, dollars_and_per_mile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiator.conversations.open_calls import OpenCall
    from negotiator.negotiation.undo import Withdrawn
    from negotiator.reports.lane import Past

_OPEN_CALLS = (
    Column("Call"),
    Column("Carrier"),
    Column("Company", folds=12, rank=3),
    Column("Load", rank=1),
    Column("Lane", folds=18, rank=2),
    Column("Last ask"),
    Column("Our counter"),
)


def print_heading(first: Answer, past: "Past | None") -> None:
    """Print what is at stake before the first ask: ``first`` is a dry answer to any. Never the ceiling."""
    offered = (
        f"{dollars_and_per_mile(first.ruling.standing_counter, _miles(first))} (offered already)"
        if first.ruling
        else ""
    )
    printing.fields([*situation(first), ("Standing", offered), *on_record(past)])


def print_short(answer: Answer) -> None:
    """Print an answer in two lines: what was decided, and the words to say."""
    from negotiator.output.terminal import draw_result  # noqa: PLC0415 - rich is loaded only to draw

    draw_result(decision_text(answer), f'"{answer.message}"')


def print_ceiling(answer: Answer) -> None:
    """Print the ceiling that the last answer kept to: for the operator's eyes."""
    printing.fields([("Ceiling", ceiling_text(answer))])


def print_past(past: "Past | None") -> None:
    """Print what is on record of the lane and the carrier."""
    known = [(label, text) for label, text in on_record(past) if text]
    if known:
        printing.fields(known)
    else:
        printing.say("Too little is on record of the lane and of the carrier.")


def print_withdrawn(done: "Withdrawn") -> None:
    """Print which round was taken back."""
    ask = "" if done.carrier_offer is None else f", the ask of {dollars(done.carrier_offer)}"
    printing.lines([f"Taken back: round {done.round_number}{ask}. It counts no more."])


def print_open_calls(calls: "Sequence[OpenCall]") -> None:
    """Print the calls that could go on, as they are given."""
    printing.table(
        _OPEN_CALLS,
        [
            [
                *(call.id, call.carrier_mc_number, call.company_name, call.load_id),
                *(f"{call.origin} to {call.destination}", call.last_ask, call.standing_counter),
            ]
            for call in calls
        ],
    )


def _miles(answer: Answer) -> object:
    return None if answer.load is None else answer.load.miles
