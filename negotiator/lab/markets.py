"""The named markets: how carriers behave in each, and the best that anybody could do there.

Rates are shares of the posted rate. The kinds of carrier are those of the negotiation literature, tactics
that depend on time and on behaviour (P. Faratin, C. Sierra and N. R. Jennings, "Negotiation decision
functions for autonomous agents", 1998), and those whose price is fixed, who bluff or split the difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a carrier comes down from its first ask."""

    PROPORTIONAL = "proportional"  # by a share of what lies between its ask and its walk-away rate
    BOULWARE = "boulware"  # late
    LINEAR = "linear"  # evenly
    CONCEDER = "conceder"  # early
    RECIPROCAL = "reciprocal"  # by as much as the broker came up
    FIXED = "fixed"  # never
    BLUFFER = "bluffer"  # never, and takes an offer all the same
    SPLITTER = "splitter"  # to the middle


_ALL_PROPORTIONAL = {Kind.PROPORTIONAL: 1.0}
_MIXED = {
    Kind.PROPORTIONAL: 0.30,
    Kind.BOULWARE: 0.12,
    Kind.LINEAR: 0.08,
    Kind.CONCEDER: 0.10,
    Kind.RECIPROCAL: 0.10,
    Kind.FIXED: 0.10,
    Kind.BLUFFER: 0.08,
    Kind.SPLITTER: 0.12,
}


@dataclass(frozen=True)
class Market:
    """How the carriers of a market are drawn.

    A walk-away rate is normal (``floor``, ``spread``), and a first ask lies a uniform share
    (``least_padding`` to ``most_padding``) above it. After a counter that it does not take, a carrier goes
    silent with the chance ``silence`` + ``silence_per_gap`` times the gap that is left + ``tiredness`` for
    each counter after the second. ``touchy`` is the share of carriers that an offer far below their ask may
    send away, ``return_rate`` how often one that left rings back. After ``patience`` counters all leave.
    """

    floor: float
    spread: float
    least_padding: float = 0.02
    most_padding: float = 0.15
    kinds: Mapping[Kind, float] = field(default_factory=lambda: _ALL_PROPORTIONAL)
    silence: float = 0.03
    silence_per_gap: float = 0.8
    tiredness: float = 0.10
    touchy: float = 0.0
    return_rate: float = 0.0
    patience: int | None = None


MARKETS: Mapping[str, Market] = {
    "base": Market(1.04, 0.06),
    "soft": Market(0.99, 0.05),
    "tight": Market(1.09, 0.06),
    "padded": Market(1.04, 0.06, 0.10, 0.30),
    "mixed": Market(1.04, 0.06, 0.02, 0.20, _MIXED),
    "touchy": Market(1.04, 0.06, 0.02, 0.20, _MIXED, 0.06, 1.2, touchy=0.30),
    "callback": Market(1.04, 0.06, 0.02, 0.20, _MIXED, touchy=0.15, return_rate=0.35),
    "norm": Market(
        *(1.03, 0.06, 0.03, 0.20, {Kind.SPLITTER: 0.6, Kind.PROPORTIONAL: 0.2, Kind.FIXED: 0.2}), touchy=0.10
    ),
    "firm": Market(1.05, 0.05, 0.0, 0.08, {Kind.FIXED: 0.5, Kind.BOULWARE: 0.5}, 0.05, 1.0, touchy=0.10),
}
"""By their names. In each, some carriers' walk-away rates are above a ceiling of ten percent."""

BOUND_ROUNDS = 4
"""In how many rounds the best plan was looked for."""
BOUNDS: Mapping[str, float] = {
    "base": 0.6939,
    "soft": 0.6906,
    "tight": 0.6806,
    "padded": 0.5789,
    "mixed": 0.6007,
    "touchy": 0.4904,
    "callback": 0.6265,
    "norm": 0.6396,
    "firm": 0.7486,
}
"""The share of the oracle that the best plan reaches, with a ceiling of ten percent.

`negotiator.lab.bound.bound` works them out, which takes some minutes; a long test does so again for a market.
"""
