"""The IDs of sessions, calls and requests: made and checked."""

import os
import re
from datetime import UTC, datetime

from negotiator.errors import InvalidCallIDError, InvalidRequestIDError, InvalidSessionIDError, Remedy
from negotiator.values.cells import SURROGATE, WHITE_SPACE
from negotiator.values.text import quoted

PREFIX = "sess_"
_SESSION_ID = re.compile(r"sess_[A-Za-z0-9_-]{5,45}", re.ASCII)
_GENERATED = re.compile(r"sess_(\d{14}_[a-z0-9]{6}|[0-9a-f]{16})", re.ASCII)
_CALL_ID = re.compile(r"-?\d{1,19}", re.ASCII)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_SUFFIX_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
EXPECTED = "sess_ and then 5 to 45 letters, digits, _ or -"


def generate_session_id(now: datetime | None = None) -> str:
    """Return a session ID that sorts by time, such as ``sess_20250820224530_abc123``.

    The time is UTC to the second (``now``, an aware datetime, if given); the six characters of ``a-z0-9``
    come from the system's source of randomness, as those of ``secrets`` do, so two IDs made in one second
    collide once in 36**6 (two thousand million) times.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    # `secrets` itself would load OpenSSL, 8 of the 100 ms of a start. Of 128 bits, remainders are as likely.
    number = int.from_bytes(os.urandom(16))
    suffix = ""
    for _ in range(6):
        number, place = divmod(number, len(_SUFFIX_ALPHABET))
        suffix += _SUFFIX_ALPHABET[place]
    return f"sess_{moment:%Y%m%d%H%M%S}_{suffix}"


def generate_uuid_session_id() -> str:
    """Return a session ID that tells nothing, such as ``sess_0123456789abcdef``: 16 hex digits of a UUID4."""
    import uuid  # noqa: PLC0415 - as above

    return f"sess_{uuid.uuid4().hex[:16]}"


def validate_session_id(text: str) -> bool:
    """Return whether ``text`` is a session ID: ``sess_``, then 5 to 45 of ``A-Za-z0-9_-``, nothing else."""
    return isinstance(text, str) and _SESSION_ID.fullmatch(text) is not None


def require_session_id(text: str) -> str:
    """Return ``text`` if it is a session ID.

    Raises InvalidSessionIDError, which says what was expected.
    """
    if validate_session_id(text):
        return text
    raise InvalidSessionIDError(
        f"{quoted(text)} is not a session ID",
        f"expected {EXPECTED}, as in sess_20250820224530_abc123",
        remedy=Remedy.GENERATE_ID,
    )


def is_generated(text: str) -> bool:
    """Return whether a session ID has one of the two forms that are made here."""
    return _GENERATED.fullmatch(text) is not None


def require_readable_session_id(text: str) -> str:
    """Return ``text`` if it may be the ID of a session in a file, whatever program made it.

    Raises InvalidSessionIDError for no text, for a blank one, and for one that is no Unicode.
    """
    if isinstance(text, str) and text.strip(WHITE_SPACE) and not SURROGATE.search(text):
        return text
    return require_session_id(text)


def parse_call_id(value: int | str) -> int:
    """Return a call's ID. Raises InvalidCallIDError unless it is a whole number that SQLite can hold."""
    if isinstance(value, str) and _CALL_ID.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return value
    raise InvalidCallIDError(f"{quoted(value)} is not a call ID", "give the whole number in calls.id")


def require_request_id(request_id: str) -> None:
    """Raise InvalidRequestIDError unless the text is up to 64 of ``A-Za-z0-9_.:-``."""
    if not isinstance(request_id, str) or not _REQUEST_ID.fullmatch(request_id):
        raise InvalidRequestIDError(
            f"{quoted(request_id)} is not a request ID",
            "give 1 to 64 letters, digits, _, ., : or -, another for each ask",
        )
