"""The hidden-rate model: each carrier has a walk-away rate, a padding above it, and a pace to come down at.

None of them is ever seen. The model holds a distribution of each, and finds those under which the record is
most likely, by expectation and maximization on a grid (A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum
likelihood from incomplete data via the EM algorithm", 1977). A model without a hidden rate, such as a
logistic regression of who takes a counter, forgets that a carrier that refused once has a floor which
persists: it takes the firmest policy for the best one, always.

Rates are shares of the posted rate, as in the record.
"""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from negotiator.lab.carriers import (
    POSTED_RATE,
    Answers,
    Bools,
    Carriers,
    Floats,
    Ints,
    Talk,
    down,
)
from negotiator.lab.markets import Market
from negotiator.lab.record import Record, Response

_PADDINGS = np.arange(0.0, 0.41, 0.01)
_PACES = np.array(
    [0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0]
)  # what is left of the gap to the floor after a counter
_TO_THE_MIDDLE, _LATE = (
    len(_PACES),
    len(_PACES) + 1,
)  # the places of two manners that depend on more than the gap
_MANNERS = len(_PACES) + 2
_EACH_MANNER = np.arange(_MANNERS)
_LATE_ROUNDS, _LATE_POWER = 3, 3.0  # who comes down late is at its floor after so many counters
_FIRST_FLOOR, _FLOOR_STEP, _FLOORS = 0.5, 0.01, 260
_EXTRA = 0.5  # threads' worth of weight that each place of a grid has from the start: nothing is impossible
_NOISE = 0.012  # how far from its plan a carrier asks, one standard deviation
_STRAY = 0.05  # of asks follow no plan
_STRAY_DENSITY = 4.0  # of such an ask, which may be anywhere in a quarter of the posted rate
_TAKES_PLAN, _TAKES_BELOW = 0.97, 0.01  # chances to take a counter at its plan, and below its floor
_ROUNDS_OF_EM, _ROUNDS_OF_BOOTSTRAP, _OUTER = 30, 8, 3
_STEP = 5.0  # US dollars at a posted rate of 1,000: to that asks are told apart
_MOST_SILENT = 0.95
_PRIOR_SILENT, _PRIOR_HEARD = 0.5, 5.0  # carriers: with few, silence is taken to be near a tenth


class Silence(NamedTuple):
    """The chance to go silent at a counter that is not taken: for each one, and more for a wide gap."""

    base: Floats
    per_gap: float

    def chance(self, counter_number: int, gap: Floats) -> Floats:
        """Return the chance after a counter (0 is the first), given the gap that it leaves."""
        base = self.base[min(counter_number, len(self.base) - 1)] if len(self.base) else 0.0
        return np.clip(base + self.per_gap * np.maximum(gap, 0), 0.0, _MOST_SILENT)


@dataclass(frozen=True)
class Fitted:
    """What was found: distributions over the grids, how often a counter above the floor is taken, silence.

    ``content`` are the chances to take a counter that is above the floor and below the plan: after the first
    counter, and after later ones.
    """

    floors: Floats
    paddings: Floats
    manners: Floats
    content: tuple[float, float]
    silence: Silence


def _start() -> Fitted:
    return Fitted(
        np.full(_FLOORS, 1 / _FLOORS),
        np.full(len(_PADDINGS), 1 / len(_PADDINGS)),
        np.full(_MANNERS, 1 / _MANNERS),
        (0.3, 0.6),
        Silence(np.zeros(0), 0.0),
    )


@dataclass(frozen=True)
class _Grid:
    """The floor that each padding means for each thread, and which place of the grid of floors that is."""

    floor: Floats
    place: Ints

    @classmethod
    def of(cls, record: Record) -> "_Grid":
        floor = record.first_ask[:, None] / (1 + _PADDINGS)
        place = np.rint((floor - _FIRST_FLOOR) / _FLOOR_STEP).astype(np.int64)
        return cls(floor, np.clip(place, 0, _FLOORS - 1))


class Heard(NamedTuple):
    """A counter that carriers heard: the first is ``number`` 1, and rates are by thread."""

    number: int
    first_ask: Floats
    ask: Floats
    counter: Floats


def _planned(heard: Heard, floor: Floats, manner: Ints) -> Floats:
    """Return what carriers ask next that do not take a counter; floors and manners may be those of a grid.

    They leave so much of the gap between their ask and their floor as their pace says; or they meet the
    counter in the middle; or they stay near their first ask, and come down late.
    """
    at_pace = floor + (heard.ask - floor) * _PACES[np.minimum(manner, len(_PACES) - 1)]
    late = 1 - min(1.0, heard.number / _LATE_ROUNDS) ** _LATE_POWER
    planned = np.where(
        manner == _TO_THE_MIDDLE,
        (heard.ask + heard.counter) / 2,
        np.where(manner == _LATE, floor + (heard.first_ask - floor) * late, at_pace),
    )
    return np.minimum(heard.ask, np.maximum(planned, floor))


