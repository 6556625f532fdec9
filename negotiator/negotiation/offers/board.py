"""Who asks how much for a load: every carrier's last ask, the cheapest first, and who is next best."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, assert_never

from negotiator.carriers.standing import standing_of
from negotiator.errors import LoadNotFoundError, Remedy
from negotiator.negotiation.offers.models import Offer, OfferStatus
from negotiator.negotiation.repository import Repository
from negotiator.negotiation.thread import Commitments, Round, agreements, standing_rounds, without_withdrawn
from negotiator.policy.decide import Decision
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.storage.statements import OFFER_CALLS, OFFER_SESSIONS
from negotiator.values.cells import text_from, word_from
from negotiator.values.mc_number import carrier_from
from negotiator.values.recorded import FELL_THROUGH, REOPENED

_WALKED_AWAY = frozenset(("rejected", "abandoned"))


class _Call(NamedTuple):
    """A call about the load, and whose it is."""

    id: int
    carrier_mc_number: str | None
    outcome: str | None
    company_name: str | None
    phone: str | None


def load_offers(file: LoadsFile, load_id: str, *, now: datetime) -> list[Offer]:
    """Return every carrier's last ask for a load, the cheapest first.

    The ID may be typed in another case. Raises LoadNotFoundError, UnusableFileError, BusyError.
    """
    with file.read() as db:
        name = known_load_id(db, load_id)
        found = offers_on(file, name)
        if not found and Repository(file).load(name) is None:
            raise LoadNotFoundError(
                f"there is no load {load_id!r} in {str(file.path)!r}",
                "check the load's ID",
                remedy=Remedy.LIST_LOADS,
            )
        return [_judged(file, offer, now) for offer in found]


def better_offer(
    file: LoadsFile, load_id: str, carrier: object, ask: Decimal, *, now: datetime
) -> Offer | None:
    """Return the lowest open ask of another carrier that may be used, if it is below this one."""
    found = _others(file, load_id, carrier, now)
    return next((offer for offer in found if offer.status is OfferStatus.OPEN and offer.last_ask < ask), None)


def next_best(file: LoadsFile, load_id: str, carrier: object, *, now: datetime) -> Offer | None:
    """Return the lowest ask of another carrier that may be used and could still be taken up."""
    return next((offer for offer in _others(file, load_id, carrier, now) if _may_be_rung(offer.status)), None)


def offers_on(file: LoadsFile, load_id: str) -> list[Offer]:
    """Return the same as `load_offers` inside a transaction, without looking whether carriers may be used."""
    db = file.connection
    calls = {
        row[0]: _Call(row[0], *map(text_from, row[1:]))
        for row in db.execute(OFFER_CALLS, [load_id]).fetchall()
    }
    closed = {str(session_id) for (session_id,) in db.execute(OFFER_SESSIONS, [load_id]).fetchall()}
    by_carrier: dict[object, list[Round]] = {}
    for row in Repository(file).load_rounds(load_id):
        call = calls[row.call_id or 0]
        by_carrier.setdefault(_key(call), []).append(row)
    found = (_offer(rows, calls, closed, load_id) for rows in by_carrier.values())
    return sorted(
        (offer for offer in found if offer is not None), key=lambda offer: (offer.last_ask, offer.call_id)
    )


def _others(file: LoadsFile, load_id: str, carrier: object, now: datetime) -> Iterator[Offer]:
    """Give the offers of other carriers that may be used."""
    ours = carrier_from(carrier)
    for offer in offers_on(file, load_id):
        if ours is None or carrier_from(offer.carrier_mc_number) != ours:
            judged = _judged(file, offer, now)
            if judged.barred is None:
                yield judged


def _judged(file: LoadsFile, offer: Offer, now: datetime) -> Offer:
    return offer._replace(barred=standing_of(file.connection, offer.carrier_mc_number, now).why_not)


def _may_be_rung(status: OfferStatus) -> bool:
    match status:
        case OfferStatus.OPEN | OfferStatus.HANDED_OVER | OfferStatus.ENDED:
            return True
        case OfferStatus.ACCEPTED | OfferStatus.FELL_THROUGH | OfferStatus.REOPENED:
            return False
        case _:
            assert_never(status)


def _key(call: _Call) -> object:
    """Return what tells whose call it is; one without a number is somebody of its own."""
    return carrier_from(call.carrier_mc_number) or call.id


def _offer(rows: Iterable[Round], calls: Mapping[int, _Call], closed: set[str], load_id: str) -> Offer | None:
    """Return the offer that the rows of a carrier make, oldest first; None for one that never asked."""
    left = without_withdrawn(rows)
    taken_back = {row.key: row.takes_back for row in left if row.takes_back}
    asked = [row for row in standing_rounds(left) if row.carrier_offer is not None]
    if not asked:
        return None
    agreed = agreements(left)
    meant = [row for row in asked if row in agreed or taken_back.get(row.key) != REOPENED]
    last = (meant or asked)[-1]
    call = calls[last.call_id or 0]
    around = [row for row in left if row.call_id == last.call_id or (row.session_id or "") == last.session_id]
    status = (
        OfferStatus.ACCEPTED
        if last in agreed
        else _status(last, taken_back.get(last.key), is_over=_is_over(call, last, closed))
    )
    return Offer(
        carrier_mc_number=call.carrier_mc_number,
        company_name=call.company_name,
        phone=call.phone,
        last_ask=last.carrier_offer or Decimal(0),
        standing_counter=Commitments.of(around, load_id).highest_counter,
        status=status,
        latest=last.timestamp,
        call_id=call.id,
        session_id=last.session_id,
        barred=None,
    )


def _is_over(call: _Call, last: Round, closed: set[str]) -> bool:
    return word_from(call.outcome) in _WALKED_AWAY or last.session_id in closed


def _status(last: Round, taken_back: str | None, *, is_over: bool) -> OfferStatus:
    """Return what became of an ask that is not agreed."""
    if taken_back == FELL_THROUGH:
        return OfferStatus.FELL_THROUGH
    if taken_back == REOPENED:
        return OfferStatus.REOPENED
    if last.decision is Decision.TRANSFER:
        return OfferStatus.HANDED_OVER
    return OfferStatus.ENDED if is_over else OfferStatus.OPEN
