"""How rounds and answers are printed, whichever command asks for it."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, assert_never

from negotiator.negotiation.models import Answer, Load
from negotiator.negotiation.thread import Round
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.policy.decide import PARAMETERS, Decision
from negotiator.policy.terms import Terms, origin_words
from negotiator.values.money import dollars, dollars_and_per_mile, from_file
from negotiator.values.recorded import POLICY

if TYPE_CHECKING:
    from negotiator.negotiation.offers.models import Offer
    from negotiator.reports.lane import Past

_COLUMNS = (
    Column("Round"),
    Column("Ask"),
    Column("Answer", folds=17),
    Column("Time", rank=2),
    Column("Call", rank=1),
    Column("Session", rank=1),
    Column("Notes", folds=16, rank=3),
)
_TERMS = (Column("Load", rank=4), Column("Posted", rank=2), Column("Ceiling", rank=2), Column("By", rank=2))

_ANSWERED_BEFORE = "this request was answered before, and that answer is on record"


def print_rounds(rounds: Sequence[Round], form: Format, *, known: str, explain: bool = False) -> None:
    """Print a history: for a program with the keys of a round, for a person in a person's words.

    ``known`` is the heading of what was asked for, and needs no column. ``explain`` adds what each round was
    decided on: the ceiling is not in a history that somebody may pass on.
    """
    if form is not Format.TABLE:
        keys = contract.EXPLAINED_ROUND if explain else contract.ROUND
        printing.rows([contract.data(found, keys) for found in rounds], keys, form)
    else:
        columns = (*_COLUMNS, *_TERMS) if explain else _COLUMNS
        shown = [column for column in columns if column.heading != known]
        cells = [_cells(found) for found in rounds]
        printing.table(shown, [[row[column.heading] for column in shown] for row in cells])
    if not rounds:
        printing.say("No rounds.")


def _cells(found: Round) -> dict[str, object]:
    return {
        "Call": found.call_id,
        "Session": found.session_id,
        "Round": found.round_number,
        "Ask": found.carrier_offer,
        "Time": found.timestamp,
        "Answer": _answer(found),
        "Notes": found.notes,
        "Load": found.load_id,
        "Posted": found.posted_rate,
        "Ceiling": found.ceiling,
        "By": found.decided_by,
    }


def _answer(found: Round) -> str:
    """Return the answer on record, and who gave it if a person did."""
    answer = found.system_response or "" if found.counter is None else f"counter {dollars(found.counter)}"
    return answer if found.decided_by in {None, POLICY} else f"{answer} by {found.decided_by}"


def print_answer(
    answer: Answer, form: Format, *, explain: bool, dry_run: bool, past: "Past | None" = None
) -> None:
    """Print an answer; the ceiling, and what is on record, are shown when an explanation is asked for."""
    if form is Format.TABLE:
        printing.fields([*answer_pairs(answer, explain=explain), *on_record(past)])
    else:
        more = (
            {"explain": explanation(answer) | (_past_data(past) if answer.ruling else {})} if explain else {}
        )
        printing.record(answer_data(answer) | more, form)
    say_unwritten(answered_before=answer.ruling is None, dry_run=dry_run)


def say_unwritten(*, answered_before: bool, dry_run: bool) -> None:
    """Say that nothing was written, and why, if so."""
    if answered_before:
        printing.say(f"Nothing was written: {_ANSWERED_BEFORE}.")
    elif dry_run:
        printing.say("Dry run: nothing was written.")


def on_record(past: "Past | None") -> list[tuple[str, object]]:
    """Return what is on record of the lane and the carrier, as labels and texts for a person."""
    if past is None:
        return []
    from negotiator.output.report.lane import past_pairs  # noqa: PLC0415 - only for who asks for it

    return past_pairs(past)


def _past_data(past: "Past | None") -> dict[str, object]:
    lane = past.lane if past and past.lane.threads is not None else None
    carrier = past.carrier if past else None
    return {
        "lane": lane and contract.data(lane, contract.LANE),
        "carrier": carrier and contract.data(carrier, contract.CARRIER_PAST),
    }


def answer_data(answer: Answer) -> dict[str, object]:
    """Return an answer as programs read it; ``better_offer`` is among its keys only where there is one."""
    known = contract.data(answer, contract.ANSWER)
    better = answer.better_offer
    return known if better is None else known | {"better_offer": contract.data(better, contract.OFFER)}


def notice_facts(answer: Answer) -> dict[str, Any]:
    """Return what an operator should know beside an answer, as JSON has it; None is nothing to say."""
    miles = answer.load and from_file(answer.load.miles)
    return {
        "per_mile": None if answer.load is None else answer.per_mile,
        "miles": f"{(miles or Decimal(0)).normalize():,f}",
        "ask": dollars(answer.carrier_offer),
        "warning": answer.warning,
        "unknown_status": answer.unknown_status,
        "carrier": answer.call and answer.call.carrier_mc_number,
        "open_session": next(iter(answer.open_sessions), None),
        "better_offer": None if answer.better_offer is None else _better(answer.better_offer),
        "heard": [[heard.call_id, dollars(heard.counter)] for heard in answer.heard],
    }


def _better(offer: "Offer") -> str:
    from negotiator.output.carriers.offers import whose  # noqa: PLC0415 - few answers have one

    return whose(offer)


def explanation(answer: Answer) -> dict[str, object]:
    """Return the figures that a decision came from: US dollars, shares from 0 to 1."""
    ruling = answer.ruling
    if ruling is None:
        return {"reason": _ANSWERED_BEFORE}
    return {
        "reason": ruling.reason,
        "posted_rate": None if answer.load is None else answer.load.posted_rate,
        "ceiling": ruling.ceiling,
        "ceiling_from": answer.terms.origin_of("ceiling_percent"),
        "policy_version": answer.terms.version,
        "rule": answer.terms.rule_number,
        "standing_counter": ruling.standing_counter,
        "rounds": answer.policy.rounds,
        "firmness": answer.policy.firmness,
        "increment": answer.policy.increment,
        "learned": answer.terms.learned,
        "share": None if ruling.share is None else ruling.share.quantize(Decimal("0.0001")),
        "target": None if ruling.target is None else ruling.target.quantize(Decimal("0.01")),
    }


def situation(answer: Answer) -> list[tuple[str, str]]:
    """Return what an ask meets, as labels and texts for a person; a text may be empty."""
    load, call, limit = answer.load, answer.call, answer.policy.rounds
    return [
        ("Load", "" if load is None else f"{load.load_id}  {_lane(load)}"),
        ("Carrier", "" if call is None else call.carrier_mc_number or "unknown"),
        ("Posted", "" if load is None else dollars_and_per_mile(load.posted_rate or Decimal(0), load.miles)),
        ("Session", answer.session_id or ""),
        ("Round", _place(answer, limit)),
    ]


def _place(answer: Answer, limit: int) -> str:
    """Return which round this is; its number too, where earlier ones were withdrawn."""
    place = f"{answer.place} of {limit}" if answer.place <= limit else f"past all {limit}"
    return place if answer.place == answer.round_number else f"{place} (number {answer.round_number})"


def answer_pairs(answer: Answer, *, explain: bool = False) -> list[tuple[str, str]]:
    """Return an answer as labels and texts for a person."""
    before, miles = answer.thread.rounds, answer.load and answer.load.miles
    asks = [*(done.carrier_offer for done in before), answer.carrier_offer]
    pairs = [
        *situation(answer),
        ("Asks", _series(asks, miles)),
        ("Counters", _series([done.counter for done in before], miles)),
        ("Decision", decision_text(answer)),
        ("Say", answer.message),
    ]
    return pairs + (_explained(answer) if explain else [])


def _lane(load: Load) -> str:
    return f"{load.origin} to {load.destination}, {load.equipment_type}"


def _series(amounts: Sequence[Decimal | None], miles: object) -> str:
    """Return amounts in their order, the last one for each mile too; what old files repeat is said once."""
    told = [amount for amount, _ in groupby(amounts) if amount is not None]
    return ", ".join([*map(dollars, told[:-1]), *(dollars_and_per_mile(last, miles) for last in told[-1:])])


def decision_text(answer: Answer) -> str:
    """Return what was decided, in a person's words."""
    miles = answer.load and answer.load.miles
    rate = "" if answer.amount is None else dollars_and_per_mile(answer.amount, miles)
    match answer.decision:
        case Decision.ACCEPTED:
            return f"ACCEPTED at {rate}; a person books it"
        case Decision.COUNTER:
            if answer.is_last_offer:
                return f"COUNTER {rate}, the last offer"
            left = "round" if answer.rounds_left == 1 else "rounds"
            return f"COUNTER {rate}, {answer.rounds_left} {left} left"
        case Decision.TRANSFER:
            return "TRANSFER to a person, who decides"
        case _:
            assert_never(answer.decision)


