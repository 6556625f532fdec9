"""The rounds of a session or of a call, read back."""

from pathlib import Path

from negotiator.errors import Remedy, SessionNotFoundError
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.situation import no_call
from negotiator.negotiation.thread import Round
from negotiator.storage.database import LoadsFile
from negotiator.values.ids import parse_call_id, require_readable_session_id, require_session_id


def session_history(file: LoadsFile, session_id: str) -> list[Round]:
    """Return the rounds of a session, oldest first.

    Raises InvalidSessionIDError, SessionNotFoundError, UnusableFileError, BusyError.
    """
    require_readable_session_id(session_id)
    with file.read():
        repository = Repository(file)
        rounds = repository.session_rounds(session_id)
        if not rounds and not repository.is_known_session(session_id):
            raise _no_session(session_id, file.path)
    return rounds


def call_history(file: LoadsFile, call_id: int | str, session_id: str | None = None) -> list[Round]:
    """Return the rounds of a call, those of one session if it is given, oldest first.

    Raises InvalidCallIDError, InvalidSessionIDError, CallNotFoundError, SessionNotFoundError,
    UnusableFileError, BusyError.
    """
    number = parse_call_id(call_id)
    if session_id is not None:
        require_readable_session_id(session_id)
    with file.read():
        repository = Repository(file)
        rounds = repository.call_rounds(number, session_id)
        if not rounds and repository.call(number) is None:
            raise no_call(number, file.path)
        if not rounds and session_id is not None and not repository.is_known_session(session_id):
            raise _no_session(session_id, file.path)
    return rounds


def _no_session(session_id: str, path: Path) -> SessionNotFoundError:
    require_session_id(session_id)  # what cannot be one is said to be none
    return SessionNotFoundError(
        f"there is no round of session {session_id} in {str(path)!r}",
        "a session begins with its first ask",
        remedy=Remedy.FIRST_ASK,
    )
