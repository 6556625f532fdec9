"""The JSON keys of everything that is printed, in their order: a contract with whoever reads them."""

from collections.abc import Sequence

ROUND = (
    *("id", "call_id", "session_id", "round_number", "carrier_offer", "system_response", "timestamp"),
    "notes",
)
EXPLAINED_ROUND = (*ROUND, *("load_id", "posted_rate", "ceiling", "policy_version", "decided_by"))
ANSWER = (
    *("call_id", "session_id", "round_number", "rounds_left", "carrier_offer", "decision", "amount"),
    *("accepted", "should_transfer", "message"),
)
REOPENED = (
    *("call_id", "session_id", "round_number", "carrier_offer", "load_id", "load_status", "reason"),
    *("fell_through", "next_best"),
)
OFFER = (
    *("carrier_mc_number", "company_name", "phone", "last_ask", "standing_counter", "status", "latest"),
    *("call_id", "session_id", "barred"),
)
WITHDRAWN = (
    *("call_id", "session_id", "round_number", "carrier_offer", "system_response", "outcome"),
    *("load_id", "load_status", "reason"),
)
BOOKED = (
    *("call_id", "session_id", "round_number", "carrier_offer", "load_id", "load_status", "decided_by"),
    "reason",
)
CALL = (
    *("id", "carrier_mc_number", "load_id", "call_start_time", "call_end_time", "call_duration", "outcome"),
    *("sentiment", "initial_rate_offered", "final_rate_agreed", "negotiation_rounds", "transferred_to_rep"),
)
CALL_DETAIL = (*CALL, "company_name", "notes", "call_transcript", "reason_lost")
SESSION = (
    *("session_id", "status", "load_id", "calls", "rounds", "first_ask", "last_ask", "standing_counter"),
    *("first_round_at", "last_round_at", "seconds_to_close"),
    *("created_at", "expires_at", "closed_at", "close_reason", "reason_lost", "notes", "metadata"),
)
SESSION_STATS = (
    *("session_id", "status", "rounds", "first_ask", "last_ask", "standing_counter"),
    *("seconds", "carrier_concession", "broker_concession"),
)
TODO = (
    *("reasons", "load_id", "origin", "destination", "equipment_type", "pickup_datetime", "posted_rate"),
    *("miles", "carrier_mc_number", "company_name", "phone", "last_ask", "standing_counter", "expires_at"),
    *("latest", "call_id", "session_id", "barred"),
)
LISTED_LOAD = (
    *("load_id", "origin", "destination", "pickup_datetime", "delivery_datetime", "equipment_type"),
    *("loadboard_rate", "miles", "status"),
)
LOAD = (
    *("load_id", "origin", "destination", "pickup_datetime", "delivery_datetime", "equipment_type"),
    *(
        "loadboard_rate",
        "ceiling",
        "notes",
        "weight",
        "commodity_type",
        "num_of_pieces",
        "miles",
        "dimensions",
    ),
    *("status", "created_at", "updated_at", "calls", "best_ask", "booked_by", "offers"),
    *("cancelled_at", "cancelled_by", "cancel_reason"),
)
CANCELLED = ("load_id", "load_status", "cancelled_at", "cancelled_by", "reason", "booked_by")
LOAD_CALL = ("id", "carrier_mc_number", "outcome", "negotiation_rounds", "final_rate_agreed")
BOOKING = ("call_id", "carrier_mc_number", "final_rate_agreed")
IMPORTED = ("file", "added", "updated", "skipped", "ignored", "not_opened", "low_ceilings")
LISTED_CARRIER = ("mc_number", "company_name", "status", "phone", "is_verified", "dot_number", "barred")
CARRIER = (
    *LISTED_CARRIER,
    *("address", "email", "created_at", "updated_at", "blocks", "unknown_status"),
    *("calls", "deals", "fell_through", "latest_call", "concession", "last_rates"),
)
BLOCK = ("reason", "blocked_until", "blocked_by", "blocked_at", "unblocked_by", "unblocked_at")
LAST_RATE = ("call_id", "load_id", "origin", "destination", "rate", "call_start_time")
BLOCKED = ("mc_number", "reason", "blocked_until", "blocked_by", "blocked_at")
UNBLOCKED = ("mc_number", "unblocked_by", "unblocked_at", "barred")
IMPORTED_CARRIERS = ("file", "added", "updated", "unchanged", "ignored", "barred", "unknown_statuses")
POLICY = ("version", "created_at", "created_by", "source", "reason", "document")
APPLIED_POLICY = (
    *("call_id", "load_id", "posted_rate", "version", "rule", "ceiling", "ceiling_from", "rounds"),
    *("rounds_from", "firmness", "firmness_from", "increment", "increment_from", "why"),
)
BACKTEST = (
    *("outside", "threads", "changed_threads", "rounds", "compared", "unknown", "left_out", "by_round"),
)
ROUND_CHANGES = (
    *("round", "compared", "same", "higher_counter", "lower_counter", "accepted_earlier", "accepted_later"),
    *("transferred", "goes_on", "outside"),
)
LESSON = (
    *("origin", "destination", "equipment", "threads", "heard", "silence_foretold", "silence_seen", "rounds"),
    *("firmness", "new_rounds", "new_firmness", "why", "ranked"),
)
RANKED = ("rounds", "firmness", "gain", "gain_low", "gain_high", "is_step")
SIMULATED = (
    *("market", "policy", "booked", "paid_over_posted", "of_oracle", "of_bound", "rounds", "heard", "silent"),
)
LANE = (
    *("origin", "destination", "equipment", "threads", "deals", "agreed_low", "agreed_median", "agreed_high"),
    *("per_mile_median", "over_posted_median", "first_ask_median", "half_since", "latest"),
)
CARRIER_PAST = ("carrier", "deals", "under_first_ask", "under_first_ask_share")
CHECK = ("check", "result", "detail", "ids")
ABOVE_CEILING = ("call_id", "load_id", "agreed", "ceiling", "decided_by", "time", "reason")
VERSION_RESULT = (
    *("version", "threads", "deals", "left", "left_low", "left_high", "more", "more_low", "more_high"),
    *("needed", "missing"),
)
REPORT_ROW = (
    *("group", "figure", "label", "unit", "value", "numerator", "denominator", "of", "previous", "change"),
)


def data(thing: object, keys: Sequence[str]) -> dict[str, object]:
    """Return what is printed of a thing: its attributes with these names."""
    return {key: getattr(thing, key) for key in keys}