def _chance_to_take(heard: Heard, floor: Floats, planned: Floats, content: tuple[float, float]) -> Floats:
    above_floor = np.where(heard.counter >= floor, content[heard.number > 1], _TAKES_BELOW)
    return np.where(heard.counter >= planned, _TAKES_PLAN, above_floor)


def _on_the_grid(record: Record, grid: _Grid, number: int) -> tuple[Heard, Floats]:
    """Return a counter of the record, and the floors of those who heard it: by thread, padding, manner."""
    step = record.steps[number]
    first, ask, counter = (x[:, None, None] for x in (record.first_ask[step.places], step.ask, step.counter))
    return Heard(number + 1, first, ask, counter), grid.floor[step.places][:, :, None]


def _likelihood(record: Record, grid: _Grid, number: int, content: tuple[float, float]) -> Floats:
    """Return how likely each answer is, by thread, padding and manner; silence is alike for all of them."""
    heard, floor = _on_the_grid(record, grid, number)
    planned = _planned(heard, floor, _EACH_MANNER)
    takes = _chance_to_take(heard, floor, planned, content)
    distance = (record.steps[number].next_ask[:, None, None] - planned) / _NOISE
    density = np.exp(-0.5 * distance**2) / (_NOISE * np.sqrt(2 * np.pi))
    asks = (1 - takes) * ((1 - _STRAY) * density + _STRAY * _STRAY_DENSITY)
    response = record.steps[number].response[:, None, None]
    seen = np.where(response == Response.TAKES, takes, np.where(response == Response.SILENT, 1 - takes, asks))
    return np.where(response == Response.UNKNOWN, 1.0, seen)


def _likelihoods(record: Record, grid: _Grid, content: tuple[float, float]) -> Floats:
    whole = np.ones((len(record), len(_PADDINGS), _MANNERS))
    for number, step in enumerate(record.steps):
        whole[step.places] *= _likelihood(record, grid, number, content)
    return whole


def _posterior(fitted: Fitted, grid: _Grid, likelihood: Floats) -> Floats:
    """Return what is known of each carrier: how its chances are spread over paddings and paces."""
    prior = fitted.floors[grid.place] * fitted.paddings / (1 + _PADDINGS)
    weight = prior[:, :, None] * fitted.manners * likelihood
    spread: Floats = weight / weight.sum(axis=(1, 2), keepdims=True)
    return spread


def _maximized(fitted: Fitted, grid: _Grid, posterior: Floats, weights: Floats) -> Fitted:
    by_padding = posterior.sum(2) * weights[:, None]
    counted = np.bincount(grid.place.ravel(), by_padding.ravel(), _FLOORS)
    floors = np.convolve(counted, [0.25, 0.5, 0.25], mode="same") + _EXTRA / _FLOORS
    paddings = by_padding.sum(0) + _EXTRA / len(_PADDINGS)
    manners = (posterior.sum(1) * weights[:, None]).sum(0) + _EXTRA
    return replace(
        fitted,
        floors=floors / floors.sum(),
        paddings=paddings / paddings.sum(),
        manners=manners / manners.sum(),
    )


def _content(record: Record, grid: _Grid, posterior: Floats, weights: Floats) -> tuple[float, float]:
    """Return how often counters between floor and plan are taken: the first, and later ones."""
    taken, all_ = np.array([1.0, 1.0]), np.array([3.0, 2.0])  # as from a few carriers before any was heard
    for number, step in enumerate(record.steps):
        heard, floor = _on_the_grid(record, grid, number)
        between = (heard.counter >= floor) & (heard.counter < _planned(heard, floor, _EACH_MANNER))
        chance = (posterior[step.places] * between).sum((1, 2)) * weights[step.places]
        all_[int(number > 0)] += chance[step.response != Response.UNKNOWN].sum()
        taken[int(number > 0)] += chance[step.response == Response.TAKES].sum()
    shares = np.clip(taken / all_, 0.02, 0.98)
    return float(shares[0]), float(shares[1])


def _silence(record: Record, weights: Floats) -> Silence:
    """Return the chances to go silent, by least squares over counters that were not taken."""
    rows, seen, weight = [], [], []
    for number, step in enumerate(record.steps):
        left = (step.response == Response.SILENT) | (step.response == Response.ASKS)
        row = np.zeros((int(left.sum()), len(record.steps) + 1))
        row[:, number] = 1
        row[:, -1] = np.maximum(step.ask[left] - step.counter[left], 0)
        rows.append(row)
        seen.append((step.response[left] == Response.SILENT).astype(float))
        weight.append(weights[step.places[left]])
    if not rows:
        return Silence(np.zeros(0), 0.0)
    x, y, w = np.concatenate(rows), np.concatenate(seen), np.concatenate(weight)
    normal = x.T @ (x * w[:, None])
    normal[np.diag_indices_from(normal)] += np.r_[np.full(len(record.steps), _PRIOR_HEARD), 0.05]
    right = x.T @ (w * y)
    right[:-1] += _PRIOR_SILENT
    found = np.linalg.solve(normal, right)
    per_gap = float(max(found[-1], 0.0))
    return Silence(np.clip(found[:-1], 0.0, _MOST_SILENT), per_gap)


