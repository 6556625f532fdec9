"""The versions of a desk's policy in its file: every one stays, with who, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from negotiator.errors import PolicyNotFoundError, Remedy, SchemaError
from negotiator.policy.document import Document
from negotiator.policy.parsing import LEARNED, document_of, json_of, parse_document
from negotiator.policy.terms import PolicySource, policy_in
from negotiator.storage.database import LoadsFile
from negotiator.values import timestamps
from negotiator.values.cells import json_from, text_from, whole_number
from negotiator.values.people import require_person
from negotiator.values.text import require_usable_notes

NO_POLICY = 0
"""The version that stands for a file without a policy."""
_VERSIONS = "SELECT version, created_at, created_by, source, reason, document FROM main.policies"
_INSERT = """
    INSERT INTO main.policies (version, created_at, created_by, source, reason, document)
    VALUES (?, ?, ?, ?, ?, ?)
"""


class Source(StrEnum):
    """What made a version."""

    SET = "set"
    APPLIED = "applied"
    REVERTED = "reverted"
    LEARNED = "learned"


@dataclass(frozen=True)
class Version:
    """A version of the policy. The fields are its JSON keys.

    ``document`` is what JSON holds; None where this version takes the policy out of the file.
    """

    version: int
    created_at: datetime | None
    created_by: str | None
    source: str | None
    reason: str | None
    document: object


class Saved(NamedTuple):
    """A version, and whether it was made just now: what changes nothing makes none."""

    version: Version
    is_new: bool


def latest_version(file: LoadsFile) -> Version | None:
    """Return the version that counts, None when the file never had a policy.

    Raises UnusableFileError, BusyError.
    """
    with file.read() as db:
        row = db.execute(f"{_VERSIONS} ORDER BY version DESC LIMIT 1").fetchone()
    return None if row is None else _read(*row)


def policy_version(file: LoadsFile, version: int) -> Version:
    """Return a version. Raises PolicyNotFoundError, UnusableFileError, BusyError."""
    with file.read() as db:
        row = db.execute(f"{_VERSIONS} WHERE version = ?", [version]).fetchone()
    if row is None:
        raise PolicyNotFoundError(
            f"there is no version {version} of the policy in {str(file.path)!r}",
            "name another version",
            remedy=Remedy.POLICY_HISTORY,
        )
    return _read(*row)


def policy_in_use(file: LoadsFile, source: PolicySource) -> Version:
    """Return the version that counts; where the file has no policy, version 0 with what counts instead.

    Raises InvalidPolicyError, UnusableFileError, BusyError.
    """
    latest = latest_version(file)
    if latest is not None and latest.document is not None:
        return latest
    return Version(NO_POLICY, None, None, None, None, document_of(source.without_policy.policy).data)


def policy_history(file: LoadsFile) -> list[Version]:
    """Return all versions, the latest first. Raises UnusableFileError, BusyError."""
    with file.read() as db:
        return [_read(*row) for row in db.execute(f"{_VERSIONS} ORDER BY version DESC").fetchall()]


def apply_policy(
    file: LoadsFile, document: Document, *, by: str, now: datetime, reason: str | None = None
) -> Saved:
    """Make a document the policy. Raises InvalidTextError, UnusableFileError, BusyError."""
    with file.write():
        return _save(file, document, Source.APPLIED, by=by, now=now, reason=reason)


def learn_policy(file: LoadsFile, document: Document, *, by: str, now: datetime, reason: str) -> Saved:
    """Make a document that the record recommends the policy; ``reason`` is the evidence.

    Raises InvalidTextError, UnusableFileError, BusyError.
    """
    with file.write():
        return _save(file, document, Source.LEARNED, by=by, now=now, reason=reason)


def set_policy(
    file: LoadsFile,
    values: Mapping[str, Decimal | int | None],
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> Saved:
    """Set values of the desk, by their keys; None takes one out, so that the default holds. The rules stay.

    Raises InvalidPolicyError, InvalidTextError, UnusablePolicyError, UnusableFileError, BusyError.
    """
    with file.write() as db:
        in_force = policy_in(db)
        data = {"desk": {}} if in_force is None else in_force.document.data
        desk = {key: value for key, value in (data["desk"] | _plain(values)).items() if value is not None}
        desk.pop(LEARNED, None)  # a person sets it now
        document = parse_document({**data, "desk": desk})
        return _save(file, document, Source.SET, by=by, now=now, reason=reason)


def revert_policy(
    file: LoadsFile, version: int, *, by: str, now: datetime, reason: str | None = None
) -> Saved:
    """Make the document of an earlier version the policy again, as a new version; 0 is none.

    Raises PolicyNotFoundError, InvalidPolicyError, InvalidTextError, UnusableFileError, BusyError.
    """
    why = f"as version {version}" + (f": {reason}" if reason else "")
    with file.write():
        if version == NO_POLICY and latest_version(file):
            document = None
        else:
            found = policy_version(file, version).document
            document = None if found is None else parse_document(found)
        return _save(file, document, Source.REVERTED, by=by, now=now, reason=why)


def _save(
    file: LoadsFile, document: Document | None, source: Source, *, by: str, now: datetime, reason: str | None
) -> Saved:
    """Add a version, unless the one in force has this document already."""
    require_person(by)
    require_usable_notes(reason)
    text = None if document is None else json_of(document)
    before = latest_version(file)
    if before is not None and before.document == (None if document is None else document.data):
        return Saved(before, is_new=False)
    number = 1 if before is None else before.version + 1
    row = (number, timestamps.format_stored(now), by, source.value, reason, text)
    file.connection.execute(_INSERT, row)
    saved = _read(*row)
    if latest_version(file) != saved:  # a trigger may change or delete what is inserted
        raise SchemaError(
            f"the policy was not written to {str(file.path)!r} as it should be, so nothing was",
            "look for a trigger that changes what is written",
            remedy=Remedy.FIND_TRIGGER,
        )
    return Saved(saved, is_new=True)


def _plain(values: Mapping[str, Decimal | int | None]) -> dict[str, Any]:
    """Return numbers as a document has them."""
    return {key: float(value) if isinstance(value, Decimal) else value for key, value in values.items()}


def _read(  # noqa: PLR0917 - the columns, in their order
    version: object, created_at: object, by: object, source: object, reason: object, document: object
) -> Version:
    return Version(
        version=whole_number(version) or NO_POLICY,
        created_at=timestamps.parse_stored(created_at),
        created_by=text_from(by),
        source=text_from(source),
        reason=text_from(reason),
        document=_document(text_from(document)),
    )


def _document(text: str | None) -> object:
    """Return what JSON holds, and a text that is no JSON as it is."""
    try:
        return None if text is None else json_from(text)
    except ValueError:
        return text
