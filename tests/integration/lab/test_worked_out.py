"""What ``policy simulate`` says of four carriers whose threads are worked out by hand."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from negotiator.errors import BadInputError
from negotiator.lab import simulate as module
from negotiator.lab.carriers import Carriers, draw
from negotiator.lab.markets import BOUNDS, MARKETS, Market
from negotiator.lab.play import Played
from negotiator.lab.rules import RULES
from negotiator.lab.simulate import Simulation, Tried, simulate
from negotiator.policy.decide import Policy
from negotiator.policy.parsing import parse_document
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile

NOW = datetime(2025, 9, 1, tzinfo=UTC)
NAN = float("nan")
# Two deals, at 1,000 and 1,045 with a ceiling of 1,100; one carrier left at the first counter, one at the second.
PLAYED = Played(
    booked=np.array([True, True, False, False]),
    paid=np.array([1000, 1045, NAN, NAN]),
    rounds=np.array([1, 3, 2, 3]),
    heard=[3, 2],
    silent=[1, 1],
)
NOBODY = Played(np.array([False] * 4), np.array([NAN] * 4), np.array([1] * 4))


@pytest.fixture
def file(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadsFile]:
    """Give a file; four carriers are drawn, of whom one could have been had for 1,000 and one for 1,050."""
    monkeypatch.setattr(module, "CARRIERS", 4)
    monkeypatch.setattr(module, "play", lambda _broker, _carriers: PLAYED)
    monkeypatch.setattr(module, "oracle_value", lambda _carriers, worth: (2 * worth - 2050) / 4)
    with LoadsFile.open(desk) as opened:
        yield opened


def simulated(
    file: LoadsFile, percent: int = 10, market: str | None = "base", document: str = ""
) -> Simulation:
    """Return what is tried where the file has no policy, under one with this ceiling."""
    source = PolicySource.from_policy(Policy(ceiling_percent=Decimal(percent)))
    parsed = parse_document(tomllib.loads(document)) if document else None
    return simulate(file, source, parsed, now=NOW, market=market)


def test_shares_are_of_what_could_be_had(file: LoadsFile) -> None:
    """Two deals of four leave 100 and 55 of the 1,100 that a load is worth; the oracle gets 100 and 50."""
    first = simulated(file).tried[0]
    assert first == Tried(
        market="base",
        policy="in force",
        booked=0.5,
        paid_over_posted=0.0225,
        of_oracle=1.0333,
        of_bound=round(155 / 150 / BOUNDS["base"], 4),
        rounds=2.25,
        heard=(3, 2),
        silent=(0.3333, 0.5),
    )
    other = simulated(file, 12).tried[0]
    assert (other.of_oracle, other.of_bound) == (round(195 / 190, 4), None)  # no best plan is known for it


def test_without_a_deal_nothing_was_paid(file: LoadsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where nobody can be had, all shares are zero."""
    monkeypatch.setattr(module, "play", lambda _broker, _carriers: NOBODY)
    monkeypatch.setattr(module, "oracle_value", lambda _carriers, _worth: 0.0)
    first = simulated(file).tried[0]
    assert (first.booked, first.paid_over_posted, first.of_oracle, first.of_bound) == (0, None, 0, 0)
    assert (first.rounds, first.heard, first.silent) == (1, (), ())


def test_eight_rules_of_a_document_are_tried(file: LoadsFile) -> None:
    """The others are counted; the usual rules of the field come last."""
    rules = "".join(f"[[rule]]\norigin = 'City {number}, CA'\nrounds = 2\n" for number in range(10))
    found = simulated(file, document=f"[desk]\n{rules}")
    names = [f"document, rule {number}" for number in range(1, 9)]
    assert [one.policy for one in found.tried] == ["in force", "document", *names, *RULES]
    assert (found.left_out, found.ceiling_percent, found.untried) == (2, 10, ())


def test_all_markets_are_tried_one_after_the_other(file: LoadsFile, desk: Path) -> None:
    """It is told which; one that is not there is refused with those that are."""
    told: list[tuple[str, int, int]] = []
    source = PolicySource.from_policy(Policy())
    found = simulate(file, source, now=NOW, progress=lambda *words: told.append(words))
    assert list(dict.fromkeys(one.market for one in found.tried)) == list(MARKETS)
    assert told == [(f"simulating {name}", place, len(MARKETS)) for place, name in enumerate(MARKETS)]
    told.clear()
    simulate(file, source, now=NOW, market="soft", progress=lambda *words: told.append(words))
    assert told == [("simulating soft", 0, 1)]
    with pytest.raises(BadInputError, match="there is no market 'bass'") as caught:
        simulated(file, market="bass")
    assert caught.value.hint == f"the markets are {', '.join(MARKETS)}, record"
    with pytest.raises(BadInputError, match="the record has 0 threads, and 200 are needed") as caught:
        simulated(file, market="record")
    assert caught.value.hint == "name one of the other markets"
    assert desk.exists()


def test_the_same_carriers_meet_every_policy(file: LoadsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every run, so that figures of two runs can be compared."""
    drawn: list[tuple[object, int, int]] = []

    def note(market: Market, seed: int, number: int) -> Carriers:
        drawn.append((market, seed, number))
        return draw(market, seed, number)

    monkeypatch.setattr(module, "draw", note)
    simulated(file)
    assert drawn == [(MARKETS["base"], 23, 4)]
