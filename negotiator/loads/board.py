"""The use cases of the load board: add one, list them, show one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from negotiator.errors import LoadExistsError, LoadNotFoundError, Remedy
from negotiator.loads.cancelling import cancellation
from negotiator.loads.ceilings import ceiling_of, forget_facts, keep_ceiling
from negotiator.loads.filters import LoadFilter
from negotiator.loads.listing import listing
from negotiator.loads.models import Booking, CallAboutLoad, ListedLoad, LoadDetail, Moment
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.storage.schema import columns_of
from negotiator.storage.views import round_facts
from negotiator.values import timestamps
from negotiator.values.cells import finite_number, text_from, word_from
from negotiator.values.money import from_file

if TYPE_CHECKING:
    from negotiator.negotiation.offers.models import Offer

_LISTED = ListedLoad._fields
_CALLS = """
    SELECT id, carrier_mc_number, outcome, negotiation_rounds, final_rate_agreed
      FROM main.calls WHERE load_id = ? ORDER BY id
"""
_ITS_ROUNDS = round_facts("{row}.call_id IN (SELECT id FROM main.calls WHERE load_id = :load_id)")
_BEST_ASK = f"SELECT min(ask) FROM ({_ITS_ROUNDS})"


def add_load(
    file: LoadsFile,
    given: Mapping[str, object],
    *,
    now: datetime,
    zone: tzinfo | None = UTC,
    by: str | None = None,
) -> LoadDetail:
    """Add a load, available, from values by column, and return it as `show_load` does.

    Times that name no zone are local in ``zone``, None is the machine's own. ``by`` is who gives the ceiling.
    Raises InvalidLoadsError, LoadExistsError, UnusableFileError, BusyError.
    """
    from negotiator.loads.cells import parse_load  # noqa: PLC0415 - lists read no values that people wrote

    load = parse_load(given, zone)
    load["created_at"] = load["updated_at"] = timestamps.format_stored(now)
    name, ceiling = str(load["load_id"]), load.pop("ceiling")
    with file.write() as db:
        if db.execute("SELECT 1 FROM main.loads WHERE load_id = ?", [name]).fetchone():
            raise LoadExistsError(
                f"load {name} is in {str(file.path)!r} already",
                "give another ID, or change the load",
                remedy=Remedy.UPDATE_LOADS,
            )
        db.execute(
            f"INSERT INTO main.loads ({', '.join(load)}) VALUES ({', '.join('?' * len(load))})",
            list(load.values()),
        )
        forget_facts(db, name)
        if ceiling is not None:
            keep_ceiling(db, name, float(ceiling), by=by, now=now)
        return load_detail(file, name, now)


def list_loads(file: LoadsFile, wanted: LoadFilter) -> list[ListedLoad]:
    """Return the loads that are wanted, in the order that is asked for; equals by ID.

    Raises UnusableFileError, BusyError.
    """
    sql, values = listing(wanted)
    with file.read() as db:
        rows = db.execute(sql, values).fetchall()
    return [ListedLoad(**readable(_LISTED, row)) for row in rows]


def show_load(file: LoadsFile, load_id: str, *, now: datetime | None = None) -> LoadDetail:
    """Return a load with its calls and offers, the lowest ask so far, and who booked it.

    The ID may be typed in another case. Raises LoadNotFoundError, UnusableFileError, BusyError.
    """
    with file.read() as db:
        return load_detail(file, known_load_id(db, load_id), now or timestamps.utc_now())


def load_detail(file: LoadsFile, load_id: str, now: datetime) -> LoadDetail:
    """Return the load with exactly this ID. Raises LoadNotFoundError."""
    db, columns = file.connection, columns_of("loads")
    row = db.execute(f"SELECT {', '.join(columns)} FROM main.loads WHERE load_id = ?", [load_id]).fetchone()
    if row is None:
        raise LoadNotFoundError(
            f"there is no load {load_id!r} in {str(file.path)!r}",
            "check the load's ID",
            remedy=Remedy.LIST_LOADS,
        )
    calls = tuple(_call(*found) for found in db.execute(_CALLS, [load_id]).fetchall())
    best = db.execute(_BEST_ASK, {"load_id": load_id}).fetchone()[0]
    return LoadDetail(
        **readable(columns, row),
        ceiling=ceiling_of(db, load_id),
        calls=calls,
        best_ask=from_file(best),
        booked_by=_booking(calls),
        offers=() if best is None else _offers(file, load_id, now),
        **cancellation(db, load_id, row[columns.index("status")]),
    )


def _offers(file: LoadsFile, load_id: str, now: datetime) -> "tuple[Offer, ...]":
    from negotiator.negotiation.offers.board import load_offers  # noqa: PLC0415 - most loads have no ask yet

    return tuple(load_offers(file, load_id, now=now))


def _call(number: int, carrier: object, outcome: object, rounds: object, agreed: object) -> CallAboutLoad:
    return CallAboutLoad(
        id=number,
        carrier_mc_number=text_from(carrier),
        outcome=word_from(outcome),
        negotiation_rounds=finite_number(rounds),
        final_rate_agreed=from_file(agreed),
    )


def _booking(calls: Sequence[CallAboutLoad]) -> Booking | None:
    """Return who has the load: the carrier of the last call with an agreement, if any."""
    for call in reversed(calls):
        if call.final_rate_agreed is not None and call.final_rate_agreed > 0:
            return Booking(call.id, call.carrier_mc_number, call.final_rate_agreed)
    return None


def _moment(value: object) -> Moment:
    """Return the moment, or as it stands what can't be read as one."""
    return timestamps.parse_stored(value) or text_from(value)


_READ: dict[str, Callable[[object], object]] = {
    **dict.fromkeys(("pickup_datetime", "delivery_datetime", "created_at", "updated_at"), _moment),
    **dict.fromkeys(("weight", "num_of_pieces", "miles"), finite_number),
    "loadboard_rate": from_file,
    "status": word_from,
}


def readable(columns: Sequence[str], row: Sequence[object]) -> dict[str, Any]:
    """Return what a row holds, by column, whatever spelling amounts and times have."""
    return {column: _READ.get(column, text_from)(value) for column, value in zip(columns, row, strict=True)}
