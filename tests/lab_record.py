"""Records as the product would write them, made fast: a test compares the two."""

import numpy as np

from negotiator.lab.carriers import Answers, Carriers, Talk
from negotiator.lab.play import by_policy, play
from negotiator.lab.record import Cell, Record, Response, Steps
from negotiator.policy.decide import Policy


def recorded(carriers: Carriers, policy: Policy) -> Record:
    """Return the record that a policy leaves with carriers."""
    steps: list[Steps] = []

    def watch(talk: Talk, answers: Answers) -> None:
        if not len(talk.places):
            return
        response = np.where(
            answers.takes, Response.TAKES, np.where(answers.leaves, Response.SILENT, Response.ASKS)
        )
        next_ask = np.where(answers.takes, talk.counter, np.where(answers.leaves, talk.ask, answers.next_ask))
        rate = carriers.posted_rate
        steps.append(
            Steps(talk.places.copy(), talk.ask / rate, talk.counter / rate, response, next_ask / rate)
        )

    play(by_policy(policy), carriers, watch)
    number = len(carriers)
    return Record(
        carriers.first_ask / carriers.posted_rate,
        np.full(number, carriers.posted_rate),
        [Cell()] * number,
        tuple(steps),
    )


def record_of_counts(heard: list[int]) -> Record:
    """Return a record in which so many carriers were heard after each counter, and one went silent at each."""
    number = max(heard, default=0) + 1
    responses = [
        np.array([[Response.TAKES, Response.ASKS][place % 2] for place in range(many)] + [Response.SILENT])
        for many in heard
    ]
    steps = [
        Steps(
            np.arange(len(one)), np.full(len(one), 1.2), np.full(len(one), 1.0), one, np.full(len(one), 1.1)
        )
        for one in responses
    ]
    return Record(np.full(number, 1.2), np.full(number, 1000.0), [Cell()] * number, tuple(steps))
