"""Calls and sessions as a desk keeps them: amounts in US dollars, times in UTC.

Named tuples, as what an ask meets: what a start needs is made in a tenth of the time.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from negotiator.conversations.states import CallOutcome, SessionStatus


class StartedCall(NamedTuple):
    """A call that was started: its ID, its load (None for none) and its carrier, as the file spells them.

    ``unknown_status`` is that of the carrier, if its word is not known.
    """

    call_id: int
    load_id: str | None
    load_status: str | None
    carrier_mc_number: str
    unknown_status: str | None = None


class ListedCall(NamedTuple):
    """A call in a list. ``call_duration`` is seconds; outcome and sentiment are as the file has them."""

    id: int
    carrier_mc_number: str | None
    load_id: str | None
    call_start_time: datetime | None
    call_end_time: datetime | None
    call_duration: int | None
    outcome: str | None
    sentiment: str | None
    initial_rate_offered: Decimal | None
    final_rate_agreed: Decimal | None
    negotiation_rounds: int | None
    transferred_to_rep: bool


class CallDetail(NamedTuple):
    """A call with its carrier's company, its notes and its transcript."""

    id: int
    carrier_mc_number: str | None
    load_id: str | None
    call_start_time: datetime | None
    call_end_time: datetime | None
    call_duration: int | None
    outcome: str | None
    sentiment: str | None
    initial_rate_offered: Decimal | None
    final_rate_agreed: Decimal | None
    negotiation_rounds: int | None
    transferred_to_rep: bool
    company_name: str | None
    notes: str | None
    call_transcript: str | None
    reason_lost: str | None


class LoadCall(NamedTuple):
    """A call about a load: its last and its lowest ask, our highest counter, and when something last was.

    Rounds that were withdrawn do not count.
    """

    id: int
    carrier_mc_number: str | None
    company_name: str | None
    outcome: str | None
    negotiation_rounds: int | None
    last_ask: Decimal | None
    lowest_ask: Decimal | None
    standing_counter: Decimal | None
    final_rate_agreed: Decimal | None
    latest: datetime | None


class CallFilter(NamedTuple):
    """Which calls are wanted; None is any. ``carrier`` is an MC number, however it is spelled."""

    load_id: str | None = None
    carrier: str | None = None
    outcome: CallOutcome | None = None
    since: datetime | None = None


class Session(NamedTuple):
    """A session: where it stands, what its rounds say, and what is kept of it besides.

    Load and carrier are those of its last call. ``standing_counter`` is the highest counter;
    ``seconds_to_close`` runs from the first round to the deciding one.
    """

    session_id: str
    status: SessionStatus
    load_id: str | None
    carrier_mc_number: str | None
    calls: tuple[int, ...]
    rounds: int
    first_ask: Decimal | None
    last_ask: Decimal | None
    standing_counter: Decimal | None
    first_round_at: datetime | None
    last_round_at: datetime | None
    seconds_to_close: float | None
    created_at: datetime | None
    expires_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    reason_lost: str | None
    notes: str | None
    metadata: Mapping[str, object]


class SessionStats(NamedTuple):
    """How a session went: how long it took, and what either side conceded a round (US dollars)."""

    session_id: str
    status: SessionStatus
    rounds: int
    first_ask: Decimal | None
    last_ask: Decimal | None
    standing_counter: Decimal | None
    seconds: float | None
    carrier_concession: Decimal | None
    broker_concession: Decimal | None


class SessionFilter(NamedTuple):
    """Which sessions are wanted; None is any.

    ``since`` looks at the last round, or at the start of a session without one. ``metadata`` are keys with
    their values, as texts; an empty one is any.
    """

    status: SessionStatus | None = None
    call_id: int | None = None
    carrier: str | None = None
    load_id: str | None = None
    since: datetime | None = None
    metadata: tuple[tuple[str, str], ...] = ()
