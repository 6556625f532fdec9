"""How rounds and answers are printed, whichever command asks for it."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from decimal import Decimal

from negotiator import output
from negotiator.models import Answer, Decision, Round, Ruling
from negotiator.money import dollars
from negotiator.output import Format

ROUND_KEYS = tuple(field.name for field in fields(Round))
ANSWER_KEYS = tuple(field.name for field in fields(Answer))[:10]


def print_rounds(rounds: Sequence[Round], form: Format) -> None:
    """Print a history: the keys of a round are its columns."""
    output.rows([asdict(found) for found in rounds], ROUND_KEYS, form)
    if not rounds:
        output.say("No rounds.")


def print_answer(answer: Answer, form: Format, *, explain: bool, dry_run: bool) -> None:
    """Print an answer; the ceiling is shown only when an explanation is asked for."""
    if form is Format.TABLE:
        output.fields(_for_a_person(answer, explain=explain))
    else:
        data: dict[str, object] = {key: getattr(answer, key) for key in ANSWER_KEYS}
        output.record(data | ({"explain": explanation(answer)} if explain else {}), form)
    if answer.warning:
        output.say(f"Warning: {answer.warning}.")
    if dry_run:
        output.say("Dry run: nothing was written.")


def explanation(answer: Answer) -> dict[str, object]:
    """Return the figures that a decision came from: US dollars, shares from 0 to 1."""
    ruling = answer.ruling
    return {
        "reason": ruling.reason,
        "posted_rate": answer.case.load.posted_rate,
        "ceiling": ruling.ceiling,
        "standing_counter": ruling.standing_counter,
        "rounds": answer.round_limit,
        "share": None if ruling.share is None else ruling.share.quantize(Decimal("0.0001")),
        "target": None if ruling.target is None else ruling.target.quantize(Decimal("0.01")),
        "arithmetic": ruling.arithmetic,
    }


def _for_a_person(answer: Answer, *, explain: bool) -> list[tuple[str, str]]:
    case = answer.case
    earlier = case.thread.rounds
    asks = [dollars(done.carrier_offer) for done in earlier if done.carrier_offer is not None]
    counters = [dollars(done.counter) for done in earlier if done.counter is not None]
    lane = f"{case.load.origin} to {case.load.destination}, {case.load.equipment_type}"
    pairs = [
        ("Load", f"{case.load.load_id}  {lane}"),
        ("Carrier", case.call.carrier_mc_number or "unknown"),
        ("Posted", dollars(case.load.posted_rate or Decimal(0))),
        ("Session", answer.session_id or ""),
        ("Round", f"{answer.round_number} of {answer.round_limit}"),
        ("Asks", ", ".join([*asks, dollars(answer.carrier_offer)])),
        ("Counters", ", ".join(counters)),
        ("Decision", _decision(answer)),
        ("Say", answer.message),
    ]
    if explain:
        pairs += _explained(answer.ruling)
    return [(label, value) for label, value in pairs if value]


def _decision(answer: Answer) -> str:
    if answer.decision is Decision.TRANSFER or answer.amount is None:
        return "TRANSFER to a person, who decides"
    if answer.decision is Decision.ACCEPTED:
        return f"ACCEPTED at {dollars(answer.amount)}; a person books it"
    left = "round" if answer.rounds_left == 1 else "rounds"
    return f"COUNTER {dollars(answer.amount)}, {answer.rounds_left} {left} left"


def _explained(ruling: Ruling) -> list[tuple[str, str]]:
    pairs = [
        ("Ceiling", f"{dollars(ruling.ceiling)} (never quoted)"),
        ("Standing", dollars(ruling.standing_counter)),
        ("Reason", ruling.reason),
    ]
    if ruling.arithmetic is not None:
        pairs.append(("Arithmetic", ruling.arithmetic))
    return pairs
