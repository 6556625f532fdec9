"""What can go wrong: one class for each case, with the exit code and the short slug that scripts see.

The message says what happened and where, the hint what to do about it. Neither names an option or a command:
where the command line has one that helps, the error carries a remedy, and `negotiator.cli.hints` words it.
"""

import errno
from enum import StrEnum
from typing import ClassVar


class Remedy(StrEnum):
    """What the command line can do about an error. Behind each stand the facts that its words need."""

    ALLOW_CARRIER = "allow_carrier"
    ALLOW_OUTLIER = "allow_outlier"
    BOOK_CALL = "book_call"  # call_id
    CALL_HISTORY = "call_history"  # call_id
    CHECK_FILE = "check_file"
    DEBUG = "debug"
    FIND_TRIGGER = "find_trigger"
    FIRST_ASK = "first_ask"
    GENERATE_ID = "generate_id"
    LIST_CARRIERS = "list_carriers"
    LIST_CALLS = "list_calls"
    LIST_LOADS = "list_loads"
    LIST_SESSIONS = "list_sessions"
    MAP_COLUMNS = "map_columns"
    MIGRATE = "migrate"  # path
    NAME_COLUMNS = "name_columns"
    NAME_FILE = "name_file"
    NAME_OR_CHECK_FILE = "name_or_check_file"
    NAME_OR_MAKE_FILE = "name_or_make_file"
    POLICY_HISTORY = "policy_history"
    POLICY_PAGE = "policy_page"
    REOPEN_CALL = "reopen_call"  # call_id
    RESTORE = "restore"
    REVERT_POLICY = "revert_policy"
    START_SESSION = "start_session"
    UPDATE_LOADS = "update_loads"


class NegotiatorError(Exception):
    """Something unexpected; the base of every error below."""

    exit_code: int = 1
    code: ClassVar[str] = "unexpected"

    def __init__(
        self, message: str, hint: str = "", *, remedy: Remedy | None = None, **facts: object
    ) -> None:
        """Keep the message (what and where), the hint (what to do), and what the command line can do."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.remedy = remedy
        self.facts = facts


class BadInputError(NegotiatorError):
    """A value that was given can't be used."""

    exit_code = 2
    code = "bad_input"


class InvalidSessionIDError(BadInputError):
    """The text is not a session ID."""

    code = "invalid_session_id"


class InvalidAmountError(BadInputError):
    """The text or number is not an amount of US dollars that can be asked."""

    code = "invalid_amount"


class InvalidCallIDError(BadInputError):
    """The text is not a call ID."""

    code = "invalid_call_id"


class InvalidCarrierError(BadInputError):
    """The text is not an MC number."""

    code = "invalid_carrier"


class InvalidPlaceError(BadInputError):
    """The text is no city or state."""

    code = "invalid_place"


class InvalidTimeError(BadInputError):
    """The text is not a time or a length of time."""

    code = "invalid_time"


class InvalidRequestIDError(BadInputError):
    """The text is not a request ID."""

    code = "invalid_request_id"


class InvalidMetadataError(BadInputError):
    """The text is not a key and a value that a session can keep."""

    code = "invalid_metadata"


class InvalidConditionError(BadInputError):
    """The text is not a condition on a figure of the report."""

    code = "invalid_condition"


class InvalidTextError(BadInputError):
    """A text, such as a company's name, is blank, too long, or cannot be kept in a text column."""

    code = "invalid_text"


class InvalidNotesError(InvalidTextError):
    """The notes, or a reason, are too long, or cannot be kept in a text column."""

    code = "invalid_notes"


class InvalidPolicyError(BadInputError):
    """A parameter of the policy is out of its range."""

    code = "invalid_policy"


class InvalidSettingError(BadInputError):
    """An environment variable of ours cannot be used."""

    code = "invalid_setting"


class InvalidAskError(BadInputError):
    """A line, or a file of asks, can't be taken as it is."""

    code = "invalid_ask"


class InvalidLoadsError(BadInputError):
    """A load, or a file of loads, can't be taken as it is."""

    code = "invalid_loads"


class InvalidCarriersError(BadInputError):
    """A carrier, or a file of carriers, can't be taken as it is."""

    code = "invalid_carriers"


class MissingExtraError(BadInputError):
    """What was asked for needs libraries that are not installed."""

    code = "missing_extra"


class OutlierError(BadInputError):
    """The ask is so far from the posted rate that it is most likely a slip."""

    code = "outlier"


class NotFoundError(NegotiatorError):
    """What was named does not exist."""

    exit_code = 3
    code = "not_found"


class CallNotFoundError(NotFoundError):
    """No call has this ID."""

    code = "call_not_found"


class SessionNotFoundError(NotFoundError):
    """No round belongs to this session."""

    code = "session_not_found"


class LoadNotFoundError(NotFoundError):
    """No load has this ID; or a call names no load, or one that is gone."""

    code = "load_not_found"


class CarrierNotFoundError(NotFoundError):
    """No carrier has this number."""

    code = "carrier_not_found"


class PolicyNotFoundError(NotFoundError):
    """The file's policy has no such version."""

    code = "policy_not_found"


class FileMissingError(NotFoundError):
    """There is no file, or no folder, at this path."""

    code = "file_not_found"


class ConflictError(NegotiatorError):
    """The file's present state does not allow it."""

    exit_code = 4
    code = "conflict"


