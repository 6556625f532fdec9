"""Many asks answered in their order, on one open file."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice

from negotiator.ask_lines import Line, ask_in
from negotiator.asks import checked_ask
from negotiator.errors import REFUSALS, BusyError, NegotiatorError, UnusableFileError
from negotiator.models import Answer
from negotiator.policy import Policy, policy_from_environment
from negotiator.service import CallHandlingService

Reply = tuple[int, Answer | NegotiatorError]
"""A line's number, and the answer to its ask, or why there is none."""


def replies(
    service: CallHandlingService, lines: Iterable[Line], *, commit_every: int = 1
) -> Iterator[list[Reply]]:
    """Reply to each line, in their order: an answer once it is on record, an error for a line that failed.

    So many replies are given at once as are committed at once, ``commit_every`` (fewer at the end): that many
    lines are read first, and the file is locked until they are answered. If that can't be committed, each is
    answered by itself. The policy is the desk's when the first is asked for. Raises what ``lines`` does,
    and InvalidPolicyError.
    """
    policy = policy_from_environment(os.environ)
    remaining = iter(lines)
    while group := list(islice(remaining, commit_every)):
        yield _replies_together(service, policy, group) or [
            (number, _reply(service, policy, line, NegotiatorError)) for number, line in group
        ]


def _replies_together(service: CallHandlingService, policy: Policy, group: list[Line]) -> list[Reply]:
    """Return the replies to a group, which is committed; none when that failed, or when it is one line."""
    if len(group) == 1:
        return []
    try:
        with service.together():
            return [(number, _reply(service, policy, line, REFUSALS)) for number, line in group]
    except BusyError as problem:
        return [(number, problem) for number, _ in group]
    except UnusableFileError:
        return []


def _reply(
    service: CallHandlingService,
    policy: Policy,
    line: bytes,
    failures: type[NegotiatorError] | tuple[type[NegotiatorError], ...],
) -> Answer | NegotiatorError:
    try:
        return service.answer(checked_ask(policy, **ask_in(line)))
    except failures as problem:
        return problem
