"""Simulated carriers: drawn from a market by a seed, and what each answers to a counter.

Everything here is an array with a place for each carrier. Rates are US dollars for the whole load.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from negotiator.lab.markets import Kind, Market

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

POSTED_RATE = 1000.0
"""What a simulated load is posted at, US dollars."""
_ASK_STEP, _STEP = 25.0, 5.0  # US dollars: first asks are rounder than later ones
_LOWEST_FLOOR, _HIGHEST_FLOOR = 0.85, 1.4
_NEVER = 9.0  # a gap that no counter leaves
_KINDS = list(Kind)
_TAKES_OFFENCE = 0.5  # the chance that a touchy carrier leaves at an insult
_CONTENT, _GIVES_IN = 0.4, 0.6  # chances to take what it could live with
_LAST_PLAN = 3  # counters in which a carrier with a plan comes down to its walk-away rate


@dataclass(frozen=True)
class Luck:
    """What chance brings to each carrier in one round, from 0 to 1."""

    silence: Floats
    mood: Floats
    return_: Floats

    def of(self, places: Ints) -> Self:
        """Return that of some carriers."""
        return replace(
            self, silence=self.silence[places], mood=self.mood[places], return_=self.return_[places]
        )


@dataclass(frozen=True)
class Carriers:
    """Carriers that ask for a load: walk-away rates ``floor``, first asks, and how each comes down.

    ``pace`` is what is left of the gap between ask and floor after a counter. A gap (a share of the posted
    rate) above ``insult`` may send a carrier away at once.
    """

    market: Market
    floor: Floats
    first_ask: Floats
    kind: Ints
    pace: Floats
    insult: Floats
    seed: int
    posted_rate: float = POSTED_RATE
    _luck: dict[int, Luck] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.floor)

    def luck(self, round_number: int) -> Luck:
        """Return the luck of a round: the same whatever policy is tried, so that policies can be compared."""
        if round_number not in self._luck:
            generator = np.random.default_rng([self.seed, round_number])
            self._luck[round_number] = Luck(*generator.uniform(0, 1, (3, len(self))))
        return self._luck[round_number]

    def respond(self, talk: "Talk") -> "Answers":
        """Return what the carriers answer to a counter."""
        return respond(talk)


def draw(market: Market, seed: int, number: int) -> Carriers:
    """Return carriers of a market; the same seed gives the same."""
    generator = np.random.default_rng(seed)
    floor = (
        np.clip(generator.normal(market.floor, market.spread, number), _LOWEST_FLOOR, _HIGHEST_FLOOR)
        * POSTED_RATE
    )
    padding = generator.uniform(market.least_padding, market.most_padding, number)
    ask = down(floor * (1 + padding) + _ASK_STEP - 0.1, _ASK_STEP)
    kind = generator.choice([_KINDS.index(k) for k in market.kinds], number, p=list(market.kinds.values()))
    is_touchy = generator.uniform(0, 1, number) < market.touchy
    return Carriers(
        market=market,
        floor=np.where(kind == _KINDS.index(Kind.FIXED), ask, floor),  # a fixed price is meant
        first_ask=ask,
        kind=kind,
        pace=generator.uniform(0.2, 0.8, number),
        insult=np.where(is_touchy, generator.uniform(0.04, 0.12, number), _NEVER),
        seed=seed,
    )


def down(amounts: Floats, step: float = _STEP) -> Floats:
    """Return amounts down to a whole step, US dollars."""
    return np.floor(amounts / step + 1e-9) * step


@dataclass(frozen=True)
class Talk:
    """What the carriers at these ``places`` hear in a round: a counter, and what was ``standing`` before."""

    carriers: Carriers
    places: Ints
    round_number: int
    ask: Floats
    counter: Floats
    standing: Floats

    def of(self, chosen: Bools) -> Self:
        """Return the talk with some of the carriers."""
        return replace(
            self,
            places=self.places[chosen],
            ask=self.ask[chosen],
            counter=self.counter[chosen],
            standing=self.standing[chosen],
        )

    @property
    def floor(self) -> Floats:
        """The walk-away rates."""
        return self.carriers.floor[self.places]

    @property
    def luck(self) -> Luck:
        """The luck of this round."""
        return self.carriers.luck(self.round_number).of(self.places)

    @property
    def is_late(self) -> bool:
        """Whether a carrier takes what it can live with: not after the first counter."""
        return self.round_number > 1

    @property
    def is_fair(self) -> Bools:
        """Whether the counter is about half-way to the ask."""
        return self.counter >= (self.ask + self.standing) / 2 - 0.01 * self.carriers.posted_rate


@dataclass(frozen=True)
class Answers:
    """What carriers answer to a counter: takes it, goes silent, or asks again."""

    takes: Bools
    leaves: Bools
    next_ask: Floats


def respond(talk: Talk) -> Answers:
    """Return what the carriers answer."""
    takes, next_ask = np.zeros(len(talk.places), bool), talk.ask.copy()
    kinds = talk.carriers.kind[talk.places]
    for place in np.unique(kinds):
        chosen = kinds == place
        takes[chosen], asked = _TACTICS[_KINDS[place]](talk.of(chosen))
        next_ask[chosen] = np.minimum(talk.ask[chosen], asked)
    return Answers(takes, ~takes & _leaves(talk, kinds), next_ask)


def _leaves(talk: Talk, kinds: Ints) -> Bools:
    """Return who goes silent, unless it takes the counter."""
    market, luck = talk.carriers.market, talk.luck
    gap = np.maximum(0, talk.ask - talk.counter) / talk.carriers.posted_rate
    felt = gap * np.where((kinds == _KINDS.index(Kind.SPLITTER)) & talk.is_fair, 0.5, 1.0)
    tired = market.tiredness * max(0, talk.round_number - 2)
    leaves = luck.silence < market.silence + tired + market.silence_per_gap * felt
    if talk.round_number == 1:
        leaves |= (gap > talk.carriers.insult[talk.places]) & (luck.mood < _TAKES_OFFENCE)
    leaves &= luck.return_ >= market.return_rate
    if market.patience is not None and talk.round_number >= market.patience:
        leaves[:] = True
    return leaves


_Tactic = Callable[[Talk], tuple[Bools, Floats]]


def _proportional(talk: Talk) -> tuple[Bools, Floats]:
    left = (talk.ask - talk.floor) * talk.carriers.pace[talk.places]
    asked = np.minimum(talk.ask, down(talk.floor + left + _STEP / 2))
    return (talk.counter >= asked) | ((talk.counter >= talk.floor) & talk.is_late), asked


def _planned(power: float) -> _Tactic:
    def tactic(talk: Talk) -> tuple[Bools, Floats]:
        left = 1 - min(1, talk.round_number / _LAST_PLAN) ** power
        first = talk.carriers.first_ask[talk.places]
        asked = down(talk.floor + (first - talk.floor) * left + _STEP / 2)
        return talk.counter >= asked, asked

    return tactic


def _reciprocal(talk: Talk) -> tuple[Bools, Floats]:
    came_up = np.maximum(talk.counter - talk.standing, 0)
    asked = np.maximum(talk.floor, down(talk.ask - came_up + _STEP / 2))
    content = (talk.counter >= talk.floor) & (talk.luck.mood < _CONTENT) & talk.is_late
    return (talk.counter >= asked) | content, asked


def _fixed(talk: Talk) -> tuple[Bools, Floats]:
    return talk.counter >= talk.ask, talk.ask


def _bluffer(talk: Talk) -> tuple[Bools, Floats]:
    meant = talk.floor + 0.35 * (talk.carriers.first_ask[talk.places] - talk.floor)
    return (talk.counter >= meant) & (talk.luck.mood < _GIVES_IN) & talk.is_late, talk.ask


def _splitter(talk: Talk) -> tuple[Bools, Floats]:
    asked = np.maximum(talk.floor, down((talk.ask + talk.counter) / 2 + _STEP / 2))
    willing = talk.luck.mood < np.where(talk.is_fair, 0.75, 0.30)
    return (talk.counter >= talk.floor) & willing, asked


_TACTICS: Mapping[Any, _Tactic] = {
    Kind.PROPORTIONAL: _proportional,
    Kind.BOULWARE: _planned(3.0),
    Kind.LINEAR: _planned(1.0),
    Kind.CONCEDER: _planned(0.4),
    Kind.RECIPROCAL: _reciprocal,
    Kind.FIXED: _fixed,
    Kind.BLUFFER: _bluffer,
    Kind.SPLITTER: _splitter,
}
