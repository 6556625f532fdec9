"""How an ask is answered: a pure function of the policy, the posted rate, the ask and what was said before.

The curve proposes a target; what stands here makes it lawful, whatever the target is. The broker pays the
carrier: a lower ask is better for the broker.
"""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal, localcontext
from enum import StrEnum
from typing import Any, NamedTuple, Self

from negotiator.errors import InvalidPolicyError
from negotiator.policy import curve
from negotiator.policy.curve import EXACT, FINEST
from negotiator.values.money import CENT, dollars
from negotiator.values.settings import number_from


class Decision(StrEnum):
    """The broker's answer to an ask."""

    ACCEPTED = "accepted"
    COUNTER = "counter"
    TRANSFER = "transfer"


class Ruling(NamedTuple):
    """What the policy decided, and the figures it came from (US dollars).

    ``is_last_offer``: the counter is a lower ask of the carrier's own, made once, after the last round.
    ``share``, ``reach`` and ``target`` are those of a round before the last.
    """

    decision: Decision
    amount: Decimal | None
    reason: str
    ceiling: Decimal
    standing_counter: Decimal
    is_last_offer: bool = False
    share: Decimal | None = None
    reach: Decimal | None = None
    target: Decimal | None = None


def require_ceiling(ceiling: Decimal, posted_rate: Decimal) -> None:
    """Raise InvalidPolicyError for a ceiling that somebody gives below the posted rate."""
    if ceiling < posted_rate:
        raise InvalidPolicyError(
            f"the ceiling {dollars(ceiling)} is below the posted rate {dollars(posted_rate)}",
            "give a ceiling of at least the posted rate",
        )


PARAMETERS = ("ceiling_percent", "rounds", "firmness", "increment")
"""What a desk sets of a policy. The ceiling of a load in US dollars stands beside them."""


class _Parameters(NamedTuple):
    ceiling_percent: Decimal
    rounds: int
    firmness: Decimal
    increment: Decimal
    ceiling: Decimal | None


class Policy(_Parameters):
    """The parameters of a decision.

    ``ceiling_percent``: the most that is paid, percent above the posted rate. ``ceiling``: the same in US
    dollars, of one load or one ask; it goes before the percentage. ``rounds``: how many rounds a thread has.
    ``firmness``: above 1 concedes late, below 1 early. ``increment``: counters are whole multiples of it,
    US dollars. Raises InvalidPolicyError when one is out of range.
    """

    __slots__ = ()

    def __new__(
        cls,
        ceiling_percent: Decimal = Decimal(10),
        rounds: int = 4,
        firmness: Decimal = Decimal("1.5"),
        increment: Decimal = Decimal(5),
        ceiling: Decimal | None = None,
    ) -> Self:
        """Check each parameter."""
        self = super().__new__(cls, ceiling_percent, rounds, firmness, increment, ceiling)
        _require("ceiling percent", self.ceiling_percent, 0, 1000)
        _require("number of rounds", Decimal(self.rounds), 1, 1000)
        _require("firmness", self.firmness, 0, 1000, may_be_lowest=False)
        _require("increment", self.increment, CENT, 1_000_000)
        if EXACT.remainder(self.increment, CENT):
            raise InvalidPolicyError("the increment has a fraction of a cent", "use whole cents")
        return self

    def with_ceiling(self, ceiling: Decimal) -> Self:
        """Return the same policy with a ceiling of its own, US dollars."""
        return self._replace(ceiling=ceiling)

    def ceiling_for(self, posted_rate: Decimal) -> Decimal:
        """Return the most that is paid for a load with this posted rate, US dollars.

        A ceiling of its own may be below the posted rate: that was raised since.
        """
        if self.ceiling is not None:
            return self.ceiling
        percent = EXACT.add(100, self.ceiling_percent)
        most = EXACT.divide(EXACT.multiply(posted_rate, percent), 100)
        return most.quantize(CENT, ROUND_FLOOR, EXACT)


def _require(
    what: str, value: Decimal, lowest: int | Decimal, highest: int, *, may_be_lowest: bool = True
) -> None:
    inside = value.is_finite() and lowest <= value <= highest and (may_be_lowest or value > lowest)
    if not inside:
        allowed = f"{lowest} to {highest}" if may_be_lowest else f"above {lowest}, at most {highest}"
        raise InvalidPolicyError(f"the {what} is out of range", f"allowed is {allowed}")


def parse_parameter(name: str, number: Decimal) -> Decimal | int:
    """Return the value of one of `PARAMETERS`. Raises InvalidPolicyError when it is out of range."""
    value = _whole(number) if name == "rounds" else number
    parameter: dict[str, Any] = {name: value}
    Policy(**parameter)
    return value


