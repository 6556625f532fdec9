"""What a report counts: each figure with its numerator and its denominator, as SQL over one table of facts.

``calls`` has a row a call, ``threads`` a row a thread, ``open_loads`` a row a load that is available. Rates
are US dollars, times days of the Julian calendar, and shares from 0 to 1.
"""

from dataclasses import dataclass
from typing import Literal

from negotiator.values.recorded import POLICY

_OUTCOMES = ("accepted", "rejected", "negotiating", "transferred", "abandoned")
_SENTIMENTS = ("positive", "neutral", "negative")


@dataclass(frozen=True)
class FigureSpec:
    """One figure: a ``total`` is its numerator, a ``quotient`` what comes of dividing it by its denominator.

    ``median``, when given, makes it the middle of that expression's values; then the denominator is their
    number. ``of`` says in words what is divided by what, or what is counted.
    """

    key: str
    label: str
    table: str
    kind: Literal["total", "quotient"]
    unit: str
    of: str
    numerator: str = "NULL"
    denominator: str = "NULL"
    median: str | None = None


def _count(key: str, label: str, table: str, of: str, when: str = "1") -> FigureSpec:
    return FigureSpec(key, label, table, "total", "count", of, f"sum({when})", "count(*)")


def _share(  # noqa: PLR0917 - reads as a row of a table
    key: str, label: str, table: str, of: str, when: str, among: str = "1"
) -> FigureSpec:
    return FigureSpec(
        key, label, table, "quotient", "share", of, f"sum(({when}) AND ({among}))", f"sum({among})"
    )


_AGREED = "agreed > 0"
_COMPARABLE = "agreed > 0 AND posted > 0"
_CLOSED = "state IN ('accepted', 'transferred')"
_SAVED = "state = 'accepted' AND first_ask IS NOT NULL AND agreed IS NOT NULL"
_BY_POLICY, _BY_PERSON = f"agreed_by = '{POLICY}'", f"agreed_by <> '{POLICY}'"
_ROOM = f"state = 'accepted' AND agreed IS NOT NULL AND ceiling > posted AND ({_BY_PERSON}) IS NOT 1"
_DECIDERS = (("policy", "the policy", _BY_POLICY), ("people", "people", _BY_PERSON))
_IS_DEAL = "state = 'accepted' AND agreed IS NOT NULL AND NOT ceiling_of_today AND ceiling IS NOT NULL"
_SECONDS = "86400 * (closing_moment - first_moment)"

