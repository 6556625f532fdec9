"""Whether what is learned is true: records of markets that are known, and what the advice is worth in them."""

from decimal import Decimal
from functools import cache

import pytest

from negotiator.lab.carriers import POSTED_RATE, draw
from negotiator.lab.learn import Lesson, Place, lesson_of
from negotiator.lab.markets import MARKETS, Market
from negotiator.lab.play import by_policy, play, value_of
from negotiator.lab.ranking import Shape
from negotiator.lab.record import Cell
from negotiator.lab.simulate import CARRIERS, SEED
from negotiator.policy.decide import Policy
from tests.lab_record import recorded

PRESENT = (Policy(rounds=3, firmness=Decimal("0.75")), Policy(), Policy(firmness=Decimal(3)))
"""Easy-going, as it comes, and firm: the seeds take turns."""
THREADS = 250
SEEDS, ENOUGH = 100, 95
TOLERANCE = 0.1
"""How exactly 40,000 carriers tell two policies apart, US dollars a thread at a posted rate of 1,000."""
STRESS = Market(1.04, 0.06, patience=3)
"""Carriers that go silent at the third counter."""


@cache
def worth(market: str, shape: Shape) -> float:
    """Return what a policy of this shape truly leaves in a market, US dollars a thread."""
    carriers = draw(MARKETS[market], SEED, CARRIERS)
    return value_of(play(by_policy(shape.put_into(Policy())), carriers), POSTED_RATE * 1.1)


def lesson(market: Market, present: Policy, seed: int, threads: int = THREADS) -> Lesson:
    """Return what is learned from a record of a policy in a market."""
    return lesson_of(Place(Cell(), recorded(draw(market, 1000 + seed, threads), present), present, None))


def loss(market: str, found: Lesson) -> float:
    """Return how much worse the advice is than what was there before; 0 if it is to stay."""
    if found.new_rounds is None or found.new_firmness is None:
        return 0.0
    before, after = Shape(found.rounds, found.firmness), Shape(found.new_rounds, found.new_firmness)
    return worth(market, before) - worth(market, after)


def is_no_worse(market: str, seed: int) -> bool:
    """Return whether the advice of one record is at least as good as the policy that made the record."""
    return loss(market, lesson(MARKETS[market], PRESENT[seed % len(PRESENT)], seed)) <= TOLERANCE


@pytest.mark.parametrize(("seed", "market"), list(enumerate(MARKETS)))
def test_what_is_recommended_is_no_worse_than_what_was_there(seed: int, market: str) -> None:
    """A record of each market, the policies in turn; a longer test has a hundred of each."""
    assert is_no_worse(market, seed)


@pytest.mark.parametrize("market", ["base", "soft", "norm"])
def test_a_policy_that_gives_way_too_soon_is_recognized(market: str) -> None:
    """To recommend nothing, ever, would be no worse than what was there, and of no use."""
    found = lesson(MARKETS[market], PRESENT[0], 0)
    assert (found.new_rounds, found.new_firmness) == (3, Decimal("1.00"))


@pytest.mark.parametrize("seed", [1, 2])  # records in which enough carriers were heard after each counter
def test_in_the_stress_market_more_rounds_are_never_recommended(seed: int) -> None:
    """Neither from a record of three rounds, which never tried a third counter, nor from one that did."""
    for present in (Policy(rounds=3), Policy(rounds=4)):
        found = lesson(STRESS, present, seed, threads=400)
        assert (found.new_rounds or 0) <= present.rounds
        assert {one.rounds <= present.rounds for one in found.ranked} == {True}


@pytest.mark.soak
@pytest.mark.parametrize("market", MARKETS)
def test_in_95_of_100_records_what_is_recommended_is_no_worse(market: str) -> None:
    """In each market, whichever policy made the record."""
    assert sum(is_no_worse(market, seed) for seed in range(SEEDS)) >= ENOUGH
