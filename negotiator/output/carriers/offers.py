"""How carriers' offers for a load are printed, whichever command asks for it."""

from typing import TYPE_CHECKING

from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.values.money import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from negotiator.negotiation.offers.models import Offer

_COLUMNS = {
    "carrier_mc_number": Column("Carrier"),
    "company_name": Column("Company", folds=12, rank=3),
    "last_ask": Column("Last ask"),
    "standing_counter": Column("Our counter", rank=1),
    "status": Column("Status", folds=11),
    "phone": Column("Phone"),
    "barred": Column("Barred", folds=16, rank=2),
    "call_id": Column("Call"),
    "latest": Column("Latest", rank=4),
    "session_id": Column("Session", rank=5),
}


def print_offers(offers: "Sequence[Offer]", form: Format) -> None:
    """Print what carriers ask for a load, the cheapest first."""
    printing.rows([offer_data(offer) for offer in offers], contract.OFFER, form, _COLUMNS)
    if not offers:
        printing.say("No offers.")


def print_offer_table(offers: "Sequence[Offer]") -> None:
    """Print the same for a person, below something else."""
    printing.rows([offer_data(offer) for offer in offers], contract.OFFER, Format.TABLE, _COLUMNS)


def offer_data(offer: "Offer") -> dict[str, object]:
    """Return an offer as programs read it."""
    return contract.data(offer, contract.OFFER)


def whose(offer: "Offer") -> str:
    """Return who offers what, and how to ring: `MC123456 (Blue Mesa, 555-0100) asks $1,900, call 3`."""
    known = ", ".join(text for text in (offer.company_name, offer.phone) if text)
    who = offer.carrier_mc_number or "an unknown carrier"
    return f"{who}{f' ({known})' if known else ''} asks {dollars(offer.last_ask)}, call {offer.call_id}"
