"""Errors as they are sent: a status, and words that name no path, option or ceiling of ours."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from negotiator.errors import (
    BadInputError,
    BusyError,
    CallNotFoundError,
    CarrierNotFoundError,
    ConflictError,
    InvalidCarriersError,
    InvalidLoadsError,
    InvalidPolicyError,
    InvalidSettingError,
    LoadNotFoundError,
    MigrationsPendingError,
    NegotiatorError,
    NotFoundError,
    ResourceError,
    UnusableFileError,
    UnusablePolicyError,
)
from negotiator.http.api.fields import Fault, UnusableRequestError, fault
from negotiator.http.litestream import NotCopiedError
from negotiator.http.waiting import TooManyWaitingError

RETRY_SECONDS = 1
KEY_HEADER = "Idempotency-Key"
_FIELDS = {
    "invalid_amount": "carrier_offer",
    "outlier": "carrier_offer",
    "invalid_session_id": "session_id",
    "invalid_notes": "notes",
    "invalid_carrier": "carrier_mc_number",
    "invalid_call_id": "call_id",
    "invalid_request_id": KEY_HEADER,
}
"""Which field an error is about, by its code."""
Places = Mapping[str, str]
"""Where the fields of a request stand: in its path, query or header; those that are not named in its body."""
_IN_BODY: Places = {}
_NOT_FOUND: dict[type[NegotiatorError], str] = {
    CallNotFoundError: "Call not found",
    LoadNotFoundError: "Load not found",
    CarrierNotFoundError: "Carrier not found",
}
_OURS = (InvalidPolicyError, InvalidSettingError, UnusablePolicyError)
"""What no client can do anything about, though it is bad input to us."""
_NOT_NOW = (BusyError, UnusableFileError, MigrationsPendingError, ResourceError)


class Refusal(Exception):  # noqa: N818 - an answer, of a status that is no success
    """What is answered instead: a status, what its body holds, and headers."""

    def __init__(self, status: HTTPStatus, body: dict[str, Any], **headers: str) -> None:
        """Keep them."""
        super().__init__(status.phrase)
        self.status = status
        self.body = body
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refusal_of(problem: Exception, path: Path, places: Places = _IN_BODY) -> Refusal:
    """Return what is answered for an error; ``path`` is that of the file, which is not told."""
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, UnusableRequestError):
        return unusable(problem.faults)
    if isinstance(problem, _OURS):
        return _said(HTTPStatus.INTERNAL_SERVER_ERROR, "the policy cannot be used", problem.code)
    if isinstance(problem, _NOT_NOW):
        words = _not_now(problem)
        return _said(HTTPStatus.SERVICE_UNAVAILABLE, words, problem.code, retry_after=str(RETRY_SECONDS))
    return _refused(problem, path, places)


def _not_now(problem: NegotiatorError) -> str:
    if isinstance(problem, TooManyWaitingError | NotCopiedError):
        return problem.message
    return "the file is in use" if isinstance(problem, BusyError) else "the file cannot be used now"


def _refused(problem: Exception, path: Path, places: Places) -> Refusal:
    """Return what is answered for what is about the request; for all else, that something went wrong."""
    if isinstance(problem, BadInputError):
        return unusable([_fault_of(problem, path, places)])
    if isinstance(problem, NotFoundError):
        known = next((words for kind, words in _NOT_FOUND.items() if isinstance(problem, kind)), None)
        return _said(HTTPStatus.NOT_FOUND, known or without_path(problem.message, path), problem.code)
    if isinstance(problem, ConflictError):
        return _said(HTTPStatus.CONFLICT, without_path(problem.message, path), problem.code)
    return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, {"detail": "Internal Server Error"})


def unusable(faults: list[Fault]) -> Refusal:
    """Return the answer to a request that cannot be taken as it is."""
    return Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, {"detail": faults})


def without_path(message: str, path: Path) -> str:
    """Return a message of ours without the name of the file."""
    name = repr(str(path))
    return message.removesuffix(f" in {name}").replace(name, "the file").replace(str(path), "the file")


def _said(status: HTTPStatus, words: str, code: str, **headers: str) -> Refusal:
    return Refusal(status, {"detail": words, "code": code}, **headers)


def _fault_of(problem: BadInputError, path: Path, places: Places) -> Fault:
    """Return what is wrong, and with which field: errors about loads begin with the column."""
    field = _FIELDS.get(problem.code)
    where = ("body",) if field is None else (places.get(field, "body"), field)
    message = without_path(problem.message, path)
    column, colon, rest = message.partition(": ")
    if isinstance(problem, InvalidLoadsError | InvalidCarriersError) and colon and column.isidentifier():
        where, message = ("body", column), rest
    hint = f"; {problem.hint}" if problem.hint else ""
    said = fault(problem.code, where, f"{message}{hint}")
    del said["input"]
    return said
