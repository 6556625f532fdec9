"""The decision: tables of cases, and what holds for every thread."""

from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from negotiator.errors import InvalidPolicyError
from negotiator.policy.decide import (
    Decision,
    Policy,
    Ruling,
    decide,
    policy_from_environment,
    require_ceiling,
)

D = Decimal


def answer(
    ask: str,
    number: int = 1,
    highest: str | None = None,
    policy: Policy | None = None,
    posted: str = "2100",
    *,
    lowest: str | None = None,
    had_last_offer: bool = False,
) -> Ruling:
    """Decide with the defaults: posted 2100, so the ceiling is 2310."""
    return decide(
        policy or Policy(),
        posted_rate=D(posted),
        ask=D(ask),
        round_number=number,
        highest_counter=None if highest is None else D(highest),
        lowest_ask=None if lowest is None else D(lowest),
        had_last_offer=had_last_offer,
    )


@pytest.mark.parametrize(
    ("ask", "number", "highest", "decision", "amount"),
    [
        # at or below what we offered already: taken as it is
        ("2100", 1, None, "accepted", "2100"),
        ("1900", 1, None, "accepted", "1900"),
        ("2125", 2, "2125", "accepted", "2125"),
        # (1/4) ** 1.5 = 0.125; 2100 + 0.125 * 200 = 2125
        ("2300", 1, None, "counter", "2125"),
        # (2/4) ** 1.5 = 0.35355; 2100 + 0.35355 * 150 = 2153.03, down to a whole 5
        ("2250", 2, "2125", "counter", "2150"),
        # (3/4) ** 1.5 = 0.64952; 2100 + 0.64952 * 100 = 2164.95
        ("2200", 3, "2150", "counter", "2160"),
        # an ask above the ceiling is answered as if it were the ceiling: 2100 + 0.125 * 210 = 2126.25
        ("2310", 1, None, "counter", "2125"),
        ("2500", 1, None, "counter", "2125"),
        ("6000", 1, None, "counter", "2125"),
        # no haggling over five dollars: 2105.70 is 4.99 over its target 2100.71, 2106 is 5.25 over 2100.75
        ("2105.70", 1, None, "accepted", "2105.70"),
        ("2106", 1, None, "counter", "2100"),
        # a counter never goes down
        ("2200", 2, "2180", "counter", "2180"),
        ("2185", 2, "2180", "accepted", "2185"),
        # the last round
        ("2310", 4, "2180", "accepted", "2310"),
        ("2310.01", 4, "2180", "transfer", None),
        ("2300", 7, None, "accepted", "2300"),
        # the posted rate was lowered meanwhile: the standing counter is above the ceiling
        ("2310", 1, "2400", "accepted", "2310"),
        ("2350", 1, "2400", "transfer", None),
        # the standing counter is the ceiling: it may be said again
        ("2500", 2, "2310", "counter", "2310"),
    ],
)
def test_an_ask_is_answered(
    ask: str, number: int, highest: str | None, decision: str, amount: str | None
) -> None:
    """Posted 2100, ceiling 2310, four rounds."""
    ruling = answer(ask, number, highest)
    assert (ruling.decision, ruling.amount) == (decision, None if amount is None else D(amount))


@pytest.mark.parametrize(
    ("ask", "number", "highest", "lowest", "had_last_offer", "decision", "amount"),
    [
        # (3/4) ** 1.5 = 0.64952; 2100 + 0.64952 * 100 = 2164.95: the answer to 2200, not to 2290
        ("2290", 3, "2150", "2200", False, "counter", "2160"),
        # a dollar more is a raise as well, next to the target or not
        ("2107", 2, "2100", "2106", False, "counter", "2100"),
        # in the last round the carrier gets its own lower ask, once
        ("2290", 4, "2160", "2200", False, "counter", "2200"),
        ("2290", 5, "2160", "2200", False, "counter", "2200"),
        ("2290", 5, "2200", "2200", True, "transfer", None),
        ("2290", 5, "2160", "2200", True, "transfer", None),
        # not above the ceiling, and not below what was offered
        ("2390", 4, "2160", "2310", False, "counter", "2310"),
        ("2390", 4, "2160", "2310.01", False, "transfer", None),
        ("2290", 4, "2250", "2200", False, "transfer", None),
        # what was offered is taken, raised or not
        ("2180", 4, "2180", "2150", False, "accepted", "2180"),
        # the same ask again is no raise
        ("2200", 4, "2160", "2200", False, "accepted", "2200"),
    ],
)
def test_a_raised_ask_is_never_rewarded(
    ask: str,
    number: int,
    highest: str,
    lowest: str,
    had_last_offer: bool,  # noqa: FBT001 - a column of the table
    decision: str,
    amount: str | None,
) -> None:
    """It is answered as the lower ask was, and never accepted above what was offered."""
    ruling = answer(ask, number, highest, lowest=lowest, had_last_offer=had_last_offer)
    assert (ruling.decision, ruling.amount) == (decision, None if amount is None else D(amount))
    assert ruling.is_last_offer is (decision == "counter" and number >= 4)


