"""The laboratory's figures in small: what `pinned.json` holds. ``python -m tests.unit.lab.figures`` writes it anew."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from negotiator.lab.bound import CEILING_PERCENT, bound, oracle_value
from negotiator.lab.carriers import Answers, Bools, Carriers, Floats, Ints, Talk, draw
from negotiator.lab.hidden import Fit, Fitted, Silence, silence_foretold, silence_seen
from negotiator.lab.markets import BOUND_ROUNDS, BOUNDS, MARKETS, Kind, Market
from negotiator.lab.play import by_policy, play, value_of
from negotiator.lab.ranking import Shape, rank, shapes_around
from negotiator.lab.record import Record, Response
from negotiator.lab.rules import RULES, by_rule
from negotiator.policy.decide import Policy
from tests.lab_record import recorded

PINNED = Path(__file__).with_name("pinned.json")
EASY = Policy(rounds=4, firmness=Decimal("0.75"))


def digest(array: Floats | Ints | Bools) -> list[float]:
    """Return a few numbers that no two arrays share by chance."""
    numbers = np.asarray(array, float)
    places = np.arange(1, numbers.size + 1)
    return [float(numbers.sum()), float((numbers.ravel() * np.sqrt(places)).sum())]


def figures() -> Iterator[tuple[str, object]]:
    """Give each figure under its name."""
    yield "markets", {name: asdict(market) for name, market in MARKETS.items()}
    yield "bounds", {"rounds": BOUND_ROUNDS, "ceiling": CEILING_PERCENT, **BOUNDS}
    for name, market in MARKETS.items():
        carriers = draw(market, 5, 400)
        yield f"carriers of {name}", drawn(carriers)
        yield f"talk in {name}", [answers(carriers, round_number) for round_number in (1, 2, 3, 4)]
    for kind in Kind:
        carriers = draw(Market(1.04, 0.06, kinds={kind: 1.0}), 6, 200)
        yield f"talk of {kind}", [answers(carriers, round_number) for round_number in (1, 2, 3)]
    yield "talk with patience", answers(draw(replace(MARKETS["base"], patience=2), 5, 50), 2)
    yield from of_rules()
    yield "bound", [bound(MARKETS["mixed"], rounds, sample=6000) for rounds in (1, 3)]
    yield "oracle", oracle_value(draw(MARKETS["soft"], 5, 400), 1100.0)
    silence = Silence(np.array([0.05, 0.2]), 0.9)
    yield "silence", [silence.chance(number, np.array([-0.1, 0.0, 0.1, 2.0])).tolist() for number in range(4)]
    nobody_countered = replace(recorded(draw(MARKETS["base"], 7, 40), EASY), steps=())
    yield "fit of no counters", found(Fit(nobody_countered).fitted)
    handed_over = recorded(draw(MARKETS["base"], 7, 40), Policy(rounds=2))
    unknown = [
        replace(step, response=np.full_like(step.response, Response.UNKNOWN)) for step in handed_over.steps
    ]
    handed_over = replace(handed_over, steps=tuple(unknown))
    yield (
        "silence of nobody",
        [silence_foretold(Fit(handed_over).fitted, handed_over), silence_seen(handed_over)],
    )
    for name in ("mixed", "touchy"):
        record = recorded(draw(MARKETS[name], 7, 240), EASY)
        yield from of_record(name, record if name == "mixed" else partly_unknown(record))


def partly_unknown(record: Record) -> Record:
    """Return the record with every seventh answer decided by a person."""
    steps = [
        replace(step, response=np.where(step.places % 7 == 3, Response.UNKNOWN, step.response))
        for step in record.steps
    ]
    return replace(record, steps=tuple(steps))


def drawn(carriers: Carriers) -> list[list[float]]:
    """Return who was drawn."""
    arrays = (carriers.floor, carriers.first_ask, carriers.kind, carriers.pace, carriers.insult)
    return [digest(array) for array in arrays]


def answers(carriers: Carriers, round_number: int) -> list[list[float]]:
    """Return what all carriers answer to counters from the posted rate up to nearly their ask."""
    places = np.arange(len(carriers))
    share = (places % 10) / 10
    counter = carriers.posted_rate + share * (carriers.first_ask - carriers.posted_rate)
    standing = np.full(len(carriers), carriers.posted_rate)
    talk = Talk(carriers, places, round_number, carriers.first_ask, counter, standing)
    return told(carriers.respond(talk))


def told(heard: Answers) -> list[list[float]]:
    """Return who takes a counter, who leaves and what is asked next."""
    return [digest(array) for array in (heard.takes, heard.leaves, heard.next_ask)]


def of_rules() -> Iterator[tuple[str, object]]:
    """Give what the policy and the usual rules do with carriers that come down evenly."""
    carriers = draw(MARKETS["mixed"], 8, 600)
    brokers = {name: by_rule(target, rounds, 1100.0) for name, (target, rounds) in RULES.items()}
    for name, broker in {"policy": by_policy(EASY), **brokers}.items():
        played = play(broker, carriers)
        yield (
            f"rule {name}",
            [value_of(played, 1100.0), int(played.rounds.sum()), played.heard, played.silent],
        )


def of_record(name: str, record: Record) -> Iterator[tuple[str, object]]:
    """Give what is found in a record, and what is made of it."""
    fit = Fit(record)
    weights = np.arange(len(record)).astype(np.float64) % 3 + 0.5
    yield f"fit of {name}", found(fit.fitted)
    yield f"fit of {name}, weighted", found(fit.again(weights))
    yield f"posterior of {name}", digest(fit.posterior(fit.fitted))
    yield f"silence in {name}", [silence_foretold(fit.fitted, record), silence_seen(record)]
    carriers = fit.draw(fit.fitted, weights, 9, 300)
    yield f"carriers as those of {name}", drawn(carriers)[:3]
    yield f"talk as in {name}", [answers(carriers, round_number) for round_number in (1, 2, 3)]
    shapes = shapes_around(Shape.of(EASY), 4)
    ranked = rank(fit, EASY, shapes, resamples=6, carriers=300)
    yield (
        f"ranking of {name}",
        [
            [one.rounds, float(one.firmness), one.gain, one.gain_low, one.gain_high, one.is_step]
            for one in ranked
        ],
    )


def found(fitted: Fitted) -> list[object]:
    """Return distributions in small."""
    arrays = (fitted.floors, fitted.paddings, fitted.manners, fitted.silence.base)
    return [*map(digest, arrays), list(fitted.content), fitted.silence.per_gap]


if __name__ == "__main__":
    PINNED.write_text(json.dumps(dict(figures()), indent=1) + "\n")
