"""The record under another policy: which answers would differ, as far as the record can say.

Once an answer differs, nobody knows what the carrier would have said to the other one: the rounds after it
are counted, and nothing is said of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import assert_never

from negotiator.lab.replay import Heard, money, threads
from negotiator.policy.decide import Decision, Policy, Ruling, decide
from negotiator.policy.document import Document
from negotiator.progress import Progress, silent
from negotiator.storage.database import LoadsFile
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.storage.transactions import ticking
from negotiator.values import timestamps

_LEAST_HEARD = 30  # carriers that got a counter in a round, before that round counts as tried
_DECISIONS = {str(decision) for decision in Decision}
_BINS = 100  # of the gap from the posted rate to the ask: what was offered is told apart to a hundredth


class Change(StrEnum):
    """How another policy answers a round: alike, or how not."""

    SAME = "same"
    HIGHER_COUNTER = "higher_counter"
    LOWER_COUNTER = "lower_counter"
    ACCEPTED_EARLIER = "accepted_earlier"
    ACCEPTED_LATER = "accepted_later"
    TRANSFERRED = "transferred"
    GOES_ON = "goes_on"


@dataclass(frozen=True)
class RoundChanges:
    """How the rounds of one place in their threads would be answered. The fields are its JSON keys.

    ``accepted_earlier``: what was countered or handed over is accepted. ``accepted_later``: what was accepted
    is countered. ``transferred``: it is handed over instead. ``goes_on``: what was handed over is countered.
    ``outside`` is how many of the counters lie outside what was ever tried in that round.
    """

    round: int
    compared: int
    same: int
    higher_counter: int
    lower_counter: int
    accepted_earlier: int
    accepted_later: int
    transferred: int
    goes_on: int
    outside: int


@dataclass(frozen=True)
class Backtest:
    """What the record says of another policy. The fields are its JSON keys, by round ``by_round``.

    ``outside``: answers that differ and lie outside what was ever tried. ``compared``: rounds whose answer
    can be compared. ``unknown``: rounds after the first answer that differs. ``left_out``: rounds without a
    decision, an ask or a posted rate, and those that a person decided or took back. ``changed_threads``:
    threads with an answer that differs.
    """

    outside: int
    threads: int
    changed_threads: int
    rounds: int
    compared: int
    unknown: int
    left_out: int
    by_round: tuple[RoundChanges, ...]


@dataclass
class _Count:
    """What is counted of one place in the threads; ``tried`` and ``new`` are counters offered, by bins."""

    changes: Counter[Change] = field(default_factory=Counter)
    tried: Counter[int] = field(default_factory=Counter)
    new: Counter[int] = field(default_factory=Counter)

    @property
    def outside(self) -> int:
        """How many new counters lie outside what was tried here."""
        if self.tried.total() < _LEAST_HEARD:
            return self.new.total()
        least, most = min(self.tried), max(self.tried)
        return sum(number for place, number in self.new.items() if not least <= place <= most)


class _Backtester:
    """Goes through threads, and counts."""

    def __init__(self, document: Document, now: datetime) -> None:
        self.document = document
        self.now = now
        self.places: dict[int, _Count] = {}
        self.sums: Counter[str] = Counter()

    def add(self, rounds: Sequence[Heard]) -> None:
        """Compare the rounds of a thread, up to the first answer that differs."""
        self.sums.update(threads=1, rounds=len(rounds))
        highest: Decimal | None = None
        lowest: Decimal | None = None
        last_offer = 0
        numbers: set[int] = set()  # of rounds; those that were withdrawn leave holes, and do not count
        for done, heard in enumerate(rounds):
            numbers.add(heard.round_number)
            if not (heard.decision in _DECISIONS and heard.is_by_policy and heard.ask and heard.posted_rate):
                self.sums["left_out"] += 1
                if heard.decision is not None:  # a person decided, or it was taken back: all is open again
                    self.sums["left_out"] += len(rounds) - done - 1
                    return
                continue
            place, ask = len(numbers), money(heard.ask)
            policy = self._policy(heard)
            ruling = decide(
                policy,
                posted_rate=money(heard.posted_rate),
                ask=ask,
                round_number=place,
                highest_counter=highest,
                lowest_ask=lowest,
                had_last_offer=last_offer >= policy.rounds,
            )
            if self._compare(place, heard, ruling) is not Change.SAME:
                self.sums["unknown"] += len(rounds) - done - 1
                self.sums["changed_threads"] += 1
                return
            if heard.counter is not None:
                highest = max(highest or Decimal(0), money(heard.counter))
                lowest = ask if lowest is None else min(lowest, ask)
                last_offer = place

    def _policy(self, heard: Heard) -> Policy:
        document = self.document
        rule = document.rule_for(heard.subject(self.now)) if document.rules else None
        policy = document.policy if rule is None else rule.policy
        return policy if heard.own_ceiling is None else _with_ceiling(policy, heard.own_ceiling)

    def _compare(self, place: int, heard: Heard, ruling: Ruling) -> Change:
        """Count how a round would be answered, and return it."""
        count = self.places.setdefault(place, _Count())
        change = change_of(heard, ruling)
        count.changes[change] += 1
        if heard.counter is not None:
            count.tried[_bin(heard, heard.counter)] += 1
        if change is not Change.SAME and ruling.decision is Decision.COUNTER and ruling.amount is not None:
            count.new[_bin(heard, float(ruling.amount))] += 1
        return change

    def result(self) -> Backtest:
        """Return what was counted."""
        by_round = tuple(_changes(place, self.places[place]) for place in sorted(self.places))
        return Backtest(
            outside=sum(one.outside for one in by_round),
            threads=self.sums["threads"],
            changed_threads=self.sums["changed_threads"],
            rounds=self.sums["rounds"],
            compared=sum(one.compared for one in by_round),
            unknown=self.sums["unknown"],
            left_out=self.sums["left_out"],
            by_round=by_round,
        )


def backtest(
    file: LoadsFile,
    document: Document,
    *,
    now: datetime,
    since: datetime | None = None,
    progress: Progress = silent,
) -> Backtest:
    """Compare the answers on record with those of a policy, from threads that began at ``since`` or later.

    The posted rate is that of the round, else the load's of today. A load's own ceiling goes before the
    policy's, as it does in an ask. What was said in other sessions of a call does not count here. Raises
    UnusableFileError, BusyError.
    """
    tester = _Backtester(document, now)
    began = None if since is None else timestamps.format_stored(since)
    with file.read() as db, sqlite_errors(file.path), ticking(db, progress, "reading"):
        for rounds in threads(file, began, progress):
            tester.add(rounds)
    return tester.result()


def change_of(heard: Heard, ruling: Ruling) -> Change:
    """Return how a ruling differs from the answer on record."""
    match ruling.decision:
        case Decision.ACCEPTED:
            return Change.SAME if heard.decision == Decision.ACCEPTED else Change.ACCEPTED_EARLIER
        case Decision.TRANSFER:
            return Change.SAME if heard.decision == Decision.TRANSFER else Change.TRANSFERRED
        case Decision.COUNTER:
            return _change_of_counter(heard, ruling.amount or Decimal(0))
        case _:
            assert_never(ruling.decision)


def _change_of_counter(heard: Heard, counter: Decimal) -> Change:
    if heard.counter is None:
        return Change.ACCEPTED_LATER if heard.decision == Decision.ACCEPTED else Change.GOES_ON
    then = money(heard.counter)
    if counter == then:
        return Change.SAME
    return Change.HIGHER_COUNTER if counter > then else Change.LOWER_COUNTER


@lru_cache(maxsize=4096)
def _with_ceiling(policy: Policy, ceiling: float) -> Policy:
    return policy.with_ceiling(money(ceiling))


def _bin(heard: Heard, counter: float) -> int:
    """Return how much of the gap from the posted rate to the ask a counter gives, in hundredths."""
    posted, ask = heard.posted_rate or 0.0, heard.ask or 0.0
    return round((counter - posted) / (ask - posted) * _BINS) if ask > posted else 0


def _changes(place: int, count: _Count) -> RoundChanges:
    numbers = {change.value: count.changes[change] for change in Change}
    return RoundChanges(round=place, compared=count.changes.total(), outside=count.outside, **numbers)
