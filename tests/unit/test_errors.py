"""Each error has a code and an exit code that scripts know it by; a remedy has a name that servers send."""

import errno
from collections.abc import Iterator

import pytest

from negotiator.cli.usage import UsageError
from negotiator.errors import NegotiatorError, Remedy, ResourceError, resource_error, unexpected
from negotiator.http.litestream import NotCopiedError
from negotiator.http.waiting import TooManyWaitingError
from negotiator.records.subject import InvalidRecordsError
from negotiator.remote.client import ServerError, ServerUnreachableError

ELSEWHERE = (
    *(InvalidRecordsError, NotCopiedError, ServerError, ServerUnreachableError, TooManyWaitingError),
    UsageError,
)
"""What stands outside `negotiator.errors`: named here, so that it is known."""

ERRORS = {
    "NegotiatorError": ("unexpected", 1),
    "BadInputError": ("bad_input", 2),
    "InvalidSessionIDError": ("invalid_session_id", 2),
    "InvalidAmountError": ("invalid_amount", 2),
    "InvalidCallIDError": ("invalid_call_id", 2),
    "InvalidCarrierError": ("invalid_carrier", 2),
    "InvalidPlaceError": ("invalid_place", 2),
    "InvalidTimeError": ("invalid_time", 2),
    "InvalidRequestIDError": ("invalid_request_id", 2),
    "InvalidMetadataError": ("invalid_metadata", 2),
    "InvalidConditionError": ("invalid_condition", 2),
    "InvalidTextError": ("invalid_text", 2),
    "InvalidNotesError": ("invalid_notes", 2),
    "InvalidPolicyError": ("invalid_policy", 2),
    "InvalidSettingError": ("invalid_setting", 2),
    "InvalidAskError": ("invalid_ask", 2),
    "InvalidLoadsError": ("invalid_loads", 2),
    "InvalidCarriersError": ("invalid_carriers", 2),
    "MissingExtraError": ("missing_extra", 2),
    "OutlierError": ("outlier", 2),
    "NotFoundError": ("not_found", 3),
    "CallNotFoundError": ("call_not_found", 3),
    "SessionNotFoundError": ("session_not_found", 3),
    "LoadNotFoundError": ("load_not_found", 3),
    "CarrierNotFoundError": ("carrier_not_found", 3),
    "PolicyNotFoundError": ("policy_not_found", 3),
    "FileMissingError": ("file_not_found", 3),
    "ConflictError": ("conflict", 4),
    "ThreadClosedError": ("thread_closed", 4),
    "ThreadTransferredError": ("thread_transferred", 4),
    "LoadTakenError": ("load_taken", 4),
    "LoadExistsError": ("load_exists", 4),
    "CarrierRefusedError": ("carrier_refused", 4),
    "CarrierNotBlockedError": ("carrier_not_blocked", 4),
    "SessionMismatchError": ("session_about_another_load", 4),
    "SessionCarrierError": ("session_with_another_carrier", 4),
    "RequestMismatchError": ("request_about_another_ask", 4),
    "SessionEndedError": ("session_ended", 4),
    "CallEndedError": ("call_ended", 4),
    "NoAgreementError": ("no_agreement", 4),
    "NothingToUndoError": ("nothing_to_undo", 4),
    "NoPostedRateError": ("no_posted_rate", 4),
    "FileExistsConflictError": ("file_exists", 4),
    "UnusableFileError": ("file_unusable", 5),
    "SQLiteTooOldError": ("sqlite_too_old", 5),
    "NotADatabaseError": ("not_a_database", 5),
    "DamagedFileError": ("file_damaged", 5),
    "ReadOnlyFileError": ("read_only", 5),
    "FollowerError": ("follower", 5),
    "DiskFullError": ("disk_full", 5),
    "SchemaError": ("wrong_tables", 5),
    "UnusablePolicyError": ("policy_unusable", 5),
    "MigrationsPendingError": ("migrations_pending", 6),
    "ConditionHoldsError": ("condition_holds", 10),
    "BusyError": ("busy", 75),
    "ServerUnreachableError": ("server_unreachable", 75),
    "AsksFailedError": ("asks_failed", 1),
    "NotAttemptedError": ("not_attempted", 1),
    "ResourceError": ("out_of_resources", 1),
    "OutputClosedError": ("output_closed", 141),
    "InvalidRecordsError": ("bad_input", 2),
    "NotCopiedError": ("not_copied", 75),
    "TooManyWaitingError": ("too_many_waiting", 75),
    "UsageError": ("usage", 2),
    "ServerError": ("server_failed", 5),
}
REMEDIES = """
allow_carrier
allow_outlier
book_call
call_history
check_file
debug
find_trigger
first_ask
generate_id
list_carriers
list_calls
list_loads
list_sessions
map_columns
migrate
name_columns
name_file
name_or_check_file
name_or_make_file
policy_history
policy_page
reopen_call
restore
revert_policy
start_session
update_loads
"""


def kinds(kind: type[NegotiatorError]) -> Iterator[type[NegotiatorError]]:
    """Give an error and those below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def test_each_error_has_its_code_and_its_exit_code() -> None:
    """Scripts look at both; a class may come, and none changes or goes."""
    ours = [kind for kind in kinds(NegotiatorError) if kind.__module__.startswith("negotiator.")]
    assert {kind for kind in ours if kind.__module__ != "negotiator.errors"} == set(ELSEWHERE)
    assert {kind.__name__: (kind.code, kind.exit_code) for kind in ours} == ERRORS


def test_each_remedy_has_its_name() -> None:
    """A server sends the name to command lines of other versions."""
    assert list(Remedy) == REMEDIES.split()
    assert [remedy.name.lower() for remedy in Remedy] == REMEDIES.split()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (MemoryError(), "there is not enough memory"),
        (OSError(errno.ENOMEM, ""), "there is not enough memory"),
        (OSError(errno.EMFILE, ""), "too many files are open"),
        (OSError(errno.ENFILE, ""), "too many files are open"),
        (OSError(errno.EACCES, ""), None),
        (ValueError(), None),
    ],
    ids=repr,
)
def test_what_the_system_lacks_is_an_error_of_its_own(problem: Exception, said: str | None) -> None:
    """Wherever it happens; anything else that nobody thought of says what it is, and how to see more."""
    found = resource_error(problem)
    assert (found and found.message) == said
    other = unexpected(problem)
    assert isinstance(other, ResourceError) is (said is not None)
    if said is None:
        assert other.message == f"this should not have happened: {type(problem).__name__}: {problem}"
        assert (other.remedy, other.hint) == (Remedy.DEBUG, "report it, with what was done before")
