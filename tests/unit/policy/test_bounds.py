"""The bounds of the policy's settings, and how they are told; what --explain says, figure by figure."""

from decimal import Decimal

import pytest

from negotiator.errors import InvalidPolicyError
from negotiator.policy.decide import (
    Decision,
    Policy,
    Ruling,
    decide,
    parse_parameter,
    policy_from_environment,
    require_ceiling,
)
from negotiator.policy.parsing import parse_document

D = Decimal


@pytest.mark.parametrize(
    ("name", "lowest", "below", "highest", "above", "what", "allowed"),
    [
        ("ceiling_percent", "0", "-0.01", "1000", "1000.01", "ceiling percent", "0 to 1000"),
        ("rounds", "1", "0", "1000", "1001", "number of rounds", "1 to 1000"),
        ("firmness", "0.001", "0", "1000", "1000.01", "firmness", "above 0, at most 1000"),
        ("increment", "0.01", "0", "1000000", "1000000.01", "increment", "0.01 to 1000000"),
    ],
)
def test_a_setting_has_bounds_which_are_told(
    name: str, lowest: str, below: str, highest: str, above: str, what: str, allowed: str
) -> None:
    """Both belong to what is allowed, but for a firmness of 0."""
    assert [parse_parameter(name, D(value)) for value in (lowest, highest)] == [D(lowest), D(highest)]
    for value in (below, above, "Infinity", "NaN") if name != "rounds" else (below, above):
        with pytest.raises(InvalidPolicyError) as caught:
            parse_parameter(name, D(value))
        assert (caught.value.message, caught.value.hint) == (
            f"the {what} is out of range",
            f"allowed is {allowed}",
        )
    variable = f"NEGOTIATOR_{name.upper()}"
    with pytest.raises(InvalidPolicyError) as caught:
        policy_from_environment({variable: below})
    expected = f"{variable} is {below}: the {what} is out of range"
    assert (caught.value.message, caught.value.hint) == (expected, f"allowed is {allowed}")


@pytest.mark.parametrize("number", ["2.5", "NaN", "Infinity"])
def test_rounds_are_whole(number: str) -> None:
    """A number with a fraction is not cut off."""
    with pytest.raises(InvalidPolicyError) as caught:
        parse_parameter("rounds", D(number))
    expected = "the number of rounds is not a whole number", "allowed is 1 to 1000"
    assert (caught.value.message, caught.value.hint) == expected
    assert type(parse_parameter("rounds", D("4.0"))) is int


def test_an_increment_is_whole_cents() -> None:
    """A counter is a whole multiple of it, and an amount has no fraction of a cent."""
    assert parse_parameter("increment", D("0.25")) == D("0.25")
    with pytest.raises(InvalidPolicyError) as caught:
        parse_parameter("increment", D("0.015"))
    expected = "the increment has a fraction of a cent", "use whole cents"
    assert (caught.value.message, caught.value.hint) == expected


def test_the_settings_of_a_desk_that_sets_none() -> None:
    """As the guide says them."""
    assert Policy() == Policy(
        ceiling_percent=D(10), rounds=4, firmness=D("1.5"), increment=D(5), ceiling=None
    )


def test_a_ceiling_below_the_posted_rate_is_told_with_both_amounts() -> None:
    """Whoever gave it sees which of them is the slip."""
    with pytest.raises(InvalidPolicyError) as caught:
        require_ceiling(D("1999.99"), D(2000))
    expected = (
        "the ceiling $1,999.99 is below the posted rate $2,000.00",
        "give a ceiling of at least the posted rate",
    )
    assert (caught.value.message, caught.value.hint) == expected


@pytest.mark.parametrize(("faults", "more"), [(20, False), (21, True)])
def test_at_most_twenty_faults_of_a_document_are_told(faults: int, more: bool) -> None:  # noqa: FBT001 - a column
    """And that there may be more."""
    rules = [{"origin": f"Town{number}, TX", "rounds": 0} for number in range(faults)]
    with pytest.raises(InvalidPolicyError) as caught:
        parse_document({"rule": rules})
    assert caught.value.message.count("out of range") == min(faults, 20)
    assert caught.value.message.endswith("; there may be more") is more
    assert caught.value.hint == "correct that; nothing was changed"


def ruling(
    ask: str,
    number: int,
    highest: str | None = None,
    lowest: str | None = None,
    policy: Policy | None = None,
    had: bool = False,  # noqa: FBT001, FBT002 - a column
) -> Ruling:
    """Decide on a load that is posted at 2000: the ceiling is 2200."""
    return decide(
        policy or Policy(firmness=D(1)),
        posted_rate=D(2000),
        ask=D(ask),
        round_number=number,
        highest_counter=None if highest is None else D(highest),
        lowest_ask=None if lowest is None else D(lowest),
        had_last_offer=had,
    )