def test_the_default_ceiling_is_ten_percent_above_rounded_down_to_the_cent() -> None:
    """1234.59 and 10 % are 1358.049."""
    assert Policy().ceiling_for(D("1234.59")) == D("1358.04")


def test_an_answer_does_not_depend_on_the_callers_decimal_context() -> None:
    """A program that computes with three digits gets the same answer."""
    expected = answer("2287.13", 2)
    with localcontext(prec=3):
        assert answer("2287.13", 2) == expected


@pytest.mark.parametrize(
    "bad",
    [
        {"rounds": 0},
        {"rounds": -1},
        {"firmness": D(0)},
        {"firmness": D(-1)},
        {"firmness": D("NaN")},
        {"firmness": D("Infinity")},
        {"increment": D("0.009")},
        {"increment": D(0)},
        {"increment": D("5.005")},
        {"ceiling_percent": D("-0.01")},
        {"ceiling_percent": D("Infinity")},
    ],
)
def test_a_parameter_out_of_range_is_an_error(bad: dict[str, Decimal]) -> None:
    """At least one round, firmness above zero, whole cents, a ceiling at or above the posted rate."""
    with pytest.raises(InvalidPolicyError):
        Policy(**bad)  # type: ignore[arg-type]


def test_a_ceiling_below_the_posted_rate_is_refused_where_it_is_given() -> None:
    """It would refuse what we advertise."""
    with pytest.raises(InvalidPolicyError, match="below the posted rate"):
        require_ceiling(D("2099.99"), D(2100))
    require_ceiling(D(2100), D(2100))


@pytest.mark.parametrize(
    ("ask", "decision"), [("2050", "accepted"), ("2050.01", "transfer"), ("2100", "transfer")]
)
def test_a_ceiling_that_is_below_the_posted_rate_is_still_the_most_that_is_paid(
    ask: str, decision: str
) -> None:
    """The load has it in the file, and its posted rate was raised since: a person decides what is above it."""
    assert answer(ask, policy=Policy(ceiling=D(2050))).decision == decision


def test_a_desk_sets_its_policy_by_environment() -> None:
    """Each variable sets its parameter; what is empty keeps its default."""
    environ = {
        "NEGOTIATOR_CEILING_PERCENT": "12.5",
        "NEGOTIATOR_ROUNDS": "4",
        "NEGOTIATOR_FIRMNESS": "2",
        "NEGOTIATOR_INCREMENT": "",
    }
    assert policy_from_environment(environ) == Policy(D("12.5"), 4, D(2), D(5))
    assert policy_from_environment({}) == Policy()


@pytest.mark.parametrize("name", ["CEILING_PERCENT", "ROUNDS", "FIRMNESS", "INCREMENT"])
@pytest.mark.parametrize("value", ["abc", "nan", "inf", "-1", "1_0", "２", " ", "1e9"])
def test_a_bad_variable_is_named(name: str, value: str) -> None:
    """Whoever set it has to know which one it was."""
    with pytest.raises(InvalidPolicyError, match=f"NEGOTIATOR_{name}"):
        policy_from_environment({f"NEGOTIATOR_{name}": value})


