"""Many asks answered in their order, on one open file."""

import os
from collections.abc import Iterable, Iterator
from itertools import islice

from negotiator.errors import REFUSALS, BusyError, NegotiatorError, unexpected
from negotiator.negotiation.ask import Ask
from negotiator.negotiation.ask_lines import Line, ask_in
from negotiator.negotiation.models import Answer
from negotiator.policy.decide import Policy, policy_from_environment
from negotiator.service import CallHandlingService

Reply = Answer | NegotiatorError
"""The answer to a line's ask, or why there is none."""


def replies(
    service: CallHandlingService, lines: Iterable[Line], *, commit_every: int = 1
) -> Iterator[list[tuple[int, Reply]]]:
    """Reply to each line, in their order: an answer once it is on record, an error for a line that failed.

    So many replies are given at once, each with its line's number, as are committed at once: ``commit_every``
    (fewer at the end). That many lines are read first, and the file is locked until they are answered. When
    they can't be written, each is answered by itself; when the file stays locked, all have failed. The policy
    is the desk's when the first is asked for. Raises what ``lines`` does, and InvalidPolicyError.
    """
    policy = policy_from_environment(os.environ)
    remaining = iter(lines)
    while group := list(islice(remaining, commit_every)):
        asks = [_ask(line) for _, line in group]
        answers = _together(service, policy, asks) if len(group) > 1 else None
        answers = answers or [_alone(service, policy, ask) for ask in asks]
        yield [(number, reply) for (number, _), reply in zip(group, answers, strict=True)]


def _ask(line: bytes | None) -> Ask | NegotiatorError:
    try:
        return ask_in(line)
    except NegotiatorError as problem:
        return _bare(problem)


def _together(
    service: CallHandlingService, policy: Policy, asks: list[Ask | NegotiatorError]
) -> list[Reply] | None:
    """Return the replies to asks that are committed together, None when that failed."""
    try:
        with service.together():
            return [_reply(service, policy, ask) for ask in asks]
    except BusyError as problem:
        return [ask if isinstance(ask, NegotiatorError) else _bare(problem) for ask in asks]
    except Exception:  # noqa: BLE001 - whose fault it is will be seen when each is answered by itself
        return None


def _alone(service: CallHandlingService, policy: Policy, ask: Ask | NegotiatorError) -> Reply:
    """Return the answer to an ask, or why there is none, whatever that is."""
    try:
        return _reply(service, policy, ask)
    except NegotiatorError as problem:
        return _bare(problem)
    except Exception as problem:  # noqa: BLE001 - the others are answered all the same
        return _bare(unexpected(problem))


def _reply(service: CallHandlingService, policy: Policy, ask: Ask | NegotiatorError) -> Reply:
    """Return the answer to an ask, or its refusal; all else is raised."""
    if isinstance(ask, NegotiatorError):
        return ask
    try:
        return service.answer(ask, policy)
    except REFUSALS as problem:
        return _bare(problem)


def _bare(problem: NegotiatorError) -> NegotiatorError:
    """Return the error without its past, which would keep all that it came from in memory."""
    problem.__cause__ = problem.__context__ = None
    return problem.with_traceback(None)
