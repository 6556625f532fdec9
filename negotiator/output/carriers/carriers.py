"""How carriers are printed, whichever command asks for it."""

from typing import TYPE_CHECKING

from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.values.money import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiator.carriers.models import ListedCarrier
    from negotiator.reports.carrier_card import CarrierCard

_LIST = {
    "mc_number": Column("Carrier"),
    "company_name": Column("Company", folds=18),
    "status": Column("Status", folds=12, rank=1),
    "phone": Column("Phone"),
    "dot_number": Column("DOT", rank=3),
    "barred": Column("Barred", folds=20),
}
_BLOCKS = {
    "blocked_at": Column("Blocked"),
    "blocked_until": Column("Until"),
    "blocked_by": Column("By", rank=2),
    "reason": Column("Reason", folds=20),
    "unblocked_at": Column("Unblocked", rank=1),
    "unblocked_by": Column("Unblocked by", rank=3),
}
_RATES = {
    "call_id": Column("Call"),
    "load_id": Column("Load"),
    "lane": Column("Lane", folds=24, rank=1),
    "rate": Column("Rate"),
    "call_start_time": Column("Call started", rank=2),
}


def print_carriers(found: "Sequence[ListedCarrier]", form: Format) -> None:
    """Print a list of carriers."""
    rows = [contract.data(carrier, contract.LISTED_CARRIER) for carrier in found]
    printing.rows(rows, contract.LISTED_CARRIER, form, _LIST)
    if not found:
        printing.say("No carriers.")


def print_carrier(card: "CarrierCard", form: Format) -> None:
    """Print one carrier: for a person its last rates and its blocks stand in tables of their own."""
    blocks = [contract.data(block, contract.BLOCK) for block in card.blocks]
    rates = [contract.data(rate, contract.LAST_RATE) for rate in card.last_rates]
    if form is not Format.TABLE:
        concession = card.concession and contract.data(card.concession, contract.CARRIER_PAST)
        more = {"blocks": blocks, "last_rates": rates, "concession": concession}
        printing.record(contract.data(card, contract.CARRIER) | more, form)
        return
    printing.fields(_for_a_person(card))
    for rate, row in zip(card.last_rates, rates, strict=True):
        row["lane"] = (
            f"{rate.origin or ''} to {rate.destination or ''}" if rate.origin or rate.destination else ""
        )
    printing.rows(rates, contract.LAST_RATE, Format.TABLE, _RATES)
    printing.rows(blocks, contract.BLOCK, Format.TABLE, _BLOCKS)


def _for_a_person(card: "CarrierCard") -> list[tuple[str, object]]:
    past = card.concession
    usual = (
        past
        and f"{dollars(past.under_first_ask)} under its first ask, or more, in half of {past.deals} deals"
    )
    return [
        ("Carrier", card.mc_number),
        ("DOT", card.dot_number),
        ("Company", card.company_name),
        ("Barred", card.barred),
        ("Status", card.status),
        ("Phone", card.phone),
        ("Email", card.email),
        ("Address", card.address),
        ("Verified", card.is_verified),
        ("Calls", card.calls),
        ("Deals", card.deals),
        ("Fell through", card.fell_through or None),
        ("Latest call", card.latest_call),
        ("Settles at", usual),
        ("Created", card.created_at),
        ("Updated", card.updated_at),
    ]