@pytest.mark.parametrize(
    ("firmness", "posted", "asks", "counters"),
    [
        # a third of 210 is 70 exactly
        ("1", "2100", ["2310"], ["2170"]),
        ("1", "3600", ["3960", "3960"], ["3720", "3840"]),
        # (2/3) ** 2 of 450 is 200 exactly
        ("2", "5000", ["5450", "5450"], ["5050", "5200"]),
    ],
)
def test_a_target_that_is_a_whole_increment_is_the_counter(
    firmness: str, posted: str, asks: list[str], counters: list[str]
) -> None:
    """Not the increment below it, by an error in the last of many digits."""
    policy = Policy(firmness=D(firmness), rounds=3)
    said = [answer(ask, number, None, policy, posted).amount for number, ask in enumerate(asks, start=1)]
    assert said == list(map(D, counters))


@given(
    st.integers(1, 5), st.integers(2, 6), st.integers(1, 4), st.integers(100, 20_000), st.integers(1, 9000)
)
def test_counters_are_those_of_exact_fractions(
    number: int, rounds: int, power: int, posted: int, gap: int
) -> None:
    """For whole firmness the formula is rational: compare with fractions, which never round."""
    if number >= rounds:
        return
    policy = Policy(rounds=rounds, firmness=D(power), ceiling=D(posted + 10_000))
    ruling = answer(str(posted + gap), number, None, policy, str(posted))
    target = posted + Fraction(number, rounds) ** power * gap
    if posted + gap - target <= 5:
        assert ruling.decision == "accepted"
    else:
        assert ruling.amount == max(posted, target // 5 * 5)


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Amounts of dollars and cents."""
    return st.integers(low * 100, high * 100).map(lambda amount: D(amount) / 100)


POSTED = cents(1, 20_000)
ASKS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(st.decimals("0.3", "3.5", places=4), st.decimals("0.98", "1.25", places=3)),
    ),
    min_size=1,
    max_size=14,
)
POLICIES = st.builds(
    Policy,
    ceiling_percent=st.decimals(0, 60, places=2),
    rounds=st.integers(1, 6),
    firmness=st.one_of(st.decimals("0.01", 9, places=2), st.sampled_from([D("1e-30"), D(1000)])),
    increment=st.one_of(cents(1, 200), st.sampled_from([D("0.01"), D(5), D("2.50")])),
    ceiling=st.none(),
)


def cent(amount: Decimal) -> Decimal:
    """Round an ask to the cent, as it is before it is decided on."""
    return max(amount.quantize(D("0.01")), D("0.01"))


@dataclass
class Said:
    """What a carrier and we have said: on one call, in two threads of it."""

    highest: Decimal | None = None
    lowest: Decimal | None = None
    rounds: list[int] = field(default_factory=lambda: [0, 0])
    last_offers: list[bool] = field(default_factory=lambda: [False, False])
    closed: list[bool] = field(default_factory=lambda: [False, False])

    def ask(self, thread: int, ask: Decimal, policy: Policy, posted: Decimal) -> Ruling:
        """Decide on an ask in this state."""
        return decide(
            policy,
            posted_rate=posted,
            ask=ask,
            round_number=self.rounds[thread] + 1,
            highest_counter=self.highest,
            lowest_ask=self.lowest,
            had_last_offer=self.last_offers[thread],
        )

    def hear(self, thread: int, ask: Decimal, ruling: Ruling, policy: Policy) -> None:
        """Keep what was asked and answered."""
        self.rounds[thread] += 1
        if ruling.amount is None or ruling.decision is not Decision.COUNTER:
            self.closed[thread] = True
            return
        self.highest = max(ruling.amount, self.highest or ruling.amount)
        self.lowest = min(ask, self.lowest or ask)
        self.last_offers[thread] |= self.rounds[thread] >= policy.rounds


@given(POLICIES, POSTED, ASKS, st.decimals("0.3", "3.5", places=4))
@example(Policy(firmness=D("1e-30"), rounds=2), D(2100), [(0, D("1.2")), (0, D("1.2"))], D("1.1"))
@example(Policy(), D(1800), [(0, D(1950) / 1800), (0, D(1850) / 1800), (0, D(1970) / 1800)], D(1))
def test_a_thread_never_breaks_the_rules(
    policy: Policy, posted: Decimal, asks: list[tuple[int, Decimal]], other: Decimal
) -> None:
    """Over whole threads of a call, with asks that fall and rise, and the posted rate as it is: see the asserts."""
    ceiling, said = policy.ceiling_for(posted), Said()
    for thread, factor in asks:
        if said.closed[thread]:
            continue
        ask = cent(posted * factor)
        ruling = said.ask(thread, ask, policy, posted)
        standing = max(posted, said.highest or posted)
        assert ruling == said.ask(thread, ask, policy, posted)
        if ruling.decision is Decision.ACCEPTED:
            assert ruling.amount == ask <= ceiling
            assert ask <= standing or said.lowest is None or ask <= said.lowest
        elif ruling.decision is Decision.COUNTER:
            assert ruling.amount is not None
            assert standing <= ruling.amount < ask
            assert ruling.amount <= ceiling
            assert ruling.amount < ceiling or ceiling in {standing, said.lowest}
            assert ruling.amount == ruling.amount.quantize(D("0.01"))
            assert ruling.is_last_offer is (said.rounds[thread] + 1 >= policy.rounds)
        else:
            assert ruling.amount is None
        never_does_worse(said, thread, ask, cent(posted * other), policy, posted)
        said.hear(thread, ask, ruling, policy)
        assert said.rounds[thread] <= policy.rounds or said.closed[thread]
        assert said.rounds[thread] <= policy.rounds + 1


def never_does_worse(
    said: Said, thread: int, one: Decimal, other: Decimal, policy: Policy, posted: Decimal
) -> None:
    """In one state, what is below an accepted ask is accepted, and a lower ask draws no higher counter."""
    lower, higher = (said.ask(thread, ask, policy, posted) for ask in sorted((one, other)))
    if higher.decision is Decision.ACCEPTED:
        assert lower.decision is Decision.ACCEPTED
    if lower.decision is higher.decision is Decision.COUNTER:
        assert lower.amount is not None
        assert higher.amount is not None
        assert lower.amount <= higher.amount


@given(
    POLICIES,
    POSTED,
    st.decimals("0.3", "3.5", places=4),
    st.decimals("0.3", "3.5", places=4),
    st.integers(1, 7),
    st.one_of(st.none(), st.decimals("0.8", "1.8", places=4)),
    st.one_of(st.none(), st.decimals("0.8", "1.8", places=4)),
    st.booleans(),
)
def test_a_lower_ask_never_does_worse_in_any_state(
    policy: Policy,
    posted: Decimal,
    one: Decimal,
    other: Decimal,
    number: int,
    highest: Decimal | None,
    lowest: Decimal | None,
    had_last_offer: bool,  # noqa: FBT001 - generated
) -> None:
    """In states, too, that no thread of ours comes to: other programs write counters, and rates are changed."""
    said = Said(
        None if highest is None else cent(posted * highest), None if lowest is None else cent(posted * lowest)
    )
    said.rounds, said.last_offers = [number - 1, 0], [had_last_offer, False]
    never_does_worse(said, 0, cent(posted * one), cent(posted * other), policy, posted)
    ask = cent(posted * one)
    ruling = said.ask(0, ask, policy, posted)
    standing, ceiling = max(posted, said.highest or posted), policy.ceiling_for(posted)
    if ruling.decision is Decision.ACCEPTED:
        assert ask <= ceiling
        assert ask <= standing or said.lowest is None or ask <= said.lowest
    elif ruling.decision is Decision.COUNTER:
        assert ruling.amount is not None
        assert standing <= ruling.amount < ask
        assert ruling.amount <= ceiling


@pytest.mark.parametrize(
    ("given", "decision"),
    [({}, "counter"), ({"had_last_offer": False}, "counter"), ({"had_last_offer": True}, "transfer")],
)
def test_a_last_offer_is_made_once(given: dict[str, bool], decision: str) -> None:
    """Whoever does not say that it was made asks for the first."""
    ruling = decide(
        Policy(rounds=2),
        posted_rate=Decimal(1000),
        ask=Decimal(1060),
        round_number=2,
        highest_counter=Decimal(1010),
        lowest_ask=Decimal(1050),
        **given,
    )
    assert (ruling.decision, ruling.is_last_offer) == (decision, decision == "counter")