class Fit:
    """A record that is fitted, and may be fitted again with other weights of its threads."""

    def __init__(self, record: Record) -> None:
        """Fit the record, each thread as weighty as any other."""
        self.record = record
        self._grid = _Grid.of(record)
        self.fitted, ones = _start(), np.ones(len(record))
        for _ in range(_OUTER):
            self._likelihood = _likelihoods(record, self._grid, self.fitted.content)
            self.fitted = self._maximized(self.fitted, ones, _ROUNDS_OF_EM)
            posterior = self.posterior(self.fitted)
            self.fitted = replace(self.fitted, content=_content(record, self._grid, posterior, ones))
        self._likelihood = _likelihoods(record, self._grid, self.fitted.content)

    def posterior(self, fitted: Fitted) -> Floats:
        """Return what is known of each carrier under distributions."""
        return _posterior(fitted, self._grid, self._likelihood)

    def _maximized(self, fitted: Fitted, weights: Floats, rounds: int) -> Fitted:
        for _ in range(rounds):
            fitted = _maximized(fitted, self._grid, self.posterior(fitted), weights)
        return replace(fitted, silence=_silence(self.record, weights))

    def again(self, weights: Floats) -> Fitted:
        """Return the distributions when threads count ``weights`` times: for a bootstrap."""
        return self._maximized(self.fitted, weights, _ROUNDS_OF_BOOTSTRAP)

    def draw(self, fitted: Fitted, weights: Floats, seed: int, number: int) -> "FittedCarriers":
        """Return carriers as those of the record, each with a floor and a pace that it may well have."""
        generator = np.random.default_rng(seed)
        threads = generator.choice(len(self.record), number, p=weights / weights.sum())
        known, places = np.unique(threads, return_inverse=True)
        cumulated = np.cumsum(self.posterior(fitted)[known].reshape(len(known), -1), axis=1)
        chance = generator.uniform(0, 1, number)
        cells = (cumulated[places] < chance[:, None] * cumulated[places, -1:]).sum(1)
        padding, manner = np.divmod(np.minimum(cells, cumulated.shape[1] - 1), _MANNERS)
        ask = down(self.record.first_ask[threads] * POSTED_RATE + _STEP / 2, _STEP)
        return FittedCarriers(
            market=Market(0.0, 0.0),
            floor=self._grid.floor[threads, padding] * POSTED_RATE,
            first_ask=ask,
            kind=manner,
            pace=np.zeros(number),
            insult=np.full(number, np.inf),
            seed=seed,
            fitted=fitted,
        )


@dataclass(frozen=True)
class FittedCarriers(Carriers):
    """Carriers that answer as the record has it."""

    fitted: Fitted = field(default_factory=_start)

    def respond(self, talk: Talk) -> Answers:
        """Return what they answer to a counter."""
        luck, rate = talk.luck, self.posted_rate
        heard = Heard(
            talk.round_number, self.first_ask[talk.places] / rate, talk.ask / rate, talk.counter / rate
        )
        floor = talk.floor / rate
        planned = _planned(heard, floor, self.kind[talk.places])
        chance = _chance_to_take(heard, floor, planned, self.fitted.content)
        takes = luck.mood < chance
        gap = heard.ask - heard.counter
        leaves = ~takes & (luck.silence < self.fitted.silence.chance(talk.round_number - 1, gap))
        asked = np.minimum(talk.ask, down(planned * rate + _STEP / 2, _STEP))
        return Answers(takes, leaves, asked)


def silence_foretold(fitted: Fitted, record: Record) -> list[float]:
    """Return which share of those who heard each counter is expected to go silent, by what came before."""
    grid = _Grid.of(record)
    known = np.ones((len(record), len(_PADDINGS), _MANNERS))
    shares = []
    for number, step in enumerate(record.steps):
        posterior = _posterior(fitted, grid, known)[step.places]
        heard, floor = _on_the_grid(record, grid, number)
        takes = _chance_to_take(heard, floor, _planned(heard, floor, _EACH_MANNER), fitted.content)
        leaves = (1 - (posterior * takes).sum((1, 2))) * fitted.silence.chance(
            number, step.ask - step.counter
        )
        judged = step.response != Response.UNKNOWN
        shares.append(float(leaves[judged].mean()) if judged.any() else 0.0)
        known[step.places] *= _likelihood(record, grid, number, fitted.content)
    return shares


def silence_seen(record: Record) -> list[tuple[int, float]]:
    """Return how many answers to each counter are known, and which share of them was silence."""
    seen = []
    for step in record.steps:
        judged: Bools = step.response != Response.UNKNOWN
        number = int(judged.sum())
        seen.append((number, float((step.response[judged] == Response.SILENT).mean()) if number else 0.0))
    return seen