class ThreadClosedError(ConflictError):
    """The thread was accepted: there is nothing left to negotiate."""

    code = "thread_closed"


class ThreadTransferredError(ThreadClosedError):
    """The thread was handed to a person, who decides from here."""

    code = "thread_transferred"


class LoadTakenError(ConflictError):
    """The load is booked or completed, or a rate was agreed for it."""

    code = "load_taken"


class LoadExistsError(ConflictError):
    """A load has this ID already."""

    code = "load_exists"


class CarrierRefusedError(ConflictError):
    """The carrier is blocked, or its status forbids it to haul."""

    code = "carrier_refused"


class CarrierNotBlockedError(ConflictError):
    """The carrier is not blocked."""

    code = "carrier_not_blocked"


class SessionMismatchError(ConflictError):
    """The session is about another load."""

    code = "session_about_another_load"


class SessionCarrierError(ConflictError):
    """The session is with another carrier."""

    code = "session_with_another_carrier"


class RequestMismatchError(ConflictError):
    """The request ID stands for another ask."""

    code = "request_about_another_ask"


class SessionEndedError(ConflictError):
    """The session was closed, or its time is over."""

    code = "session_ended"


class CallEndedError(ConflictError):
    """The call has ended, or can't end in this way."""

    code = "call_ended"


class NoAgreementError(ConflictError):
    """The call has no agreement that could be taken back."""

    code = "no_agreement"


class NothingToUndoError(ConflictError):
    """The call has no round that could be taken back."""

    code = "nothing_to_undo"


class NoPostedRateError(ConflictError):
    """The load has no posted rate above zero."""

    code = "no_posted_rate"


class FileExistsConflictError(ConflictError):
    """A file is in the place where a new one was to be made."""

    code = "file_exists"


class UnusableFileError(NegotiatorError):
    """The file can't be used."""

    exit_code = 5
    code = "file_unusable"


class SQLiteTooOldError(UnusableFileError):
    """The SQLite library that Python uses lacks what this program needs of it."""

    code = "sqlite_too_old"


class NotADatabaseError(UnusableFileError):
    """The file is not an SQLite database."""

    code = "not_a_database"


class DamagedFileError(UnusableFileError):
    """The file's content is damaged."""

    code = "file_damaged"


class ReadOnlyFileError(UnusableFileError):
    """The file or its folder can't be written."""

    code = "read_only"


class FollowerError(ReadOnlyFileError):
    """The file is a copy that Litestream overwrites."""

    code = "follower"


class DiskFullError(UnusableFileError):
    """There is no room left to write."""

    code = "disk_full"


class SchemaError(UnusableFileError):
    """The file's tables, columns or indexes are not those this program works with."""

    code = "wrong_tables"


class UnusablePolicyError(UnusableFileError):
    """The policy that stands in the file is not in order."""

    code = "policy_unusable"


class MigrationsPendingError(NegotiatorError):
    """The file lacks columns or indexes that `migrate` adds."""

    exit_code = 6
    code = "migrations_pending"


class ConditionHoldsError(NegotiatorError):
    """A condition that was given to the report holds: an alarm, not a failure."""

    exit_code = 10
    code = "condition_holds"


class BusyError(NegotiatorError):
    """Another program held the file's lock for the whole wait."""

    exit_code = 75
    code = "busy"


class AsksFailedError(NegotiatorError):
    """Some asks of many failed; the exit code is that of the first of them."""

    code = "asks_failed"

    def __init__(self, message: str, exit_code: int) -> None:
        """Keep the message and the code."""
        super().__init__(message, "the reply to each of them says why")
        self.exit_code = exit_code


class NotAttemptedError(NegotiatorError):
    """An ask after one for which the file failed; the exit code is that of the failure."""

    code = "not_attempted"

    def __init__(self, exit_code: int) -> None:
        """Keep the code."""
        super().__init__(
            "not attempted, because the file failed on an earlier line",
            "send all lines again, in their order",
        )
        self.exit_code = exit_code


class ResourceError(NegotiatorError):
    """The system gives this process no more memory, or lets it open no more files."""

    code = "out_of_resources"


class OutputClosedError(NegotiatorError):
    """Whoever read our output went away."""

    exit_code = 141
    code = "output_closed"


def resource_error(problem: Exception) -> ResourceError | None:
    """Return the error for a lack of memory or of files that may be opened; None for anything else."""
    reason = getattr(problem, "errno", None)
    if isinstance(problem, MemoryError) or reason == errno.ENOMEM:
        return ResourceError("there is not enough memory", "close other programs, or give less at once")
    if reason in {errno.EMFILE, errno.ENFILE}:
        return ResourceError("too many files are open", "close other programs, or raise the limit")
    return None


def unexpected(problem: Exception) -> NegotiatorError:
    """Return the error for what nobody thought of, and for what may fail anywhere."""
    return resource_error(problem) or NegotiatorError(
        f"this should not have happened: {type(problem).__name__}: {problem}",
        "report it, with what was done before",
        remedy=Remedy.DEBUG,
    )


REFUSALS = (BadInputError, NotFoundError, ConflictError)
"""What is raised about an ask, before anything is written; all else is about the file."""


class UnfinishedTidyingWarning(UserWarning):
    """What was asked for is done, and something could not be tidied up after it."""
