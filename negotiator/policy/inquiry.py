"""Which policy applies to a call or a load, and why: asked before a carrier does, or after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from negotiator.errors import CallNotFoundError, LoadNotFoundError, Remedy
from negotiator.policy.conditions import Found
from negotiator.policy.document import Rule
from negotiator.policy.subject import Subject
from negotiator.policy.terms import Origin, PolicySource, policy_in
from negotiator.storage import statements
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.values.cells import text_from
from negotiator.values.ids import parse_call_id
from negotiator.values.money import rate_from_file


@dataclass(frozen=True)
class AppliedPolicy:
    """The policy that applies to a call or a load. The fields are its JSON keys.

    ``rule`` is the number of the rule that wins, None for none. ``ceiling`` (US dollars) is None when the
    load has no posted rate to reckon it from. Each ``…_from`` says where the value before it is from. ``why``
    tells of each rule, up to the one that wins, whether it holds.
    """

    call_id: int | None
    load_id: str
    posted_rate: Decimal | None
    version: int | None
    rule: int | None
    ceiling: Decimal | None
    ceiling_from: Origin
    rounds: int
    rounds_from: Origin
    firmness: Decimal
    firmness_from: Origin
    increment: Decimal
    increment_from: Origin
    why: tuple[str, ...]


def policy_for_call(
    file: LoadsFile, source: PolicySource, call_id: int | str, *, now: datetime
) -> AppliedPolicy:
    """Return the policy that an ask on this call meets.

    Raises InvalidCallIDError, CallNotFoundError, LoadNotFoundError, InvalidPolicyError, UnusablePolicyError,
    UnusableFileError, BusyError.
    """
    number = parse_call_id(call_id)
    with file.read() as db:
        row = db.execute(statements.CALL, [number]).fetchone()
        if row is None:
            raise CallNotFoundError(
                f"there is no call {number} in {str(file.path)!r}",
                "check the call's ID",
                remedy=Remedy.LIST_CALLS,
            )
        load_id = text_from(row[2])
        if load_id is None:
            raise LoadNotFoundError(f"call {number} is about no load", "set the call's load_id first")
        return _applied(file, source, load_id, now, number, row[1])


def policy_for_load(file: LoadsFile, source: PolicySource, load_id: str, *, now: datetime) -> AppliedPolicy:
    """Return the policy that an ask about this load meets, from a carrier that no rule names.

    Raises LoadNotFoundError, InvalidPolicyError, UnusablePolicyError, UnusableFileError, BusyError.
    """
    with file.read() as db:
        return _applied(file, source, known_load_id(db, load_id), now)


def _applied(  # noqa: PLR0917 - a call may stand behind it
    file: LoadsFile,
    source: PolicySource,
    load_id: str,
    now: datetime,
    call_id: int | None = None,
    carrier: object = None,
) -> AppliedPolicy:
    row = file.connection.execute(statements.LOAD, [load_id]).fetchone()
    if row is None:
        raise LoadNotFoundError(
            f"there is no load {load_id!r} in {str(file.path)!r}",
            "check the load's ID",
            remedy=Remedy.LIST_LOADS,
        )
    _, origin, destination, equipment, rate, _, pickup, miles, own, *_ = row
    subject = Subject(origin, destination, equipment, pickup, miles, carrier, now)
    terms = source.terms(file.connection, subject, ceiling_of_load=rate_from_file(own))
    in_force = policy_in(file.connection)
    policy, posted_rate = terms.policy, rate_from_file(rate)
    return AppliedPolicy(
        call_id=call_id,
        load_id=load_id,
        posted_rate=posted_rate,
        version=terms.version,
        rule=terms.rule_number,
        ceiling=policy.ceiling if posted_rate is None else policy.ceiling_for(posted_rate),
        ceiling_from=terms.origin_of("ceiling_percent"),
        rounds=policy.rounds,
        rounds_from=terms.origin_of("rounds"),
        firmness=policy.firmness,
        firmness_from=terms.origin_of("firmness"),
        increment=policy.increment,
        increment_from=terms.origin_of("increment"),
        why=tuple(_why(in_force.document.rules if in_force else (), subject)),
    )


def _why(rules: tuple[Rule, ...], subject: Subject) -> Iterator[str]:
    """Give a sentence for each rule, until one holds."""
    found = Found(subject)
    for rule in rules:
        asked = ", ".join(f"{key} {rule.written[key]}" for key in rule.conditions)
        unmet = rule.unmet(found)
        if unmet is None:
            yield f"rule {rule.number} holds: {asked}"
            return
        yield f"rule {rule.number} does not hold: {unmet} is {_told(unmet, subject, found)} ({asked})"


def _told(key: str, subject: Subject, found: Found) -> str:
    """Return what the file tells about a condition."""
    if found[key] is None or found[key] == ():
        return "not known"
    match key:
        case "hours_to_pickup":
            return f"{found[key]:,.1f}"
        case "min_miles" | "max_miles":
            return f"{found[key]:,f}"
        case _:
            return str(getattr(subject, key))
