"""Many asks answered in their order, on one open file."""

from collections.abc import Iterable, Iterator
from itertools import islice

from negotiator.ask_lines import Line, ask_in
from negotiator.errors import NegotiatorError
from negotiator.models import Answer
from negotiator.service import CallHandlingService

Reply = tuple[int, Answer | NegotiatorError]
"""A line's number, and the answer to its ask, or why there is none."""


def replies(service: CallHandlingService, lines: Iterable[Line], *, commit_every: int = 1) -> Iterator[Reply]:
    """Give a reply to each line, in their order: an answer once it is on record, an error if it failed.

    ``commit_every`` asks are committed together: that many are read first, and the file is locked until they
    are answered. If their commit fails, all of them have failed. Raises what ``lines`` does.
    """
    if commit_every == 1:
        for number, line in lines:
            yield number, _reply(service, line)
    remaining = iter(lines)
    while group := list(islice(remaining, commit_every)):
        yield from _together(service, group)


def _together(service: CallHandlingService, group: list[Line]) -> list[Reply]:
    made: list[Reply] = []
    try:
        with service.together():
            made.extend((number, _reply(service, line)) for number, line in group)
    except NegotiatorError as problem:  # none of them is on record
        refused = {number: reply for number, reply in made if isinstance(reply, NegotiatorError)}
        return [(number, refused.get(number, problem)) for number, _ in group]
    return made


def _reply(service: CallHandlingService, line: bytes) -> Answer | NegotiatorError:
    try:
        return service.negotiate(**ask_in(line))
    except NegotiatorError as problem:
        return problem