def _whole(number: Decimal) -> int:
    if number.is_finite() and number == number.to_integral_value():
        return int(number)
    raise InvalidPolicyError("the number of rounds is not a whole number", "allowed is 1 to 1000")


def policy_from_environment(environ: Mapping[str, str]) -> Policy:
    """Return a desk's policy: the variables NEGOTIATOR_CEILING_PERCENT, _ROUNDS, _FIRMNESS and _INCREMENT.

    What is unset or empty keeps its default. Raises InvalidPolicyError, naming the variable.
    """
    given: dict[str, Any] = {}
    for name in PARAMETERS:
        variable = variable_of(name)
        number = number_from(environ, variable, InvalidPolicyError)
        if number is None:
            continue
        try:
            given[name] = parse_parameter(name, number)
        except InvalidPolicyError as error:
            raise InvalidPolicyError(f"{variable} is {number}: {error.message}", error.hint) from None
    return Policy(**given)


def variable_of(name: str) -> str:
    """Return the environment variable that sets one of `PARAMETERS`."""
    return f"NEGOTIATOR_{name.upper()}"


def decide(
    policy: Policy,
    *,
    posted_rate: Decimal,
    ask: Decimal,
    round_number: int,
    highest_counter: Decimal | None,
    lowest_ask: Decimal | None = None,
    had_last_offer: bool = False,
) -> Ruling:
    """Return the answer to an ask (all amounts US dollars).

    ``round_number`` is 1-based. ``highest_counter`` is the highest counter that binds us, ``lowest_ask`` the
    lowest ask that was answered with a counter, each None for none. ``had_last_offer``: the thread has had a
    counter in its last round or after it.
    """
    with localcontext(EXACT):
        ceiling = policy.ceiling_for(posted_rate)
        standing = max(posted_rate, highest_counter or posted_rate)
        if standing > ceiling:
            return _close(ask, ceiling, standing, "the standing counter is above today's ceiling")
        if ask <= standing:
            offered = "posted rate" if standing == posted_rate else "standing counter"
            reason = f"the ask is at or below the {offered}"
            return Ruling(Decision.ACCEPTED, ask, reason, ceiling, standing)
        lower = lowest_ask if lowest_ask is not None and ask > lowest_ask else None
        if round_number < policy.rounds:
            shared = curve.share(round_number, policy.rounds, policy.firmness)
            return _concede(
                policy, posted_rate, ask, lower, shared=shared, ceiling=ceiling, standing=standing
            )
        if lower is not None:
            return _answer_raised(lower, ceiling, standing, had_last_offer=had_last_offer)
        return _close(ask, ceiling, standing, "no round is left")


def _concede(
    policy: Policy,
    posted_rate: Decimal,
    ask: Decimal,
    lower: Decimal | None,
    *,
    shared: Decimal,
    ceiling: Decimal,
    standing: Decimal,
) -> Ruling:
    """Counter an ask above what was offered, or accept one that is next to the target.

    ``lower`` is the ask that was raised to this one: it is countered in its place, and nothing is accepted.
    """
    reach = min(ask if lower is None else lower, ceiling)
    # The share is below one, however little: so is the target below its reach, and the ceiling not quoted.
    target = max(standing, min(curve.target(posted_rate, reach, shared), reach - FINEST))
    figures = (ceiling, standing, False, shared, reach, target)
    if lower is None and ask <= ceiling and ask - target <= policy.increment:
        reason = f"the ask is within {dollars(policy.increment)} of the target"
        return Ruling(Decision.ACCEPTED, ask, reason, *figures)
    counter = max(standing, target // policy.increment * policy.increment).quantize(CENT)
    reason = "the target, down to a whole increment" if counter > standing else "the standing counter is kept"
    raised = "" if lower is None else f"the ask was raised from {dollars(lower)}, which is answered: "
    return Ruling(Decision.COUNTER, counter, raised + reason, *figures)


def _answer_raised(lower: Decimal, ceiling: Decimal, standing: Decimal, *, had_last_offer: bool) -> Ruling:
    """Offer the carrier its own lower ask, once, or hand over: a raised ask is never accepted."""
    raised = f"no round is left, and the ask was raised from {dollars(lower)}"
    if standing < lower <= ceiling and not had_last_offer:
        return Ruling(
            Decision.COUNTER, lower, f"{raised}, which is offered", ceiling, standing, is_last_offer=True
        )
    return Ruling(Decision.TRANSFER, None, raised, ceiling, standing)


def _close(ask: Decimal, ceiling: Decimal, standing: Decimal, why: str) -> Ruling:
    """Accept what is payable, hand over what is not."""
    if ask <= ceiling:
        return Ruling(Decision.ACCEPTED, ask, f"{why}, and the ask is within the ceiling", ceiling, standing)
    return Ruling(Decision.TRANSFER, None, f"{why}, and the ask is above the ceiling", ceiling, standing)
