"""How an ask is answered: a pure function of the posted rate, the ask, the round and the earlier counters.

The concession is the polynomial time-dependent one of the negotiation literature (P. Faratin, C. Sierra and
N. R. Jennings, "Negotiation decision functions for autonomous agents", 1998), with the gap between the
posted rate and the ask as its range. The broker pays the carrier: a lower ask is better for the broker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal, InvalidOperation, localcontext

from negotiator.errors import InvalidPolicyError
from negotiator.models import Decision, Ruling
from negotiator.money import CENT, dollars, parse_amount

# Rounding is always down, and in a context of our own: a share below one never becomes one, so the
# ceiling itself is not quoted, and the same inputs give the same answer whatever context the caller has.
_DOWN = Context(prec=28, rounding=ROUND_FLOOR)


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
        if self.increment % CENT:
            raise InvalidPolicyError("the increment has a fraction of a cent", "use whole cents")

    def ceiling_for(self, posted_rate: Decimal) -> Decimal:
        """Return the most that is paid for a load with this posted rate, US dollars.

        Raises InvalidPolicyError when a ceiling was given that is below the posted rate.
        """
        if self.ceiling is None:
            with localcontext(_DOWN):
                return (posted_rate * (100 + self.ceiling_percent) / 100).quantize(CENT)
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


def policy_from_environment(environ: Mapping[str, str], ceiling: str | Decimal | None = None) -> Policy:
    """Return a desk's policy: the variables NEGOTIATOR_CEILING_PERCENT, _ROUNDS, _FIRMNESS and _INCREMENT.

    ``ceiling`` is one ask's own, US dollars. What is unset or empty keeps its default.
    Raises InvalidPolicyError, naming the variable, or InvalidAmountError for the ceiling.
    """
    given: dict[str, Decimal | int] = {}
    for name in ("ceiling_percent", "rounds", "firmness", "increment"):
        variable = f"NEGOTIATOR_{name.upper()}"
        if text := environ.get(variable):
            given[name] = _number(variable, text)
            try:
                Policy(**{name: given[name]})  # type: ignore[arg-type] # checked alone, to name the variable
            except InvalidPolicyError as error:
                raise InvalidPolicyError(f"{variable} is {text!r}: {error.message}", error.hint) from None
    return Policy(**given, ceiling=None if ceiling is None else parse_amount(ceiling))  # type: ignore[arg-type]


def _number(variable: str, text: str) -> Decimal | int:
    try:
        number = Decimal(text)
        if number.is_finite() and text.isascii() and "_" not in text:
            return int(text) if variable.endswith("ROUNDS") else number
    except (InvalidOperation, ValueError):
        pass
    raise InvalidPolicyError(
        f"{variable} is {text!r}, which is not a usable number", "set a number or unset it"
    )


def decide(
    policy: Policy, *, posted_rate: Decimal, ask: Decimal, round_number: int, highest_counter: Decimal | None
) -> Ruling:
    """Return the answer to an ask (all amounts US dollars).

    ``round_number`` is 1-based; ``highest_counter`` is the highest that the thread has had, None for none.
    Raises InvalidPolicyError when the policy's ceiling is below the posted rate.
    """
    ceiling = policy.ceiling_for(posted_rate)
    standing = max(posted_rate, highest_counter or posted_rate)
    payable = ask <= ceiling
    if standing > ceiling:
        return _close(ask, ceiling, standing, "the standing counter is above today's ceiling")
    if ask <= standing:
        reason = "the ask is at or below " + (
            "the posted rate" if standing == posted_rate else "the standing counter"
        )
        return Ruling(Decision.ACCEPTED, ask, reason, ceiling, standing)
    if round_number >= policy.rounds:
        return _close(ask, ceiling, standing, "it is the last round")
    with localcontext(_DOWN):
        share = _share(round_number, policy)
        reach = min(ask, ceiling)
        target = max(standing, posted_rate + share * (reach - posted_rate))
        near = payable and ask - target <= policy.increment
        counter = max(standing, target // policy.increment * policy.increment).quantize(CENT)
    arithmetic = (
        f"({round_number}/{policy.rounds}) ** {policy.firmness} = {share:.4f} of the gap; "
        f"{posted_rate:.2f} + {share:.4f} * ({reach:.2f} - {posted_rate:.2f}), at least {standing:.2f}: "
        f"target {target:.2f}; down to a whole {policy.increment:.2f}, at least {standing:.2f}: "
        f"counter {counter:.2f}"
    )
    if near:
        reason = f"the ask is within {dollars(policy.increment)} of the target"
        return Ruling(Decision.ACCEPTED, ask, reason, ceiling, standing, share, target, arithmetic)
    reason = "the target, down to a whole increment" if counter > standing else "the standing counter is kept"
    return Ruling(Decision.COUNTER, counter, reason, ceiling, standing, share, target, arithmetic)


def _close(ask: Decimal, ceiling: Decimal, standing: Decimal, why: str) -> Ruling:
    """Accept what is payable, hand over what is not."""
    if ask <= ceiling:
        return Ruling(Decision.ACCEPTED, ask, f"{why}, and the ask is within the ceiling", ceiling, standing)
    return Ruling(Decision.TRANSFER, None, f"{why}, and the ask is above the ceiling", ceiling, standing)


def _share(round_number: int, policy: Policy) -> Decimal:
    """Return how much of the gap has been conceded by this round: ``(t / T) ** firmness``, below one."""
    share: Decimal = (Decimal(round_number) / policy.rounds) ** policy.firmness
    return min(share, Decimal(1).next_minus())
