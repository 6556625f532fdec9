"""The command line far away: which commands go to a server, and what they do there."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from negotiator.cli.notices import say_notices
from negotiator.cli.usage import UsageError
from negotiator.errors import (
    BusyError,
    InvalidAskError,
    NegotiatorError,
    NotAttemptedError,
    ResourceError,
    UnusableFileError,
)
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.output.streams import say_once

if TYPE_CHECKING:
    from negotiator.negotiation.models import Ask
    from negotiator.negotiation.thread import Round
    from negotiator.remote.client import Client

_URL = "NEGOTIATOR_URL"
_GO_FAR = {f"negotiator {command}" for command in ("negotiate", "batch", "session history", "call history")}
_NEED_NO_FILE = {f"negotiator {command}" for command in ("help", "generate-id", "validate-id")}
_MOST_TOGETHER = 100  # asks in a request, which must not grow too long
_HELP = {"--help", "-h"}


def is_far() -> bool:
    """Return whether commands go to a server."""
    return bool(os.environ.get(_URL))


def refuse_elsewhere(path: str, words: Sequence[str]) -> None:
    """Refuse a command that works on a file, or a file for one that goes to the server. Raises UsageError."""
    if not is_far() or path in _NEED_NO_FILE or _HELP & set(words):
        return
    if path not in _GO_FAR:
        raise UsageError(
            f"`{path}` does not work far away, and {_URL} is set",
            f"run it at the server; to work on a file of this machine, unset {_URL}",
        )
    if any(word == "--db" or word.startswith("--db=") for word in words):
        raise UsageError(f"--db and {_URL} cannot be used together", f"leave --db out, or unset {_URL}")


def refuse(**given: object) -> None:
    """Refuse options, by their names, that only a file can serve. Raises UsageError."""
    for name, value in given.items():
        if value:
            raise UsageError(
                f"--{name.replace('_', '-')} cannot be used far away: ceilings stay at the server",
                "leave it out, or run it at the server",
            )


@contextmanager
def server() -> Iterator["Client"]:
    """Give the connection to the server, and say what does not count. Raises InvalidSettingError."""
    from negotiator.policy.terms import overruled_variables
    from negotiator.remote.address import address
    from negotiator.remote.client import Client

    where = address(os.environ)
    if where is None:  # pragma: no cover - whoever asks has looked
        raise UsageError(f"{_URL} is not set")
    if where.is_exposed:
        say_once(
            f"Warning: the key and the answers can be read on the way to {where.host}: {_URL} is no https."
        )
    unheard = [
        *(["NEGOTIATOR_DB"] if os.environ.get("NEGOTIATOR_DB") else []),
        *overruled_variables(os.environ),
    ]
    for name in unheard:
        say_once(f"Warning: {name} does not count: {_URL} is set, and the server decides.")
    with Client.open(where, os.environ) as client:
        yield client


def negotiate(ask: "Ask", form: Format, *, typed_session: str | None, call_id: str, dry_run: bool) -> None:
    """Answer an ask there and print the answer as `negotiate` does on a file."""
    from negotiator.output.rounds import say_unwritten

    with server() as client:
        if typed_session is not None:
            chosen = client.post("session", {"typed": typed_session, "call_id": call_id})
            ask = ask._replace(session_id=chosen["session_id"])
        reply = _replies(client, [_named(ask)], dry_run=dry_run)[0]
    if isinstance(reply, NegotiatorError):
        raise reply
    if form is Format.TABLE:
        printing.fields([(label, text) for label, text in reply["shown"]])
    else:
        printing.record(reply["answer"], form)
    say_unwritten(answered_before=reply["answered_before"], dry_run=dry_run)
    say_notices(reply["notices"])


def history(**query: str | None) -> "list[Round]":
    """Return the rounds that the server has, as a file would give them."""
    from negotiator.negotiation.thread import Round
    from negotiator.values.money import from_file
    from negotiator.values.timestamps import parse_stored

    with server() as client:
        rows = client.get("rounds", **query)["rounds"]
    return [
        Round(
            **row
            | {"carrier_offer": from_file(row["carrier_offer"]), "timestamp": parse_stored(row["timestamp"])}
        )
        for row in rows
    ]


Reply = dict[str, Any] | NegotiatorError
Line = tuple[int, "Ask | NegotiatorError"]


def batch(lines: Iterator[Line], commit_every: int) -> Iterator[list[tuple[int, Reply]]]:
    """Reply to asks in their order, as `negotiator.negotiation.batch.replies` does on a file.

    Asks are sent ``commit_every`` at a time, and share a commit then. Once the server cannot be reached, or
    its file cannot be used, no later one is sent.
    """
    failed: NotAttemptedError | None = None
    with server() as client:
        while group := list(islice(lines, min(commit_every, _MOST_TOGETHER))):
            replies: list[tuple[int, Reply]] = []
            for number, reply in zip(
                (number for number, _ in group), _group(client, group, failed), strict=True
            ):
                replies.append((number, failed or reply))
                if failed is None and isinstance(reply, UnusableFileError | BusyError | ResourceError):
                    failed = NotAttemptedError(reply.exit_code)
            yield replies


def _group(client: "Client", group: Sequence[Line], failed: NotAttemptedError | None) -> list[Reply]:
    """Return the replies to a group: together, and each by itself if that fails."""
    if failed is not None:
        return [failed for _ in group]
    asks = [_named(ask) if not isinstance(ask, NegotiatorError) else ask for _, ask in group]
    sent = [ask for ask in asks if not isinstance(ask, NegotiatorError)]
    try:
        found = iter(_replies(client, sent) if sent else [])
    except NegotiatorError as problem:
        if isinstance(problem, BusyError) or len(sent) == 1:
            return [ask if isinstance(ask, NegotiatorError) else problem for ask in asks]
        found = (_alone(client, ask) for ask in sent)
    return [ask if isinstance(ask, NegotiatorError) else next(found) for ask in asks]


def _alone(client: "Client", ask: "Ask") -> Reply:
    try:
        return _replies(client, [ask])[0]
    except NegotiatorError as problem:
        return problem


def _named(ask: "Ask") -> "Ask":
    """Return the ask with a request ID: sent again over another connection it is still one ask."""
    return ask if ask.request_id is not None else ask._replace(request_id=token_hex(16))


def _replies(client: "Client", asks: "Sequence[Ask]", *, dry_run: bool = False) -> list[Reply]:
    from negotiator.remote.client import raised_again

    said = client.post("asks", {"asks": [_sent(ask) for ask in asks], "dry_run": dry_run})
    return [raised_again(reply["error"]) if "error" in reply else reply for reply in said["replies"]]


def _sent(ask: "Ask") -> Mapping[str, object]:
    if ask.ceiling is not None:
        raise InvalidAskError("an ask far away has no ceiling of its own", "ceilings stay at the server")
    return {
        "call_id": ask.call_id,
        "carrier_offer": ask.per_mile or str(ask.amount),
        "session_id": ask.session_id,
        "notes": ask.notes,
        "request_id": ask.request_id,
        "allow_outlier": ask.allow_outlier,
    }
