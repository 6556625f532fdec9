"""What policies would do with simulated carriers, beside each other and beside the field's usual rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from negotiator.errors import BadInputError
from negotiator.lab.bound import CEILING_PERCENT, oracle_value
from negotiator.lab.carriers import Carriers, draw
from negotiator.lab.hidden import Fit
from negotiator.lab.markets import BOUNDS, MARKETS
from negotiator.lab.play import Broker, Played, by_policy, play, value_of
from negotiator.lab.record import LEAST_THREADS, MOST_THREADS, read_record, tried_counters
from negotiator.lab.rules import RULES, by_rule
from negotiator.policy.decide import Policy
from negotiator.policy.document import Document
from negotiator.policy.terms import PolicySource, policy_in
from negotiator.progress import Progress, silent
from negotiator.storage.database import LoadsFile

CARRIERS = 40_000
"""How many are drawn from each market: a share of the oracle is then exact to some 0.3 points."""
SEED = 23
RECORD = "record"
"""The name of the market that is fitted to the file."""
IN_FORCE = "in force"
"""The name of the policy that decides now."""
_MOST_RULES = 8  # of a document: each is tried in each market


@dataclass(frozen=True)
class Tried:
    """What one policy did in one market. The fields are its JSON keys; shares are from 0 to 1.

    ``paid_over_posted``: of the deals. ``of_oracle``: of what somebody would get who knows each carrier's
    walk-away rate, where a deal is worth the ceiling in force less what is paid. ``of_bound``: of the best
    that anybody could get who does not know them; None where that is not known. ``rounds``: a thread.
    ``heard`` is how many carriers got each counter, ``silent`` the share of them that left at it.
    """

    market: str
    policy: str
    booked: float
    paid_over_posted: float | None
    of_oracle: float
    of_bound: float | None
    rounds: float
    heard: tuple[int, ...]
    silent: tuple[float, ...]


@dataclass(frozen=True)
class Simulation:
    """What was tried, and what has to be said of it.

    ``ceiling_percent`` is what a load is worth, percent above the posted rate. ``left_out`` is how many rules
    of the documents were not tried, ``untried`` the policies with more rounds than the record ever had.
    """

    tried: tuple[Tried, ...]
    ceiling_percent: float
    left_out: int
    untried: tuple[str, ...] = ()


def simulate(
    file: LoadsFile,
    source: PolicySource,
    document: Document | None = None,
    *,
    now: datetime,
    market: str | None = None,
    progress: Progress = silent,
) -> Simulation:
    """Try the policy in force, a document's, and the field's usual rules, in a market (None: in all named).

    The market `RECORD` is fitted to the file's record. Each rule of a document is tried as if it held for
    every load. The same call gives the same figures. Raises BadInputError for a market that there is not, and
    for a record that is too short, UnusablePolicyError, InvalidPolicyError, UnusableFileError, BusyError.
    """
    if market == RECORD:
        return _on_record(file, source, document, now, progress)
    markets = _named(market)
    policies, left_out = _policies(file, source, document)
    percent = float(policies[IN_FORCE].ceiling_percent)
    tried: list[Tried] = []
    for place, (name, carriers) in enumerate(markets):
        progress(f"simulating {name}", place, len(MARKETS) if market is None else 1)
        tried += _try(name, carriers, policies, percent)
    return Simulation(tuple(tried), percent, left_out)


def _on_record(
    file: LoadsFile, source: PolicySource, document: Document | None, now: datetime, progress: Progress
) -> Simulation:
    """Try policies with carriers as those of the record, as far as it tried their rounds."""
    record = read_record(file, now=now, progress=progress).latest(MOST_THREADS)
    if len(record) < LEAST_THREADS:
        raise BadInputError(
            f"the record has {len(record)} threads, and {LEAST_THREADS} are needed",
            "name one of the other markets",
        )
    policies, left_out = _policies(file, source, document)
    percent = float(policies[IN_FORCE].ceiling_percent)
    most = tried_counters(record) + 1
    fit = Fit(record)
    carriers = fit.draw(fit.fitted, np.ones(len(record)), SEED, CARRIERS)
    tried = _try(RECORD, carriers, policies, percent)
    judged = tuple(one for one in tried if len(one.heard) < most)
    untried = tuple(one.policy for one in tried if len(one.heard) >= most)
    return Simulation(judged, percent, left_out, untried)


def _named(market: str | None) -> Iterator[tuple[str, Carriers]]:
    """Give the markets that are wanted, each drawn when its turn comes."""
    if market is not None and market not in MARKETS:
        known_ones = ", ".join([*MARKETS, RECORD])
        raise BadInputError(f"there is no market {market!r}", f"the markets are {known_ones}")
    return ((name, draw(known, SEED, CARRIERS)) for name, known in MARKETS.items() if market in {None, name})


def _policies(
    file: LoadsFile, source: PolicySource, document: Document | None
) -> tuple[dict[str, Policy], int]:
    """Return the policies to try by name, the one in force first, and how many rules are left out."""
    with file.read() as db:
        found = {IN_FORCE: source.desk_terms(db).policy}
        in_force = policy_in(db)
    left_out = 0
    for name, known in (("in force", in_force and in_force.document), ("document", document)):
        if known is not None:
            found[name] = known.policy
            found |= {f"{name}, rule {rule.number}": rule.policy for rule in known.rules[:_MOST_RULES]}
            left_out += len(known.rules[_MOST_RULES:])
    return found, left_out


def _try(market: str, carriers: Carriers, policies: Mapping[str, Policy], percent: float) -> Sequence[Tried]:
    worth = carriers.posted_rate * (1 + percent / 100)
    brokers: dict[str, Broker] = {name: by_policy(policy) for name, policy in policies.items()}
    brokers |= {name: by_rule(target, rounds, worth) for name, (target, rounds) in RULES.items()}
    oracle = oracle_value(carriers, worth)
    bound = BOUNDS.get(market) if percent == CEILING_PERCENT else None
    return [
        _tried(market, name, play(broker, carriers), carriers, (worth, oracle, bound))
        for name, broker in brokers.items()
    ]


def _tried(
    market: str, name: str, played: Played, carriers: Carriers, scale: tuple[float, float, float | None]
) -> Tried:
    worth, oracle, bound = scale
    value = value_of(played, worth) / oracle if oracle else 0.0
    paid = played.paid[played.booked]
    return Tried(
        market=market,
        policy=name,
        booked=_rounded(played.booked.mean()),
        paid_over_posted=_rounded(paid.mean() / carriers.posted_rate - 1) if len(paid) else None,
        of_oracle=_rounded(value),
        of_bound=None if bound is None else _rounded(value / bound),
        rounds=_rounded(played.rounds.mean()),
        heard=tuple(played.heard),
        silent=tuple(_rounded(left / heard) for left, heard in zip(played.silent, played.heard, strict=True)),
    )


def _rounded(share: float) -> float:
    return round(float(share), 4)
