"""Carriers that are simulated, and brokers that talk to them."""

from decimal import Decimal

import numpy as np
import pytest

from negotiator.lab.bound import bound, oracle_value
from negotiator.lab.carriers import POSTED_RATE, Talk, draw, respond
from negotiator.lab.markets import BOUND_ROUNDS, BOUNDS, MARKETS, Market
from negotiator.lab.play import Broker, Reply, Situation, by_policy, play, value_of
from negotiator.lab.rules import RULES, by_rule
from negotiator.policy.decide import Policy

CEILING = 1100.0
BROKERS = {name: by_rule(target, rounds, CEILING) for name, (target, rounds) in RULES.items()} | {
    "policy": by_policy(Policy())
}


@pytest.mark.parametrize("market", MARKETS)
def test_a_seed_gives_the_same_carriers_and_the_same_luck(market: str) -> None:
    """Whatever was played before: policies meet the same carriers."""
    first, again = (draw(MARKETS[market], 7, 500) for _ in range(2))
    play(by_policy(Policy(rounds=2)), first)
    one, other = (play(by_policy(Policy()), carriers) for carriers in (first, again))
    assert np.array_equal(one.paid, other.paid, equal_nan=True)
    assert one.silent == other.silent
    assert not np.array_equal(first.first_ask, draw(MARKETS[market], 8, 500).first_ask)


@pytest.mark.parametrize("market", MARKETS)
def test_no_carrier_takes_less_than_its_walk_away_rate_or_raises_its_ask(market: str) -> None:
    """In any market, after any counter."""
    carriers = draw(MARKETS[market], 3, 3000)
    places = np.arange(len(carriers))
    standing = np.full(len(carriers), POSTED_RATE)
    for round_number in range(1, 6):
        counter = np.minimum(carriers.first_ask - 5, POSTED_RATE + 20 * round_number)
        talk = Talk(carriers, places, round_number, carriers.first_ask, counter, standing)
        answers = respond(talk)
        # What is asked is to whole five dollars, and so may what is taken be that much lower.
        assert (counter >= carriers.floor - 2.5)[answers.takes].all()
        assert (answers.next_ask <= carriers.first_ask).all()
        assert not (answers.takes & answers.leaves).any()


def lawful(broker: Broker) -> Broker:
    """Return the broker, each of whose answers is looked at."""

    def watched(now: Situation) -> Reply:
        reply = broker(now)
        counter = reply.counter[reply.counters]
        assert not (reply.accepts & reply.counters).any()
        assert (now.ask <= CEILING)[reply.accepts].all()
        assert (counter < now.ask[reply.counters]).all()
        assert (counter <= CEILING).all()
        assert (counter >= now.standing[reply.counters]).all()
        assert not (counter % 5).any()
        return reply

    return watched


@pytest.mark.parametrize("name", BROKERS)
def test_every_rule_is_made_lawful(name: str) -> None:
    """It never pays above the ceiling, and never lowers a counter, whatever the target is."""
    for market in ("base", "mixed", "firm"):
        played = play(lawful(BROKERS[name]), draw(MARKETS[market], 5, 2000))
        assert np.nanmax(played.paid) <= CEILING
        assert played.rounds.max() <= 5
        assert np.isnan(played.paid[~played.booked]).all()


def test_carriers_without_patience_leave_at_that_counter() -> None:
    """A market in which nobody stays for a third counter."""
    played = play(by_policy(Policy(rounds=5)), draw(Market(1.04, 0.06, patience=3), 1, 2000))
    assert len(played.heard) == 3
    assert played.silent[2] > 0
    assert played.heard[1] - played.silent[1] > played.heard[2]


def test_the_oracle_pays_each_its_walk_away_rate() -> None:
    """And nothing where that is above the ceiling."""
    carriers = draw(MARKETS["tight"], 1, 1000)
    value = sum(max(0.0, CEILING - floor) for floor in carriers.floor.tolist())
    assert oracle_value(carriers, CEILING) == pytest.approx(value / 1000)


@pytest.mark.parametrize("market", ["base", "firm"])
def test_a_plan_for_the_market_beats_the_rules_of_its_rounds(market: str) -> None:
    """The best plan knows the market; with one round it can only take what is payable."""
    carriers = draw(MARKETS[market], 23, 40_000)
    oracle = oracle_value(carriers, CEILING)
    shares = [
        value_of(play(by_policy(Policy(rounds=2, firmness=Decimal(firmness))), carriers), CEILING) / oracle
        for firmness in (1, 2)
    ]
    assert bound(MARKETS[market], 2, 20_000) > max(shares) - 0.01
    taken = value_of(play(by_policy(Policy(rounds=1)), carriers), CEILING) / oracle
    assert bound(MARKETS[market], 1, 20_000) == pytest.approx(taken, abs=0.01)


@pytest.mark.soak
@pytest.mark.parametrize("market", ["soft", "firm"])
def test_the_bounds_are_those_that_the_programme_finds(market: str) -> None:
    """The constants, worked out again."""
    assert bound(MARKETS[market], BOUND_ROUNDS) == pytest.approx(BOUNDS[market], abs=5e-4)