FIGURES: tuple[FigureSpec, ...] = (
    _count("calls", "Calls", "calls", "calls"),
    _count("calls_with_ask", "Calls with an ask", "calls", "calls with an ask, of calls", "asked"),
    _count("sessions", "Sessions", "threads", "sessions with a round, of threads", "session_id IS NOT NULL"),
    _count("threads", "Threads", "threads", "sessions, and calls with rounds of no session"),
    FigureSpec("rounds", "Rounds", "threads", "total", "count", "rounds", "sum(rounds)", "sum(rounds)"),
    FigureSpec(
        *("undecided_rounds", "Rounds without a decision", "threads", "total", "count"),
        *("rounds of older programs that record no decision, of rounds", "sum(undecided)", "sum(rounds)"),
    ),
    _share("booking_rate", "Booking rate", "calls", "booked calls / calls with an ask", _AGREED, "asked"),
    *(
        _share(
            f"outcome_{word}",
            f"Outcome {word}",
            "calls",
            f"calls that ended {word} / calls",
            f"outcome IS '{word}'",
        )
        for word in _OUTCOMES
    ),
    _share(
        "outcome_unknown", "Outcome unknown", "calls", "calls without an outcome / calls", "outcome IS NULL"
    ),
    FigureSpec(
        *("rounds_to_close", "Rounds to close", "threads", "quotient", "rounds", "rounds / closed threads"),
        *(f"sum(CASE WHEN {_CLOSED} THEN rounds END)", f"sum({_CLOSED})"),
    ),
    *(
        _share(
            f"closed_in_{n}",
            f"Closed in {n}",
            "threads",
            f"closed in {n} / closed threads",
            f"rounds = {n}",
            _CLOSED,
        )
        for n in (1, 2, 3)
    ),
    _share(
        "closed_in_more",
        "Closed in more",
        "threads",
        "closed in over 3 / closed threads",
        "rounds > 3",
        _CLOSED,
    ),
    FigureSpec(
        *("first_ask_over_posted", "First ask over posted", "threads", "quotient", "share"),
        "first ask less posted rate / posted rate, sums over threads with both",
        "sum(CASE WHEN posted > 0 THEN first_ask - posted END)",
        "sum(CASE WHEN posted > 0 AND first_ask IS NOT NULL THEN posted END)",
    ),
    FigureSpec(
        *("first_ask_over_posted_median", "First ask over posted, median", "threads", "quotient", "share"),
        "the middle one of threads with both",
        median="CASE WHEN posted > 0 THEN first_ask / posted - 1 END",
    ),
    FigureSpec(
        *("final_over_posted", "Agreed over posted", "calls", "quotient", "share"),
        "agreed rate less posted rate / posted rate, sums over booked calls with both",
        f"sum(CASE WHEN {_COMPARABLE} THEN agreed - posted END)",
        f"sum(CASE WHEN {_COMPARABLE} THEN posted END)",
    ),
    FigureSpec(
        *("final_over_posted_median", "Agreed over posted, median", "calls", "quotient", "share"),
        "the middle one of booked calls with both",
        median=f"CASE WHEN {_COMPARABLE} THEN agreed / posted - 1 END",
    ),
    FigureSpec(
        *("saved", "Saved", "threads", "total", "usd", "first ask less agreed rate of accepted threads"),
        *(f"sum(CASE WHEN {_SAVED} THEN first_ask - agreed END)", f"sum({_SAVED})"),
    ),
    FigureSpec(
        *("saved_share", "Saved of first ask", "threads", "quotient", "share"),
        "first ask less agreed rate / first ask, sums over accepted threads",
        f"sum(CASE WHEN {_SAVED} THEN first_ask - agreed END)",
        f"sum(CASE WHEN {_SAVED} THEN first_ask END)",
    ),
    FigureSpec(
        *("room_used", "Room used", "threads", "quotient", "share"),
        "agreed rate above posted / ceiling above posted, sums over threads accepted by no person",
        f"sum(CASE WHEN {_ROOM} THEN max(agreed - posted, 0) END)",
        f"sum(CASE WHEN {_ROOM} THEN ceiling - posted END)",
    ),
    *(
        FigureSpec(
            *(f"{who}_above_ceiling", f"{name.capitalize()} above the ceiling", "threads", "total", "count"),
            f"deals of {name} above the ceiling recorded with them, of deals of {name} with one",
            f"sum({_IS_DEAL} AND {by_them} AND agreed > ceiling)",
            f"sum(({_IS_DEAL}) AND {by_them})",
        )
        for who, name, by_them in _DECIDERS
    ),
    FigureSpec(
        *("carrier_concession", "Carrier's concession", "threads", "quotient", "usd"),
        "first ask less last ask / rounds after the first, sums over threads",
        "sum(CASE WHEN rounds > 1 THEN first_ask - last_ask END)",
        "sum(CASE WHEN rounds > 1 AND first_ask IS NOT NULL THEN rounds - 1 END)",
    ),
    FigureSpec(
        *("broker_concession", "Broker's concession", "threads", "quotient", "usd"),
        "highest counter less posted rate / counters, sums over threads",
        "sum(CASE WHEN posted > 0 AND counters > 0 THEN highest_counter - posted END)",
        "sum(CASE WHEN posted > 0 THEN counters END)",
    ),
    _share(
        "transfer_rate",
        "Transfers",
        "threads",
        "transferred / closed threads",
        "state = 'transferred'",
        _CLOSED,
    ),
    _share(
        *("recoverable_transfers", "Recoverable transfers", "threads"),
        "last ask just above the ceiling / transferred threads",
        "last_ask > ceiling AND last_ask <= ceiling * (1 + :within)",  # a lower one was not lost by its rate
        "state = 'transferred'",
    ),
    _share(
        *("unanswered_counters", "Counters unanswered", "threads", "open with a counter standing / threads"),
        "state = 'open' AND highest_counter IS NOT NULL",
    ),
    *(
        _share(
            f"silent_after_{n}",
            f"Silent after the {nth} counter",
            "threads",
            f"open since the {nth} counter / threads with {n} or more counters",
            f"state = 'open' AND counters = {n} AND rounds = {n}",
            f"counters >= {n}",
        )
        for n, nth in enumerate(("first", "second", "third"), 1)
    ),
    FigureSpec(
        *("time_to_close", "Time to close", "threads", "quotient", "seconds", "seconds / closed threads"),
        *(f"sum(CASE WHEN {_CLOSED} THEN {_SECONDS} END)", f"sum({_CLOSED} AND {_SECONDS} IS NOT NULL)"),
    ),
    FigureSpec(
        *("time_to_close_median", "Time to close, median", "threads", "quotient", "seconds"),
        "the middle one of closed threads",
        median=f"CASE WHEN {_CLOSED} THEN {_SECONDS} END",
    ),
    *(
        _share(
            f"sentiment_{word}",
            f"Sentiment {word}",
            "calls",
            f"calls felt {word} / calls",
            f"sentiment IS '{word}'",
        )
        for word in _SENTIMENTS
    ),
    _share(
        "sentiment_unknown",
        "Sentiment unknown",
        "calls",
        "calls without a sentiment / calls",
        "sentiment IS NULL",
    ),
    FigureSpec(
        *("booked_value", "Booked value", "calls", "total", "usd", "agreed rates of booked calls"),
        *(f"sum(CASE WHEN {_AGREED} THEN agreed END)", f"sum({_AGREED})"),
    ),
    *(
        _share(
            f"booked_by_{who}",
            f"Booked by {name}",
            "calls",
            f"calls booked by {name} / booked calls",
            f"coalesce({by_them}, 0)",
            _AGREED,
        )
        for who, name, by_them in _DECIDERS
    ),
    *(
        FigureSpec(
            *(f"{who}_over_posted", f"{name.capitalize()} over posted", "calls", "quotient", "share"),
            f"agreed rate less posted rate / posted rate, sums over calls booked by {name}",
            f"sum(CASE WHEN {_COMPARABLE} AND {by_them} THEN agreed - posted END)",
            f"sum(CASE WHEN {_COMPARABLE} AND {by_them} THEN posted END)",
        )
        for who, name, by_them in _DECIDERS
    ),
    _share(
        *("fell_through", "Deals that fell through", "calls"),
        "calls on which a deal fell through / calls with a deal, booked or fallen through",
        "fell_through",
        f"fell_through OR coalesce({_AGREED}, 0)",
    ),
    FigureSpec(
        *("calls_at_todays_rate", "Booked calls at today's posted rate", "calls", "total", "count"),
        "booked calls whose round records no posted rate, so that today's stands in, of booked calls",
        *(f"sum({_AGREED} AND of_today)", f"sum({_AGREED})"),
    ),
    _count(
        *("threads_at_todays_rate", "Threads at today's posted rate", "threads"),
        *("threads whose rounds record no posted rate, so that today's stands in, of threads", "of_today"),
    ),
    _count(
        *("threads_at_todays_ceiling", "Threads at today's ceiling", "threads"),
        "threads whose rounds record no ceiling, so that today's stands in, of threads",
        "ceiling_of_today",
    ),
    _count("open_loads", "Open loads", "open_loads", "loads that are available now"),
    FigureSpec(
        *("open_load_age", "Age of open loads", "open_loads", "quotient", "days"),
        *("days since created / open loads with a date", "sum(age)", "sum(age IS NOT NULL)"),
    ),
    FigureSpec(
        *("open_load_oldest", "Oldest open load", "open_loads", "total", "days"),
        *("days since created of open loads with a date", "max(age)", "sum(age IS NOT NULL)"),
    ),
)
