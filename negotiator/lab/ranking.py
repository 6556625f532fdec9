"""Policies around the present one, ranked by what the fitted carriers would do, with how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from negotiator.lab.carriers import POSTED_RATE, Floats
from negotiator.lab.hidden import Fit
from negotiator.lab.play import Broker, by_policy, play, value_of
from negotiator.policy.decide import Policy

STEP = Decimal("0.25")
"""How far one step of the firmness goes."""
_STEPS = 2  # of the firmness, each way
_RESAMPLES, _CARRIERS, _SEED = 60, 4_000, 41
_LEAST, _MOST = 2.5, 97.5  # percentiles of the interval


class Shape(NamedTuple):
    """What is learned of a policy."""

    rounds: int
    firmness: Decimal

    @classmethod
    def of(cls, policy: Policy) -> "Shape":
        """Return that of a policy."""
        return cls(policy.rounds, policy.firmness)

    def put_into(self, policy: Policy) -> Policy:
        """Return the policy with these values; its ceiling stays."""
        return Policy(policy.ceiling_percent, self.rounds, self.firmness, policy.increment)

    def is_a_step_from(self, other: "Shape") -> bool:
        """Return whether one value differs, by one step."""
        rounds, firmness = abs(self.rounds - other.rounds), abs(self.firmness - other.firmness)
        return (rounds, firmness) in {(1, 0), (0, STEP)}


@dataclass(frozen=True)
class Ranked:
    """A policy around the present one. The fields are its JSON keys.

    ``gain`` is what it leaves the broker more than the present one, US dollars a thread at a posted rate of
    1,000, from ``gain_low`` to ``gain_high`` in 95 of 100 resamples of the record: an order of policies, no
    forecast. ``is_step``: it is one step away.
    """

    rounds: int
    firmness: Decimal
    gain: float
    gain_low: float
    gain_high: float
    is_step: bool


def shapes_around(present: Shape, most_rounds: int) -> list[Shape]:
    """Return the present shape and those around it, none of more rounds than the record can judge."""
    rounds = [
        number for number in range(present.rounds - 1, present.rounds + 2) if 1 <= number <= most_rounds
    ]
    firmness = [value for step in range(-_STEPS, _STEPS + 1) if (value := present.firmness + step * STEP) > 0]
    return [Shape(number, value) for number in rounds for value in firmness]


def rank(
    fit: Fit,
    present: Policy,
    shapes: Sequence[Shape],
    *,
    resamples: int = _RESAMPLES,
    carriers: int = _CARRIERS,
) -> list[Ranked]:
    """Return policies of these shapes, the best first."""
    base = Shape.of(present)
    brokers = {shape: by_policy(shape.put_into(present)) for shape in shapes}
    worth = POSTED_RATE * (1 + float(present.ceiling_percent) / 100)
    generator, number = np.random.default_rng(_SEED), len(fit.record)
    ones = np.ones(number)
    whole = _gains(fit, brokers, (base, worth), ones, _SEED, carriers)
    samples = [
        _gains(fit, brokers, (base, worth), weights.astype(float), _SEED + place, carriers)
        for place, weights in enumerate(generator.multinomial(number, ones / number, resamples), 1)
    ]
    ranked = [_ranked(shape, base, whole[shape], [sample[shape] for sample in samples]) for shape in shapes]
    return sorted(ranked, key=lambda one: -one.gain)


def _gains(  # noqa: PLR0917 - one resample, and what is tried on it
    fit: Fit,
    brokers: Mapping[Shape, Broker],
    scale: tuple[Shape, float],
    weights: Floats,
    seed: int,
    number: int,
) -> dict[Shape, float]:
    """Return how much more each policy leaves than the present one, with carriers of one resample."""
    base, worth = scale
    fitted = fit.again(weights)
    carriers = fit.draw(fitted, weights, seed, number)
    values = {shape: value_of(play(broker, carriers), worth) for shape, broker in brokers.items()}
    return {shape: value - values[base] for shape, value in values.items()}


def _ranked(shape: Shape, base: Shape, gain: float, samples: Sequence[float]) -> Ranked:
    low, high = np.percentile(samples, (_LEAST, _MOST)) if samples else (gain, gain)
    return Ranked(
        rounds=shape.rounds,
        firmness=shape.firmness,
        gain=round(float(np.mean([gain, *samples])), 2),
        gain_low=round(float(low), 2),
        gain_high=round(float(high), 2),
        is_step=shape.is_a_step_from(base),
    )
