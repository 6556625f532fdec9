"""Negotiate freight rates with carriers and keep every round on record, in one local SQLite file."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negotiator.conversations.models import (
        CallDetail,
        CallFilter,
        ListedCall,
        Session,
        SessionFilter,
        SessionStats,
        StartedCall,
    )
    from negotiator.conversations.states import CallOutcome, Sentiment, SessionStatus
    from negotiator.errors import (
        AsksFailedError,
        BadInputError,
        BusyError,
        CallEndedError,
        CallNotFoundError,
        ConditionHoldsError,
        ConflictError,
        DamagedFileError,
        DiskFullError,
        FileExistsConflictError,
        FileMissingError,
        FollowerError,
        InvalidAmountError,
        InvalidAskError,
        InvalidCallIDError,
        InvalidCarrierError,
        InvalidConditionError,
        InvalidLoadsError,
        InvalidMetadataError,
        InvalidNotesError,
        InvalidPlaceError,
        InvalidPolicyError,
        InvalidRequestIDError,
        InvalidSessionIDError,
        InvalidSettingError,
        InvalidTextError,
        InvalidTimeError,
        LoadExistsError,
        LoadNotFoundError,
        LoadTakenError,
        MigrationsPendingError,
        MissingExtraError,
        NegotiatorError,
        NoAgreementError,
        NoPostedRateError,
        NotADatabaseError,
        NotAttemptedError,
        NotFoundError,
        NothingToUndoError,
        OutlierError,
        PolicyNotFoundError,
        ReadOnlyFileError,
        RequestMismatchError,
        ResourceError,
        SchemaError,
        SessionCarrierError,
        SessionEndedError,
        SessionMismatchError,
        SessionNotFoundError,
        SQLiteTooOldError,
        ThreadClosedError,
        ThreadTransferredError,
        UnusableFileError,
        UnusablePolicyError,
    )
    from negotiator.negotiation.book import Booked
    from negotiator.negotiation.models import Answer
    from negotiator.negotiation.thread import Round
    from negotiator.negotiation.undo import Reopened, Withdrawn
    from negotiator.policy.decide import Decision
    from negotiator.service import CallHandlingService, NegotiationResult
    from negotiator.values.ids import generate_session_id, generate_uuid_session_id, validate_session_id

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AsksFailedError",
    "BadInputError",
    "Booked",
    "BusyError",
    "CallDetail",
    "CallEndedError",
    "CallFilter",
    "CallHandlingService",
    "CallNotFoundError",
    "CallOutcome",
    "ConditionHoldsError",
    "ConflictError",
    "DamagedFileError",
    "Decision",
    "DiskFullError",
    "FileExistsConflictError",
    "FileMissingError",
    "FollowerError",
    "InvalidAmountError",
    "InvalidAskError",
    "InvalidCallIDError",
    "InvalidCarrierError",
    "InvalidConditionError",
    "InvalidLoadsError",
    "InvalidMetadataError",
    "InvalidNotesError",
    "InvalidPlaceError",
    "InvalidPolicyError",
    "InvalidRequestIDError",
    "InvalidSessionIDError",
    "InvalidSettingError",
    "InvalidTextError",
    "InvalidTimeError",
    "ListedCall",
    "LoadExistsError",
    "LoadNotFoundError",
    "LoadTakenError",
    "MigrationsPendingError",
    "MissingExtraError",
    "NegotiationResult",
    "NegotiatorError",
    "NoAgreementError",
    "NoPostedRateError",
    "NotADatabaseError",
    "NotAttemptedError",
    "NotFoundError",
    "NothingToUndoError",
    "OutlierError",
    "PolicyNotFoundError",
    "ReadOnlyFileError",
    "Reopened",
    "RequestMismatchError",
    "ResourceError",
    "Round",
    "SQLiteTooOldError",
    "SchemaError",
    "Sentiment",
    "Session",
    "SessionCarrierError",
    "SessionEndedError",
    "SessionFilter",
    "SessionMismatchError",
    "SessionNotFoundError",
    "SessionStats",
    "SessionStatus",
    "StartedCall",
    "ThreadClosedError",
    "ThreadTransferredError",
    "UnusableFileError",
    "UnusablePolicyError",
    "Withdrawn",
    "generate_session_id",
    "generate_uuid_session_id",
    "validate_session_id",
]

_HOMES = {
    "CallDetail": "conversations.models",
    "CallFilter": "conversations.models",
    "CallOutcome": "conversations.states",
    "ListedCall": "conversations.models",
    "Sentiment": "conversations.states",
    "Session": "conversations.models",
    "SessionFilter": "conversations.models",
    "SessionStats": "conversations.models",
    "SessionStatus": "conversations.states",
    "StartedCall": "conversations.models",
    "Answer": "negotiation.models",
    "Booked": "negotiation.book",
    "CallHandlingService": "service",
    "Decision": "policy.decide",
    "NegotiationResult": "service",
    "Reopened": "negotiation.undo",
    "Round": "negotiation.thread",
    "Withdrawn": "negotiation.undo",
    "generate_session_id": "values.ids",
    "generate_uuid_session_id": "values.ids",
    "validate_session_id": "values.ids",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for: an ID shouldn't cost the import of sqlite-utils."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, for `help` and for completion, without loading them."""
    return __all__