def _ceiling_origin(terms: Terms) -> str:
    origin = terms.origin_of("ceiling_percent")
    return origin_words(origin, "ceiling_percent", version=terms.version, rule=terms.rule_number)


def ceiling_text(answer: Answer) -> str:
    """Return the ceiling that was kept to, and where it comes from; empty where the answer was on record."""
    if answer.ruling is None:
        return ""
    return f"{dollars(answer.ruling.ceiling)} (never quoted), {_ceiling_origin(answer.terms)}"


def _learned(terms: Terms) -> str:
    """Return what values rest on: ``firmness 1.3: policy 7, learned from 412 threads of this lane``."""
    if terms.learned is None:
        return ""
    names, _, source = terms.learned.partition(" from ")
    values = [f"{name} {getattr(terms.policy, name)}" for name in names.split(", ") if name in PARAMETERS]
    return f"{', '.join(values) or names}: policy {terms.version}, learned from {source or 'the record'}"


def _explained(answer: Answer) -> list[tuple[str, str]]:
    """Return the arithmetic, a step a line."""
    ruling, policy = answer.ruling, answer.policy
    posted = None if answer.load is None else answer.load.posted_rate
    if ruling is None:
        return [("Reason", _ANSWERED_BEFORE)]
    pairs = [
        ("Ceiling", ceiling_text(answer)),
        ("Standing", f"{dollars(ruling.standing_counter)} (offered already)"),
        ("Reason", ruling.reason),
        ("Learned", _learned(answer.terms)),
    ]
    if ruling.share is not None and ruling.target is not None and posted is not None:
        reach = ruling.reach or ruling.ceiling
        power = f"({answer.place}/{policy.rounds}) to the power of {policy.firmness}"
        gap = f"{ruling.share:.4f} x ({dollars(reach)} - {dollars(posted)})"
        pairs += [
            ("Share", f"{power} = {ruling.share:.4f}"),
            ("Target", f"{dollars(posted)} + {gap} = {dollars(ruling.target)}, at least the standing"),
            ("Step", f"down to a whole {dollars(policy.increment)}, at least the standing"),
        ]
    return pairs
