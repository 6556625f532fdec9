"""Many asks answered in their order, on one open file."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from negotiator.errors import REFUSALS, BusyError, NegotiatorError, unexpected
from negotiator.negotiation.ask import answer_ask
from negotiator.negotiation.ask_lines import Line, ask_in
from negotiator.negotiation.models import Answer, Ask
from negotiator.policy.decide import Policy
from negotiator.storage.database import LoadsFile
from negotiator.values.timestamps import utc_now

Reply = Answer | NegotiatorError
"""The answer to a line's ask, or why there is none."""
Answering = Callable[[Ask], Answer]
"""Answers an ask and records it."""


def replies(
    file: LoadsFile,
    lines: Iterable[Line],
    policy: Policy,
    *,
    commit_every: int = 1,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[list[tuple[int, Reply]]]:
    """Reply to each line, in their order: an answer once it is on record, an error for a line that failed.

    Replies are yielded in groups of ``commit_every`` (fewer at the end), each with its line's number, after
    their commit. A group's lines are read first, and the file is locked until they are answered. If a group
    cannot be written, each of its asks is answered by itself; if the file stays locked, all have failed.
    Raises what ``lines`` does.
    """

    def answer(ask: Ask) -> Answer:
        return answer_ask(file, ask, policy, clock=clock)

    remaining = iter(lines)
    while group := list(islice(remaining, commit_every)):
        asks = [_ask(line) for _, line in group]
        answers = _grouped(file, answer, asks) if len(group) > 1 else None
        answers = answers or [_alone(answer, ask) for ask in asks]
        yield [(number, reply) for (number, _), reply in zip(group, answers, strict=True)]


def _ask(line: bytes | None) -> Ask | NegotiatorError:
    try:
        return ask_in(line)
    except NegotiatorError as problem:
        return without_traceback(problem)


def _grouped(file: LoadsFile, answer: Answering, asks: list[Ask | NegotiatorError]) -> list[Reply] | None:
    """Return the replies to asks that are committed together, None when that failed."""
    try:
        with file.one_transaction():
            return [_reply(answer, ask) for ask in asks]
    except BusyError as problem:
        return [ask if isinstance(ask, NegotiatorError) else without_traceback(problem) for ask in asks]
    except Exception:  # noqa: BLE001 - whose fault it is will be seen when each is answered by itself
        return None


def _alone(answer: Answering, ask: Ask | NegotiatorError) -> Reply:
    """Return the answer to an ask, or why there is none, whatever that is."""
    try:
        return _reply(answer, ask)
    except NegotiatorError as problem:
        return without_traceback(problem)
    except Exception as problem:  # noqa: BLE001 - the others are answered all the same
        return without_traceback(unexpected(problem))


def _reply(answer: Answering, ask: Ask | NegotiatorError) -> Reply:
    """Return the answer to an ask, or its refusal; all else is raised."""
    if isinstance(ask, NegotiatorError):
        return ask
    try:
        return answer(ask)
    except REFUSALS as problem:
        return without_traceback(problem)


def without_traceback(problem: NegotiatorError) -> NegotiatorError:
    """Return the error without its past, which would keep all that it came from in memory."""
    problem.__cause__ = problem.__context__ = None
    return problem.with_traceback(None)
