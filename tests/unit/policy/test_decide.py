"""The decision: tables of cases, and what holds for every thread."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from negotiator.errors import InvalidPolicyError
from negotiator.policy.decide import Decision, Policy, Ruling, decide, policy_from_environment

D = Decimal


def answer(
    ask: str, number: int = 1, highest: str | None = None, policy: Policy | None = None, posted: str = "2100"
) -> Ruling:
    """Decide with the defaults: posted 2100, so the ceiling is 2310."""
    return decide(
        policy or Policy(),
        posted_rate=D(posted),
        ask=D(ask),
        round_number=number,
        highest_counter=None if highest is None else D(highest),
    )


@pytest.mark.parametrize(
    ("ask", "number", "highest", "decision", "amount"),
    [
        # at or below what we offered already: taken as it is
        ("2100", 1, None, "accepted", "2100"),
        ("1900", 1, None, "accepted", "1900"),
        ("2135", 2, "2135", "accepted", "2135"),
        # (1/3) ** 1.5 = 0.19245; 2100 + 0.19245 * 200 = 2138.49, down to a whole 5
        ("2300", 1, None, "counter", "2135"),
        # (2/3) ** 1.5 = 0.54433; 2100 + 0.54433 * 150 = 2181.65
        ("2250", 2, "2135", "counter", "2180"),
        # an ask above the ceiling is answered as if it were the ceiling: 2100 + 0.19245 * 210 = 2140.41
        ("2310", 1, None, "counter", "2140"),
        ("2500", 1, None, "counter", "2140"),
        ("6000", 1, None, "counter", "2140"),
        # no haggling over five dollars: 2106 is 4.85 over its target 2101.15, 2106.20 is 5.007 over 2101.19
        ("2106", 1, None, "accepted", "2106"),
        ("2106.20", 1, None, "counter", "2100"),
        # a counter never goes down
        ("2200", 2, "2180", "counter", "2180"),
        ("2185", 2, "2180", "accepted", "2185"),
        # the last round
        ("2310", 3, "2180", "accepted", "2310"),
        ("2310.01", 3, "2180", "transfer", None),
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
    """Posted 2100, ceiling 2310, three rounds."""
    ruling = answer(ask, number, highest)
    assert (ruling.decision, ruling.amount) == (decision, None if amount is None else D(amount))


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


def test_a_ceiling_below_the_posted_rate_is_an_error() -> None:
    """It would refuse what we advertise."""
    with pytest.raises(InvalidPolicyError, match="below the posted rate"):
        answer("2100", policy=Policy(ceiling=D("2099.99")))
    assert answer("2100", policy=Policy(ceiling=D(2100))).decision == "accepted"


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
        ("1", "3600", ["4000", "4000"], ["3720", "3840"]),
        # (2/3) ** 2 of 450 is 200 exactly
        ("2", "5000", ["5450", "5450"], ["5050", "5200"]),
    ],
)
def test_a_target_that_is_a_whole_increment_is_the_counter(
    firmness: str, posted: str, asks: list[str], counters: list[str]
) -> None:
    """Not the increment below it, by an error in the last of many digits."""
    policy = Policy(firmness=D(firmness))
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
ASKS = st.lists(st.decimals("0.3", "3.5", places=4), min_size=1, max_size=8)
POLICIES = st.builds(
    Policy,
    ceiling_percent=st.decimals(0, 60, places=2),
    rounds=st.integers(1, 6),
    firmness=st.one_of(st.decimals("0.01", 9, places=2), st.sampled_from([D("1e-30"), D(1000)])),
    increment=st.one_of(cents(1, 200), st.sampled_from([D("0.01"), D(5), D("2.50")])),
)


def cent(amount: Decimal) -> Decimal:
    """Round an ask to the cent, as it is before it is decided on."""
    return max(amount.quantize(D("0.01")), D("0.01"))


@given(POLICIES, POSTED, ASKS)
@example(Policy(firmness=D("1e-30"), rounds=2), D(2100), [D("1.2"), D("1.2")])
def test_a_thread_never_breaks_the_rules(policy: Policy, posted: Decimal, asks: list[Decimal]) -> None:
    """Over a whole thread with asks that move: see the asserts."""
    ceiling, highest = policy.ceiling_for(posted), None
    for number, factor in enumerate(asks, start=1):
        ask = cent(posted * factor)
        ruling = answer(
            str(ask), number, None if highest is None else str(highest), policy=policy, posted=str(posted)
        )
        standing = max(posted, highest or posted)
        if ruling.decision is Decision.ACCEPTED:
            assert ruling.amount == ask
            assert ask <= ceiling
        if ruling.decision is Decision.COUNTER:
            assert ruling.amount is not None
            assert standing <= ruling.amount < ask
            assert ruling.amount < ceiling or standing == ceiling
            assert ruling.amount == ruling.amount.quantize(D("0.01"))
            assert number < policy.rounds
            highest = ruling.amount
        else:
            assert ruling.amount is None or ruling.decision is Decision.ACCEPTED
            break


@given(
    POLICIES,
    POSTED,
    st.decimals("0.3", "3.5", places=4),
    st.decimals("0.3", "3.5", places=4),
    st.integers(1, 7),
    st.one_of(st.none(), st.decimals("0.8", "1.8", places=4)),
)
def test_a_lower_ask_never_does_worse(
    policy: Policy, posted: Decimal, one: Decimal, other: Decimal, number: int, factor: Decimal | None
) -> None:
    """In one state, every ask below an accepted one is accepted, and a lower ask draws no higher counter."""
    low, high = sorted((cent(posted * one), cent(posted * other)))
    highest = None if factor is None else str(cent(posted * factor))
    lower, higher = (answer(str(ask), number, highest, policy, str(posted)) for ask in (low, high))
    if higher.decision is Decision.ACCEPTED:
        assert lower.decision is Decision.ACCEPTED
    if lower.decision is Decision.COUNTER and higher.decision is Decision.COUNTER:
        assert lower.amount is not None
        assert higher.amount is not None
        assert lower.amount <= higher.amount
    assert (lower, higher) == tuple(
        answer(str(ask), number, highest, policy, str(posted)) for ask in (low, high)
    )