@pytest.mark.parametrize(
    ("made", "decision", "amount", "reason"),
    [
        (ruling("2000", 1), "accepted", "2000", "the ask is at or below the posted rate"),
        (ruling("1990", 1), "accepted", "1990", "the ask is at or below the posted rate"),
        (ruling("2050", 2, "2050"), "accepted", "2050", "the ask is at or below the standing counter"),
        (ruling("2100", 1), "counter", "2025", "the target, down to a whole increment"),
        (ruling("2100", 2, "2095"), "accepted", "2100", "the ask is within $5.00 of the target"),
        (ruling("2100", 1, "2090"), "counter", "2090", "the standing counter is kept"),
        (
            ruling("2150", 1, None, "2100"),
            "counter",
            "2025",
            "the ask was raised from $2,100.00, which is answered: the target, down to a whole increment",
        ),
        (
            ruling("2150", 1, "2050", "2100"),
            "counter",
            "2050",
            "the ask was raised from $2,100.00, which is answered: the standing counter is kept",
        ),
        (ruling("2200", 4), "accepted", "2200", "no round is left, and the ask is within the ceiling"),
        (ruling("2200.01", 4), "transfer", None, "no round is left, and the ask is above the ceiling"),
        (
            ruling("2150", 4, "2050", "2100"),
            "counter",
            "2100",
            "no round is left, and the ask was raised from $2,100.00, which is offered",
        ),
        (
            ruling("2150", 4, "2050", "2100", had=True),
            "transfer",
            None,
            "no round is left, and the ask was raised from $2,100.00",
        ),
        # the lower ask is what we offered already: not an offer of its own
        (
            ruling("2150", 4, "2100", "2100"),
            "transfer",
            None,
            "no round is left, and the ask was raised from $2,100.00",
        ),
        (
            ruling("2200", 1, "2200.01"),
            "accepted",
            "2200",
            "the standing counter is above today's ceiling, and the ask is within the ceiling",
        ),
        (
            ruling("2200.01", 1, "2200.01"),
            "transfer",
            None,
            "the standing counter is above today's ceiling, and the ask is above the ceiling",
        ),
    ],
)
def test_each_answer_says_why(made: Ruling, decision: str, amount: str | None, reason: str) -> None:
    """Bounds belong to the better answer: at the counter, at the ceiling, at the increment."""
    assert (made.decision, made.amount) == (decision, None if amount is None else D(amount))
    assert made.reason == reason


@pytest.mark.parametrize(
    ("made", "figures"),
    [
        # share, reach, target: a quarter of the way to the ask, to the ceiling, to the lower ask
        (ruling("2100", 1), ("0.25", "2100", "2025")),
        (ruling("3000", 1), ("0.25", "2200", "2050")),
        (ruling("2150", 3, None, "2100"), ("0.75", "2100", "2075")),
        # a target is never below what was offered
        (ruling("2100", 1, "2090"), ("0.25", "2100", "2090")),
        (ruling("2000", 1), (None, None, None)),
        (ruling("2150", 4), (None, None, None)),
        (ruling("2150", 4, "2050", "2100"), (None, None, None)),
    ],
)
def test_the_figures_of_an_answer_are_those_of_its_round(
    made: Ruling, figures: tuple[str | None, ...]
) -> None:
    """Worked out by hand; the last round has none, nor has what is taken at once."""
    expected = tuple(None if figure is None else D(figure) for figure in figures)
    assert (made.share, made.reach, made.target) == expected


@pytest.mark.parametrize(
    ("made", "ceiling", "standing"),
    [
        (ruling("2100", 1), "2200", "2000"),
        (ruling("2000", 1), "2200", "2000"),
        (ruling("2100", 1, "2050"), "2200", "2050"),
        (ruling("2100", 4, "2050"), "2200", "2050"),
        (ruling("2150", 4, "2050", "2100"), "2200", "2050"),
        (ruling("2150", 4, "2050", "2100", had=True), "2200", "2050"),
        (ruling("2100", 1, "2250"), "2200", "2250"),
        # a counter below the posted rate binds nobody: the rate was raised since
        (ruling("2100", 1, "1900"), "2200", "2000"),
        (ruling("2100", 1, None, None, Policy(ceiling=D(2150))), "2150", "2000"),
    ],
)
def test_an_answer_bears_its_ceiling_and_what_stood_before_it(
    made: Ruling, ceiling: str, standing: str
) -> None:
    """Whatever the decision is."""
    assert (made.ceiling, made.standing_counter) == (D(ceiling), D(standing))
    assert made.is_last_offer is (made.decision is Decision.COUNTER and made.target is None)
