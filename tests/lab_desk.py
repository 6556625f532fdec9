"""Simulated carriers on the phone: their threads go through the product, round by round, into a file."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from negotiator.lab.carriers import Carriers, Talk, respond
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.policy.decide import Decision, Policy
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, execute

LANES = (("Reno, NV", "Boise, ID", "Dry Van"), ("Omaha, NE", "Tulsa, OK", "Reefer"))


class Thread(NamedTuple):
    """How a thread ended: whether it was booked, at what rate (US dollars), after how many rounds."""

    booked: bool
    paid: float | None
    rounds: int


def make_calls(path: Path, number: int, *, posted_rate: float = 1000.0) -> None:
    """Add a load and a call for each carrier, as another program would; lanes take turns."""
    lane = "CASE n % 2 WHEN 0 THEN '{}' ELSE '{}' END"
    origin, destination, equipment = (lane.format(*pair) for pair in zip(*LANES, strict=True))
    numbers = f"WITH RECURSIVE t (n) AS (SELECT 1001 UNION ALL SELECT n + 1 FROM t WHERE n < {1000 + number})"
    execute(
        path,
        f"""INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                               loadboard_rate, status)
            {numbers} SELECT 'S' || n, {origin}, {destination}, '2025-09-02', '2025-09-03', {equipment},
                             {posted_rate}, 'available' FROM t""",
        f"""INSERT INTO calls (id, load_id, negotiation_rounds, call_start_time)
            {numbers} SELECT n, 'S' || n, 0, '2025-09-01 12:00:00' FROM t""",
    )


def record(path: Path, carriers: Carriers, policy: Policy) -> list[Thread]:
    """Let each carrier talk to the product; every round is recorded in the file, in one transaction."""
    make_calls(path, len(carriers))
    source = PolicySource.from_policy(policy)
    with LoadsFile.open(path) as file, file.one_transaction():
        return [_talk(file, source, carriers, place) for place in range(len(carriers))]


def _talk(file: LoadsFile, source: PolicySource, carriers: Carriers, place: int) -> Thread:
    ask, standing, rounds = float(carriers.first_ask[place]), carriers.posted_rate, 0
    while True:
        rounds += 1
        answer = answer_ask(file, parse_ask(1001 + place, ask), source, clock=lambda: NOW)
        if answer.decision is not Decision.COUNTER:
            accepted = answer.decision is Decision.ACCEPTED
            return Thread(accepted, ask if accepted else None, rounds)
        assert answer.amount is not None
        counter = float(answer.amount)
        one = np.array([place])
        heard = respond(
            Talk(carriers, one, rounds, np.array([ask]), np.array([counter]), np.array([standing]))
        )
        if heard.takes[0]:
            final = answer_ask(file, parse_ask(1001 + place, counter), source, clock=lambda: NOW)
            assert final.decision is Decision.ACCEPTED
            return Thread(booked=True, paid=counter, rounds=rounds)
        if heard.leaves[0]:
            return Thread(booked=False, paid=None, rounds=rounds)
        ask, standing = float(heard.next_ask[0]), counter
