"""The field's usual rules, to compare a policy with: each proposes a target, which is made lawful here.

They are in the help pages and the open code of other freight agents, or are what brokers say they do.
"""

from collections.abc import Callable, Mapping

import numpy as np

from negotiator.lab.carriers import Floats, down
from negotiator.lab.play import Broker, Reply, Situation

INCREMENT = 5.0
"""Counters are whole multiples of it, US dollars."""
_JUST_BELOW = 1e-6  # US dollars

Target = Callable[[Situation, float], Floats]
"""Proposes a rate (US dollars) in a situation, given the ceiling."""


def by_rule(target: Target, rounds: int, ceiling: float) -> Broker:
    """Return the broker that follows a rule for so many rounds; ``ceiling`` is US dollars.

    As the product does, it never pays above the ceiling, never lowers a counter nor reaches the ask, and
    takes an ask that is within an increment of the target, or that it can pay in the last round.
    """

    def broker(now: Situation) -> Reply:
        highest = np.minimum(now.ask, ceiling) - _JUST_BELOW
        proposed = np.maximum(now.standing, np.minimum(target(now, ceiling), highest))
        is_last = now.round_number >= rounds
        payable = now.ask <= ceiling
        accepts = (now.ask <= now.standing) | (payable & ((now.ask - proposed <= INCREMENT) | is_last))
        counter = np.maximum(now.standing, down(proposed, INCREMENT))
        return Reply(accepts, ~accepts & (not is_last), counter)

    return broker


def _stage(now: Situation, shares: tuple[float, ...]) -> float:
    return shares[min(now.round_number, len(shares)) - 1]


def _hold(now: Situation, _ceiling: float) -> Floats:
    return np.full_like(now.ask, now.posted_rate)


def _halfway(now: Situation, ceiling: float) -> Floats:
    return now.standing + 0.5 * (np.minimum(now.ask, ceiling + 0.06 * now.posted_rate) - now.standing)


def _ladder(shares: tuple[float, ...]) -> Target:
    """Go so much of the way to the ceiling in each round, whatever the carrier asks."""

    def target(now: Situation, ceiling: float) -> Floats:
        share = _stage(now, shares)
        return np.full_like(now.ask, now.posted_rate + share * (ceiling - now.posted_rate))

    return target


def _steps(percents: tuple[float, ...]) -> Target:
    """Take what can be paid; else go so many percent above the posted rate in each round."""

    def target(now: Situation, ceiling: float) -> Floats:
        return np.where(now.ask <= ceiling, now.ask, now.posted_rate * (1 + _stage(now, percents) / 100))

    return target


def _off_the_ask(percents: tuple[float, ...]) -> Target:
    """Offer the ask less so many percent of it."""

    def target(now: Situation, _ceiling: float) -> Floats:
        return now.ask * (1 - _stage(now, percents) / 100)

    return target


RULES: Mapping[str, tuple[Target, int]] = {
    "take if payable": (_off_the_ask((0.0,)), 1),
    "hold posted": (_hold, 3),
    "half-way": (_halfway, 3),
    "up to ceiling": (_ladder((0.0, 0.5, 1.0)), 4),
    "up 2, 4, 6 %": (_steps((2.0, 4.0, 6.0)), 4),
    "ask less 14, 5 %": (_off_the_ask((14.0, 5.0)), 3),
}
"""By a name for people: the target, and the rounds it is followed for."""
