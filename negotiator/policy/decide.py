"""How an ask is answered: a pure function of the posted rate, the ask, the round and the earlier counters.

The concession is the polynomial time-dependent one of the negotiation literature (P. Faratin, C. Sierra and
N. R. Jennings, "Negotiation decision functions for autonomous agents", 1998), with the gap between the
posted rate and the ask as its range. The broker pays the carrier: a lower ask is better for the broker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal, localcontext
from enum import StrEnum
from functools import lru_cache
from typing import Any

from negotiator.errors import InvalidPolicyError
from negotiator.values.money import CENT, dollars
from negotiator.values.settings import number_from

# A context of our own: the same inputs give the same answer whatever context the caller has. Figures are
# exact to far below a cent, so that a target of exactly 2170 is 2170, and not the 2165 below 2169.999….
_EXACT = Context(prec=60)
_FINEST = Decimal("1e-12")


class Decision(StrEnum):
    """The broker's answer to an ask."""

    ACCEPTED = "accepted"
    COUNTER = "counter"
    TRANSFER = "transfer"


@dataclass(frozen=True)
class Ruling:
    """What the policy decided, and the figures it came from (US dollars)."""

    decision: Decision
    amount: Decimal | None
    reason: str
    ceiling: Decimal
    standing_counter: Decimal
    share: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True)
class Policy:
    """The parameters of a decision.

    ``ceiling_percent``: the most that is paid, percent above the posted rate. ``ceiling``: the same in US
    dollars, for one ask; it goes before the percentage. ``rounds``: how many rounds a thread has.
    ``firmness``: above 1 concedes late, below 1 early. ``increment``: counters are whole multiples of it,
    US dollars. Raises InvalidPolicyError when one is out of range.
    """

    ceiling_percent: Decimal = Decimal(10)
    rounds: int = 3
    firmness: Decimal = Decimal("1.5")
    increment: Decimal = Decimal(5)
    ceiling: Decimal | None = None

    def __post_init__(self) -> None:
        """Check each parameter."""
        _require("ceiling percent", self.ceiling_percent, 0, 1000)
        _require("number of rounds", Decimal(self.rounds), 1, 1000)
        _require("firmness", self.firmness, 0, 1000, may_be_lowest=False)
        _require("increment", self.increment, CENT, 1_000_000)
        if _EXACT.remainder(self.increment, CENT):
            raise InvalidPolicyError("the increment has a fraction of a cent", "use whole cents")

    def ceiling_for(self, posted_rate: Decimal) -> Decimal:
        """Return the most that is paid for a load with this posted rate, US dollars.

        Raises InvalidPolicyError when a ceiling was given that is below the posted rate.
        """
        if self.ceiling is None:
            with localcontext(_EXACT):
                return (posted_rate * (100 + self.ceiling_percent) / 100).quantize(CENT, ROUND_FLOOR)
        if self.ceiling < posted_rate:
            raise InvalidPolicyError(
                f"the ceiling {dollars(self.ceiling)} is below the posted rate {dollars(posted_rate)}",
                "give a ceiling of at least the posted rate",
            )
        return self.ceiling


def _require(
    what: str, value: Decimal, lowest: int | Decimal, highest: int, *, may_be_lowest: bool = True
) -> None:
    inside = value.is_finite() and lowest <= value <= highest and (may_be_lowest or value > lowest)
    if not inside:
        allowed = f"{lowest} to {highest}" if may_be_lowest else f"above {lowest}, at most {highest}"
        raise InvalidPolicyError(f"the {what} is out of range", f"allowed is {allowed}")


def policy_from_environment(environ: Mapping[str, str]) -> Policy:
    """Return a desk's policy: the variables NEGOTIATOR_CEILING_PERCENT, _ROUNDS, _FIRMNESS and _INCREMENT.

    What is unset or empty keeps its default. Raises InvalidPolicyError, naming the variable.
    """
    given: dict[str, Any] = {}
    for name in ("ceiling_percent", "rounds", "firmness", "increment"):
        variable = f"NEGOTIATOR_{name.upper()}"
        number = number_from(environ, variable)
        if number is None:
            continue
        given[name] = _whole(variable, number) if name == "rounds" else number
        try:
            Policy(**{name: given[name]})  # alone, so that the variable can be named
        except InvalidPolicyError as error:
            raise InvalidPolicyError(f"{variable} is {number}: {error.message}", error.hint) from None
    return Policy(**given)


def _whole(variable: str, number: Decimal) -> int:
    if number == int(number):
        return int(number)
    raise InvalidPolicyError(f"{variable} is {number}, which is not a whole number", "set a whole number")


def decide(
    policy: Policy, *, posted_rate: Decimal, ask: Decimal, round_number: int, highest_counter: Decimal | None
) -> Ruling:
    """Return the answer to an ask (all amounts US dollars).

    ``round_number`` is 1-based; ``highest_counter`` is the highest that the thread has had, None for none.
    Raises InvalidPolicyError when the policy's ceiling is below the posted rate.
    """
    with localcontext(_EXACT):
        ceiling = policy.ceiling_for(posted_rate)
        standing = max(posted_rate, highest_counter or posted_rate)
        if standing > ceiling:
            return _close(ask, ceiling, standing, "the standing counter is above today's ceiling")
        if ask <= standing:
            offered = "posted rate" if standing == posted_rate else "standing counter"
            reason = f"the ask is at or below the {offered}"
            return Ruling(Decision.ACCEPTED, ask, reason, ceiling, standing)
        if round_number >= policy.rounds:
            return _close(ask, ceiling, standing, "no round is left")
        return _concede(policy, posted_rate, ask, round_number, ceiling=ceiling, standing=standing)


def _concede(
    policy: Policy,
    posted_rate: Decimal,
    ask: Decimal,
    round_number: int,
    *,
    ceiling: Decimal,
    standing: Decimal,
) -> Ruling:
    """Counter an ask above what was offered, or accept one that is next to the target."""
    reach = min(ask, ceiling)
    share = _share(round_number, policy.rounds, policy.firmness)
    conceded = (posted_rate + share * (reach - posted_rate)).quantize(_FINEST)
    # The share is below one, however little: so is the target below its reach, and the ceiling not quoted.
    target = max(standing, min(conceded, reach - _FINEST))
    if ask <= ceiling and ask - target <= policy.increment:
        reason = f"the ask is within {dollars(policy.increment)} of the target"
        return Ruling(Decision.ACCEPTED, ask, reason, ceiling, standing, share, target)
    counter = max(standing, target // policy.increment * policy.increment).quantize(CENT)
    reason = "the target, down to a whole increment" if counter > standing else "the standing counter is kept"
    return Ruling(Decision.COUNTER, counter, reason, ceiling, standing, share, target)


@lru_cache(maxsize=1024)
def _share(round_number: int, rounds: int, firmness: Decimal) -> Decimal:
    """Return which share of the gap is conceded, 0 to 1.

    Kept, because a power at 60 digits takes 150 microseconds, more than all else that an ask needs, and the
    same few are asked for again and again.
    """
    return _EXACT.power(_EXACT.divide(Decimal(round_number), rounds), firmness)


def _close(ask: Decimal, ceiling: Decimal, standing: Decimal, why: str) -> Ruling:
    """Accept what is payable, hand over what is not."""
    if ask <= ceiling:
        return Ruling(Decision.ACCEPTED, ask, f"{why}, and the ask is within the ceiling", ceiling, standing)
    return Ruling(Decision.TRANSFER, None, f"{why}, and the ask is above the ceiling", ceiling, standing)
