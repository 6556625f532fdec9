"""What the record recommends: one step of the policy, for the desk, a trailer or a lane, with its evidence.

Nothing is recommended that the record did not try, or of which the model does not foretell what was seen.
Ceilings are never touched.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from negotiator.lab.hidden import Fit, silence_foretold, silence_seen
from negotiator.lab.ranking import Ranked, Shape, rank, shapes_around
from negotiator.lab.record import (
    LEAST_HEARD,
    LEAST_THREADS,
    MOST_THREADS,
    Cell,
    Record,
    read_record,
    tried_counters,
)
from negotiator.policy.conditions import CONDITIONS
from negotiator.policy.decide import Policy
from negotiator.policy.document import Document, Rule
from negotiator.policy.parsing import parse_document
from negotiator.policy.store import Saved, learn_policy
from negotiator.policy.subject import Subject
from negotiator.policy.terms import PolicySource, policy_in
from negotiator.progress import Progress, silent
from negotiator.storage.database import LoadsFile

LEAST_GAIN = 0.5
"""What a step must gain, US dollars a thread at a posted rate of 1,000: less is not worth a change."""
_MOST_CELLS = 20
_MARGIN, _DEVIATIONS = 0.02, 2.6  # how far silence may be from what was foretold


@dataclass(frozen=True)
class Lesson:
    """What the record says of one cell. The fields are its JSON keys; shares are from 0 to 1.

    ``origin``, ``destination`` and ``equipment`` are None for the whole desk. ``heard`` is how many carriers
    were heard after each counter. ``silence_foretold`` and ``silence_seen`` are shares of the newest third of
    the threads, after each counter; the older ones foretell them. ``new_rounds`` and ``new_firmness`` are
    recommended, None for neither; ``why`` says why, or what is missing.
    """

    origin: str | None
    destination: str | None
    equipment: str | None
    threads: int
    heard: tuple[int, ...]
    silence_foretold: tuple[float, ...]
    silence_seen: tuple[float, ...]
    rounds: int
    firmness: Decimal
    new_rounds: int | None
    new_firmness: Decimal | None
    why: str
    ranked: tuple[Ranked, ...]

    @property
    def cell(self) -> Cell:
        """What the loads are by."""
        return Cell(self.origin, self.destination, self.equipment)

    @property
    def is_change(self) -> bool:
        """Whether a step is recommended."""
        return self.new_rounds is not None


class Learned(NamedTuple):
    """What was learned, and the version that it made, None where nothing was to be written."""

    lessons: tuple[Lesson, ...]
    saved: Saved | None


class Place(NamedTuple):
    """A cell, its threads, and the policy that decides there; ``rule`` is the rule that does, if one does."""

    cell: Cell
    record: Record
    policy: Policy
    rule: Rule | None


def learn(
    file: LoadsFile,
    source: PolicySource,
    *,
    now: datetime,
    by: str | None = None,
    progress: Progress = silent,
) -> Learned:
    """Return what the record recommends; with ``by``, make it the policy in that person's name.

    The latest 10,000 threads of a cell count. Raises UnusablePolicyError, InvalidPolicyError,
    InvalidTextError, UnusableFileError, BusyError.
    """
    record = read_record(file, now=now, progress=progress)
    with file.read() as db:
        in_force = policy_in(db)
        desk = source.desk_terms(db).policy
    document = None if in_force is None else in_force.document
    places = list(_places(record, document, desk, now))
    lessons = []
    for done, place in enumerate(places):
        progress("learning", done, len(places))
        lessons.append(lesson_of(place))
    changes = [lesson for lesson in lessons if lesson.is_change]
    if by is None or not changes:
        return Learned(tuple(lessons), None)
    data = {"desk": {}} if document is None else document.data
    saved = learn_policy(
        file,
        parse_document(_with(data, desk, changes)),
        by=by,
        now=now,
        reason="; ".join(map(evidence, changes)),
    )
    return Learned(tuple(lessons), saved)


def _places(record: Record, document: Document | None, desk: Policy, now: datetime) -> Iterator[Place]:
    """Give the desk, then each trailer and each lane with enough threads; the commonest first."""
    yield Place(Cell(), record.latest(MOST_THREADS), desk, None)
    by_trailer = Counter(Cell(equipment=cell.equipment) for cell in record.cells if cell.equipment)
    by_lane = Counter(cell for cell in record.cells if all(cell))
    for cell, number in [*by_trailer.most_common(_MOST_CELLS), *by_lane.most_common(_MOST_CELLS)]:
        if number < LEAST_THREADS or (len(by_trailer) == 1 and cell.origin is None):
            continue
        chosen = np.array([_is_in(one, cell) for one in record.cells])
        subject = Subject(cell.origin, cell.destination, cell.equipment, None, None, None, now)
        rule = None if document is None else document.rule_for(subject)
        policy = desk if rule is None else rule.policy
        yield Place(cell, record.of(chosen).latest(MOST_THREADS), policy, rule)


def _is_in(one: Cell, cell: Cell) -> bool:
    return one == cell or (cell.origin is None and one.equipment == cell.equipment)


def lesson_of(place: Place) -> Lesson:
    """Return what the threads of a cell say: a step that is recommended, or why none is."""
    record, policy = place.record, place.policy
    heard = record.heard()
    if len(record) < LEAST_THREADS:
        return _kept(place, f"{LEAST_THREADS} threads are needed, and there are {len(record)}")
    if place.rule is not None and _is_by_hand(place):
        return _kept(place, f"rule {place.rule.number} of the policy decides there, and a person wrote it")
    tried = tried_counters(record)
    if tried < policy.rounds - 1:
        many = heard[tried] if tried < len(heard) else 0
        return _kept(
            place, f"{many} carriers were heard after counter {tried + 1}, and {LEAST_HEARD} are needed"
        )
    foretold, seen, disagreement = _silence(record, policy.rounds - 1)
    if disagreement is not None:
        return _kept(place, disagreement, foretold, seen)
    shapes = shapes_around(Shape.of(policy), tried + 1)
    ranked = tuple(rank(Fit(record), policy, shapes))
    better = [one for one in ranked if one.is_step and one.gain_low > 0 and one.gain >= LEAST_GAIN]
    if not better:
        return _kept(place, "no step is better than the present values beyond doubt", foretold, seen, ranked)
    return _kept(place, "the step that gains most", foretold, seen, ranked, better[0])


def _kept(  # noqa: PLR0917 - a lesson, as far as it got
    place: Place,
    why: str,
    foretold: Sequence[float] = (),
    seen: Sequence[float] = (),
    ranked: Sequence[Ranked] = (),
    step: Ranked | None = None,
) -> Lesson:
    return Lesson(
        *place.cell,
        threads=len(place.record),
        heard=tuple(place.record.heard()),
        silence_foretold=tuple(round(share, 4) for share in foretold),
        silence_seen=tuple(round(share, 4) for share in seen),
        rounds=place.policy.rounds,
        firmness=place.policy.firmness,
        new_rounds=None if step is None else step.rounds,
        new_firmness=None if step is None else step.firmness,
        why=why,
        ranked=tuple(ranked),
    )


def _is_by_hand(place: Place) -> bool:
    """Return whether the rule that decides is not one that was learned, for this cell or its trailer."""
    written = {} if place.rule is None else place.rule.written
    return "learned" not in written or not _conditions(place.cell).items() >= _asked(written).items()


def _silence(record: Record, counters: int) -> tuple[list[float], list[float], str | None]:
    """Return the silence of the newest third: foretold by the others, seen, and where the two disagree."""
    is_new = np.arange(len(record)) >= len(record) * 2 // 3
    newer = record.of(is_new)
    foretold = silence_foretold(Fit(record.of(~is_new)).fitted, newer)[:counters]
    numbers_seen = silence_seen(newer)[:counters]
    seen = [share for _, share in numbers_seen]
    for place, (expected, (number, share)) in enumerate(zip(foretold, numbers_seen, strict=True), 1):
        allowed = _MARGIN + _DEVIATIONS * sqrt(max(expected * (1 - expected), 0.0) / max(number, 1))
        if abs(expected - share) > allowed:
            words = f"{share:.0%} went silent after counter {place}, where {expected:.0%} were foretold"
            return foretold, seen, words.replace("%", " %")
    return foretold, seen, None


def _conditions(cell: Cell) -> dict[str, str]:
    return {key: value for key, value in cell._asdict().items() if value is not None}


def _asked(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions of a rule as a document has it."""
    return {key: rule[key] for key in CONDITIONS if key in rule}


