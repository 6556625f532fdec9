"""Many asks answered in their order, on one open file."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice

from negotiator.errors import (
    REFUSALS,
    BusyError,
    NegotiatorError,
    NotAttemptedError,
    ResourceError,
    UnusableFileError,
    unexpected,
)
from negotiator.negotiation.ask import answer_ask
from negotiator.negotiation.ask_lines import Line, ask_in
from negotiator.negotiation.models import Answer, Ask
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile
from negotiator.values.timestamps import utc_now

Reply = Answer | NegotiatorError
"""The answer to a line's ask, or why there is none."""
Answering = Callable[[Ask], Answer]
"""Answers an ask and records it."""


def replies(
    file: LoadsFile,
    lines: Iterable[Line],
    source: PolicySource,
    *,
    commit_every: int = 1,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[list[tuple[int, Reply]]]:
    """Reply to each line, in their order: an answer once it is on record, an error for a line that failed.

    Replies are yielded in groups of ``commit_every`` (fewer at the end), each with its line's number, after
    their commit. A group's lines are read first, and the file is locked until they are answered. If a group
    cannot be written, each of its asks is answered by itself. Once the file cannot be used, or stays locked,
    no later line is attempted: its answer would be another one when all are sent again.
    Raises what ``lines`` does.
    """
    replier = _Replier(file, lambda ask: answer_ask(file, ask, source, clock=clock))
    file.expect_many()
    remaining = iter(lines)
    while group := list(islice(remaining, commit_every)):
        answers = replier.reply_to_all([_ask(line) for _, line in group])
        yield [(number, reply) for (number, _), reply in zip(group, answers, strict=True)]


def _ask(line: bytes | None) -> Ask | NegotiatorError:
    try:
        return ask_in(line)
    except NegotiatorError as problem:
        return without_traceback(problem)


class _Replier:
    """Replies to asks, and to what is none, until the file fails."""

    def __init__(self, file: LoadsFile, answer: Answering) -> None:
        self._file = file
        self._answer = answer
        self._not_attempted: NotAttemptedError | None = None

    def reply_to_all(self, asks: list[Ask | NegotiatorError]) -> list[Reply]:
        """Return the replies to asks that are committed together if they can be."""
        if len(asks) > 1 and self._not_attempted is None:
            try:
                with self._file.one_transaction():
                    return [self._answer_or_refuse(ask) for ask in asks]
            except BusyError as problem:
                return self._fail(asks, problem)
            except Exception:  # noqa: BLE001, S110 - whose fault it is is seen when each is answered by itself
                pass
        return [self._reply(ask) for ask in asks]

    def _fail(self, asks: list[Ask | NegotiatorError], problem: BusyError) -> list[Reply]:
        """Return the replies to asks of which the first met a file that stayed locked."""

        def fail(_ask: Ask) -> Answer:
            raise problem

        self._answer = fail
        return [self._reply(ask) for ask in asks]

    def _reply(self, ask: Ask | NegotiatorError) -> Reply:
        """Return the answer to an ask that is committed by itself, or why there is none, whatever that is."""
        if self._not_attempted is not None:
            return self._not_attempted
        try:
            return self._answer_or_refuse(ask)
        except Exception as problem:  # noqa: BLE001 - the others are answered all the same
            known = problem if isinstance(problem, NegotiatorError) else unexpected(problem)
            if isinstance(known, UnusableFileError | BusyError | ResourceError):
                self._not_attempted = NotAttemptedError(known.exit_code)
            return without_traceback(known)

    def _answer_or_refuse(self, ask: Ask | NegotiatorError) -> Reply:
        """Return the answer to an ask, or its refusal; all else is raised."""
        if isinstance(ask, NegotiatorError):
            return ask
        try:
            return self._answer(ask)
        except REFUSALS as problem:
            return without_traceback(problem)


def without_traceback(problem: NegotiatorError) -> NegotiatorError:
    """Return the error without its past, which would keep all that it came from in memory."""
    problem.__cause__ = problem.__context__ = None
    return problem.with_traceback(None)
