"""How calls and sessions are printed, whichever command asks for it."""

from typing import TYPE_CHECKING

from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiator.conversations.models import ListedCall, Session, SessionStats

_CALLS = {
    "id": Column("Call"),
    "carrier_mc_number": Column("Carrier"),
    "load_id": Column("Load"),
    "call_start_time": Column("Started", rank=1),
    "outcome": Column("Outcome", folds=11),
    "negotiation_rounds": Column("Rounds", rank=2),
    "final_rate_agreed": Column("Agreed"),
}
_SESSIONS = {
    "session_id": Column("Session"),
    "status": Column("Status"),
    "carrier_mc_number": Column("Carrier", rank=1),
    "load_id": Column("Load", rank=2),
    "rounds": Column("Rounds", rank=4),
    "last_ask": Column("Last ask"),
    "standing_counter": Column("Our counter"),
    "latest": Column("Latest", rank=3),
}
_STATS = {
    "session_id": Column("Session"),
    "status": Column("Result"),
    "rounds": Column("Rounds", rank=1),
    "seconds": Column("Seconds", rank=2),
    "carrier_concession": Column("Ask gave"),
    "broker_concession": Column("We gave"),
}


def print_calls(found: "Sequence[ListedCall]", form: Format) -> None:
    """Print a list of calls."""
    printing.rows([contract.data(call, contract.CALL) for call in found], contract.CALL, form, _CALLS)
    if not found:
        printing.say("No calls.")


def print_sessions(found: "Sequence[Session]", form: Format) -> None:
    """Print a list of sessions: for a person with whom each is, and when something last was said."""
    rows = [
        contract.data(session, (*contract.SESSION, "carrier_mc_number"))
        | {"latest": session.last_round_at or session.created_at}
        for session in found
    ]
    printing.rows(rows, contract.SESSION, form, _SESSIONS)
    if not found:
        printing.say("No sessions.")


def print_stats(found: "Sequence[SessionStats]", form: Format) -> None:
    """Print how sessions went: what either side gave a round."""
    keys = contract.SESSION_STATS
    printing.rows([contract.data(stats, keys) for stats in found], keys, form, _STATS)
    if not found:
        printing.say("No sessions.")


def print_session(found: "Session", form: Format) -> None:
    """Print one session: for a person with its carrier."""
    known = contract.data(found, contract.SESSION)
    if form is Format.TABLE:
        first = {key: known.pop(key) for key in ("session_id", "status")}
        known = first | {"carrier": found.carrier_mc_number} | known
    printing.record(known, form)