def _settings(lesson: Lesson) -> dict[str, Any]:
    """Return what is to stand in the document for a lesson."""
    changed: dict[str, Any] = {}
    if lesson.new_rounds is not None and lesson.new_rounds != lesson.rounds:
        changed["rounds"] = lesson.new_rounds
    if lesson.new_firmness is not None and lesson.new_firmness != lesson.firmness:
        changed["firmness"] = float(lesson.new_firmness)
    where = "the desk" if lesson.cell == Cell() else "this lane" if lesson.origin else "this trailer"
    return changed | {"learned": f"{', '.join(changed)} from {lesson.threads} threads of {where}"}


def _with(data: Mapping[str, Any], desk: Policy, changes: Sequence[Lesson]) -> dict[str, Any]:
    """Return a document's data with what was learned: rules for lanes stand before those for trailers."""
    table, rules = dict(data["desk"]), [dict(rule) for rule in data.get("rule", [])]
    for lesson in sorted(changes, key=lambda one: (one.origin is None, one.equipment is None)):
        if lesson.cell == Cell():
            if not table:
                table = {"ceiling_percent": float(desk.ceiling_percent), "increment": float(desk.increment)}
                table |= {"rounds": desk.rounds, "firmness": float(desk.firmness)}
            table |= _settings(lesson)
            continue
        conditions = _conditions(lesson.cell)
        known = next((rule for rule in rules if "learned" in rule and _asked(rule) == conditions), None)
        if known is None:
            known = conditions | {"rounds": lesson.rounds, "firmness": float(lesson.firmness)}
            general = (
                place for place, rule in enumerate(rules) if "learned" in rule and "origin" not in rule
            )
            rules.insert(next(general, len(rules)) if lesson.origin else len(rules), known)
        known |= _settings(lesson)
    return {"desk": table} | ({"rule": rules} if rules else {})


def evidence(lesson: Lesson) -> str:
    """Return in a line what a lesson rests on."""
    step = next(
        one for one in lesson.ranked if (one.rounds, one.firmness) == (lesson.new_rounds, lesson.new_firmness)
    )
    name = " ".join(
        filter(None, [lesson.equipment, lesson.origin and f"{lesson.origin} to {lesson.destination}"])
    )
    silence = zip(lesson.silence_foretold, lesson.silence_seen, strict=True)
    told = ", ".join(f"{foretold:.0%} foretold and {seen:.0%} seen" for foretold, seen in silence)
    return (
        f"{name or 'desk'}: rounds {lesson.rounds} to {lesson.new_rounds}, firmness {lesson.firmness} to"
        f" {lesson.new_firmness}; {lesson.threads} threads; heard after each counter"
        f" {'/'.join(map(str, lesson.heard))}; silent after each {told.replace('%', ' %')}; better by"
        f" {step.gain} ({step.gain_low} to {step.gain_high}) dollars a thread per 1,000 posted, in the model"
    )
