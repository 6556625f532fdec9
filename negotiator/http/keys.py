"""The keys that let a client in: read from a file and from variables, compared in constant time."""

import hmac
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from negotiator.errors import InvalidSettingError
from negotiator.storage.sqlite_errors import sqlite_errors

VARIABLE, OLDER_VARIABLE = "NEGOTIATOR_API_KEY", "API_KEY"
_USABLE = re.compile(r"[!-~]{1,200}", re.ASCII)
_EASY_BELOW = 16  # characters
_OF_THE_SPECIFICATION = "default-api-key"
_LARGEST_FILE = 100_000  # bytes: more than any list of keys


class Keys:
    """The keys of clients. Only their digests are kept."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Let in whoever has one of these. Raises InvalidSettingError for none, or for an unusable one."""
        keys = list(dict.fromkeys(keys))
        self.are_easy = any(len(key) < _EASY_BELOW or key == _OF_THE_SPECIFICATION for key in keys)
        """Whether one of them can be guessed."""
        self._digests = [_digest(_usable(key).encode()) for key in keys]
        if not self._digests:
            raise InvalidSettingError("there is no key, and nobody is let in without one", "set a key")

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._digests)

    def let_in(self, given: str | None) -> bool:
        """Return whether a text that a client sent is a key. Takes as long whichever it is, or none."""
        digest = _digest((given or "").encode("utf-8", "replace"))
        found = [hmac.compare_digest(digest, known) for known in self._digests]  # each, whichever it is
        return given is not None and any(found)


def keys_from(environ: Mapping[str, str], file: Path | None = None) -> Keys:
    """Return the keys of a file (one a line; ``#`` begins a comment), and that of NEGOTIATOR_API_KEY.

    API_KEY, the older program's variable, counts where there is neither. Raises InvalidSettingError,
    UnusableFileError.
    """
    found = [] if file is None else _in_file(file)
    if environ.get(VARIABLE):
        found.append(environ[VARIABLE])
    if not found and file is None and environ.get(OLDER_VARIABLE):
        found.append(environ[OLDER_VARIABLE])
    return Keys(found)


def _in_file(path: Path) -> list[str]:
    with sqlite_errors(path), path.open("rb") as file:
        raw = file.read(_LARGEST_FILE + 1)
    try:
        lines = [line.strip() for line in raw.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        lines = []
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys or len(raw) > _LARGEST_FILE:
        raise InvalidSettingError(f"{str(path)!r} is no list of keys", "write one key a line")
    return keys


def _usable(key: str) -> str:
    if not _USABLE.fullmatch(key):  # it is not quoted: it may be one with a slip
        raise InvalidSettingError(
            "a key is longer than 200 characters, or has blanks or other characters than ASCII",
            "make one, for example with `openssl rand -hex 24`",
        )
    return key


def _digest(key: bytes) -> bytes:
    return sha256(key).digest()
