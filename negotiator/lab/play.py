"""Threads played to their end: a broker's rule against carriers, round by round."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from negotiator.lab.carriers import Answers, Bools, Carriers, Floats, Ints, Talk
from negotiator.policy.decide import Decision, Policy, decide

_ACCEPTED, _COUNTER, _TRANSFER = range(3)
_CODES = {Decision.ACCEPTED: _ACCEPTED, Decision.COUNTER: _COUNTER, Decision.TRANSFER: _TRANSFER}
_CENTS = 100
_BITS = 21  # of an amount in cents: up to 20,971 dollars


class Situation(NamedTuple):
    """Where threads stand in a round: amounts are US dollars, ``before`` the asks of the round before."""

    round_number: int
    posted_rate: float
    ask: Floats
    standing: Floats
    before: Floats | None


class Reply(NamedTuple):
    """What a broker answers: which asks it accepts, and what it counters the others; none is handed over."""

    accepts: Bools
    counters: Bools
    counter: Floats


Broker = Callable[[Situation], Reply]


@dataclass
class Played:
    """How threads ended: which were booked, at what rate (US dollars, nan for none), in how many rounds.

    ``heard`` and ``silent`` have a number for each counter: how many carriers got it, and how many left then.
    """

    booked: Bools
    paid: Floats
    rounds: Ints
    heard: list[int] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)


def by_policy(policy: Policy) -> Broker:
    """Return the broker that decides by a policy: it asks the product itself, once for each situation."""
    known: dict[tuple[int, float, int], tuple[int, float]] = {}

    def decided(now: Situation, key: int) -> tuple[int, float]:
        where = (now.round_number, now.posted_rate, key)
        if where not in known:
            known[where] = _decided(policy, now, key)
        return known[where]

    def broker(now: Situation) -> Reply:
        keys, places = np.unique(_packed(now), return_inverse=True)
        found = [decided(now, key) for key in keys.tolist()]
        codes = np.array([code for code, _ in found], np.int64)[places]
        counters = np.array([amount for _, amount in found], np.float64)[places]
        return Reply(codes == _ACCEPTED, codes == _COUNTER, counters)

    return broker


def _packed(now: Situation) -> Ints:
    """Return the situation of each thread as one number."""
    before = np.zeros_like(now.ask) if now.before is None else now.before
    asks, counters, lowest = ((np.rint(x * _CENTS)).astype(np.int64) for x in (now.ask, now.standing, before))
    return (asks << 2 * _BITS) | (counters << _BITS) | lowest


def _decided(policy: Policy, now: Situation, key: int) -> tuple[int, float]:
    """Return what the product answers in a situation: a code, and the counter (US dollars) or 0."""
    mask = (1 << _BITS) - 1
    ask, standing, lowest = (Decimal(key >> shift & mask) / _CENTS for shift in (2 * _BITS, _BITS, 0))
    ruling = decide(
        policy,
        posted_rate=Decimal(str(now.posted_rate)),
        ask=ask,
        round_number=now.round_number,
        highest_counter=standing,
        lowest_ask=lowest or None,
    )
    amount = ruling.amount if ruling.decision is Decision.COUNTER else None
    return _CODES[ruling.decision], float(amount or 0)


Watcher = Callable[[Talk, Answers], None]
"""Is told what carriers heard in a round, and what they answered."""


def play(broker: Broker, carriers: Carriers, watcher: Watcher | None = None) -> Played:
    """Play a thread with each carrier, to its end. Nobody raises an ask."""
    number = len(carriers)
    ask, standing = carriers.first_ask.copy(), np.full(number, carriers.posted_rate)
    before: Floats | None = None
    end = Played(np.zeros(number, bool), np.full(number, np.nan), np.zeros(number, np.int64))
    live = np.arange(number)
    round_number = 1
    while len(live):
        end.rounds[live] += 1
        now = Situation(
            round_number,
            carriers.posted_rate,
            ask[live],
            standing[live],
            None if before is None else before[live],
        )
        reply = broker(now)
        _book(end, live[reply.accepts], now.ask[reply.accepts])
        live, counter = live[reply.counters], reply.counter[reply.counters]
        talk = Talk(carriers, live, round_number, ask[live], counter, standing[live])
        answers = carriers.respond(talk)
        if watcher is not None:
            watcher(talk, answers)
        _book(end, live[answers.takes], counter[answers.takes])
        if len(live):
            end.heard.append(len(live))
            end.silent.append(int(answers.leaves.sum()))
        before = ask.copy()
        standing[live], ask[live] = counter, answers.next_ask
        live = live[~answers.takes & ~answers.leaves]
        round_number += 1
    return end


def _book(end: Played, places: Ints, rates: Floats) -> None:
    end.booked[places] = True
    end.paid[places] = rates


def value_of(played: Played, worth: float) -> float:
    """Return what the deals leave of what a load is ``worth``, US dollars a thread."""
    return float(np.where(played.booked, worth - np.nan_to_num(played.paid), 0.0).mean())
