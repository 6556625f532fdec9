"""How well anybody could do who does not know the carriers' walk-away rates: dynamic programming on a sample.

A plan says, for each first ask, whether to take it or what to counter; and so on for each next ask, by all
that was said before. It is made on one sample and judged on another one: it knows the market, no carrier.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from negotiator.lab.carriers import Carriers, Floats, Ints, Talk, draw, respond
from negotiator.lab.markets import Market

CEILING_PERCENT = 10
"""What a load is worth to the broker, percent above the posted rate, where the bounds hold."""
_STEP = 10.0  # US dollars between the counters that are tried, and in which later asks are told apart
_LEAST = 30  # carriers to plan for: with fewer, a plan would learn their luck by heart
_SAMPLE, _JUDGES, _SEED, _JUDGES_SEED = 320_000, 40_000, 99, 23


@dataclass
class Plan:
    """What to do about an ask: counter it, or (None) take it if it can be paid; and after the next ask."""

    counter: float | None = None
    then: "dict[int, Plan]" = field(default_factory=dict)


@dataclass(frozen=True)
class _Position:
    """Where the threads of some carriers stand, all by the same words so far."""

    carriers: Carriers
    ceiling: float
    rounds: int

    def value_now(self, ask: Floats) -> Floats:
        """Return what taking the ask is worth, US dollars: nothing where it cannot be paid."""
        return np.maximum(0.0, self.ceiling - ask)

    def best(self, places: Ints, ask: Floats, standing: float, round_number: int) -> tuple[float, Plan]:
        """Return the best value, summed over the carriers, and how it is reached."""
        value, plan = float(self.value_now(ask).sum()), Plan()
        if round_number >= self.rounds or len(places) < _LEAST:
            return value, plan
        for counter in np.arange(standing, min(self.ceiling, float(ask.min())), _STEP):
            tried, then = self._after(places, ask, standing, float(counter), round_number)
            if tried > value:
                value, plan = tried, Plan(float(counter), then)
        return value, plan

    def _after(
        self, places: Ints, ask: Floats, standing: float, counter: float, round_number: int
    ) -> tuple[float, dict[int, Plan]]:
        """Return what a counter is worth, and what to do after it."""
        talk = _talk(self.carriers, places, ask, standing, counter, round_number)
        answers = respond(talk)
        value, then = (self.ceiling - counter) * int(answers.takes.sum()), {}
        stays = ~answers.takes & ~answers.leaves
        for asked, group in _by_ask(answers.next_ask[stays], _STEP):
            more, then[asked] = self.best(
                places[stays][group], answers.next_ask[stays][group], counter, round_number + 1
            )
            value += more
        return value, then

    def judged(self, plan: Plan, places: Ints, ask: Floats, standing: float, round_number: int) -> float:
        """Return what a plan is worth with these carriers."""
        if plan.counter is None:
            return float(self.value_now(ask).sum())
        below = ask <= plan.counter
        value = float(self.value_now(ask[below]).sum())
        places, ask = places[~below], ask[~below]
        answers = respond(_talk(self.carriers, places, ask, standing, plan.counter, round_number))
        value += (self.ceiling - plan.counter) * int(answers.takes.sum())
        stays = ~answers.takes & ~answers.leaves
        for asked, group in _by_ask(answers.next_ask[stays], _STEP):
            then = plan.then.get(asked, Plan())
            value += self.judged(
                then, places[stays][group], answers.next_ask[stays][group], plan.counter, round_number + 1
            )
        return value


def _talk(  # noqa: PLR0917 - what makes a talk, in its order
    carriers: Carriers, places: Ints, ask: Floats, standing: float, counter: float, round_number: int
) -> Talk:
    full = np.full(len(places), 1.0)
    return Talk(carriers, places, round_number, ask, full * counter, full * standing)


def _by_ask(asks: Floats, step: float) -> Iterator[tuple[int, Ints]]:
    """Give the places of the asks that are alike, and how they are known."""
    if not len(asks):
        return
    bins = np.floor(asks / step + 1e-9).astype(np.int64)
    order = np.argsort(bins, kind="stable")
    known, starts = np.unique(bins[order], return_index=True)
    yield from zip(known.tolist(), np.split(order, starts[1:]), strict=True)


def oracle_value(carriers: Carriers, ceiling: float) -> float:
    """Return what who knows each walk-away rate would get of a carrier, US dollars on average."""
    return float(np.maximum(0.0, ceiling - carriers.floor).mean())


def bound(market: Market, rounds: int, sample: int = _SAMPLE) -> float:
    """Return the share of the oracle's value that the best plan reaches in so many rounds."""
    plans, judges = draw(market, _SEED, sample), draw(market, _JUDGES_SEED, _JUDGES)
    ceiling = plans.posted_rate * (1 + CEILING_PERCENT / 100)
    total = 0.0
    judged = dict(_by_ask(judges.first_ask, 1.0))
    for asked, places in _by_ask(plans.first_ask, 1.0):
        if asked in judged:
            at = _Position(plans, ceiling, rounds)
            _, plan = at.best(places, plans.first_ask[places], plans.posted_rate, 1)
            group = judged[asked]
            total += _Position(judges, ceiling, rounds).judged(
                plan, group, judges.first_ask[group], judges.posted_rate, 1
            )
    return total / len(judges) / oracle_value(judges, ceiling)
