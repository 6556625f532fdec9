"""How much of the gap is conceded in which round: the curve, which proposes and decides nothing.

It is the polynomial, time-dependent concession of the negotiation literature (P. Faratin, C. Sierra and
N. R. Jennings, "Negotiation decision functions for autonomous agents", 1998).
"""

from decimal import Context, Decimal
from functools import lru_cache

# A context of our own: the same inputs give the same answer whatever context the caller has. Figures are
# exact to far below a cent, so that a target of exactly 2170 is 2170, and not the 2165 below 2169.999….
EXACT = Context(prec=60)
FINEST = Decimal("1e-12")


@lru_cache(maxsize=1024)
def share(round_number: int, rounds: int, firmness: Decimal) -> Decimal:
    """Return the share of the gap that is conceded in a round before the last, from 0 to 1.

    It is cached, because a power at 60 digits takes 150 microseconds, more than all else that an ask needs,
    and the same few are asked for again and again.
    """
    return EXACT.power(EXACT.divide(Decimal(round_number), rounds), firmness)


def target(posted_rate: Decimal, reach: Decimal, conceded: Decimal) -> Decimal:
    """Return the rate (US dollars) that lies this share of the way from the posted rate to ``reach``."""
    gap = EXACT.subtract(reach, posted_rate)
    return EXACT.add(posted_rate, EXACT.multiply(conceded, gap)).quantize(FINEST, context=EXACT)
