"""One load changed: values of its columns, its ceiling, and whether it is to be had at all."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from negotiator.errors import LoadTakenError, Remedy
from negotiator.loads.board import load_detail
from negotiator.loads.cancelling import CANCELLED, keep_cancellation
from negotiator.loads.ceilings import keep_ceiling, refuse_low_ceiling
from negotiator.loads.cells import Stored, parse_values, refuse_backwards, whole_rate
from negotiator.loads.columns import BESIDE, RATES
from negotiator.loads.filters import LoadStatus
from negotiator.loads.models import Booking, LoadDetail, Moment
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.storage.statements import FORGET_CANCELLATION
from negotiator.values.people import require_person
from negotiator.values.text import require_reason
from negotiator.values.timestamps import format_second, format_stored


def set_load(
    file: LoadsFile,
    load_id: str,
    given: Mapping[str, object],
    *,
    now: datetime,
    zone: tzinfo | None = UTC,
    by: str | None = None,
) -> LoadDetail:
    """Change the columns of a load that are given, and return it as `show_load` does.

    A blank text takes a value away that a load need not have; ``ceiling`` None does. Times that name no zone
    are local in ``zone``, None is the machine's own. ``by`` is who changes the ceiling.
    A status that is given takes a cancellation away.
    Raises InvalidLoadsError, LoadNotFoundError, LoadTakenError for a load that cannot be available because a
    rate is agreed, UnusableFileError, BusyError; then nothing was changed.
    """
    values = parse_values(given, zone)
    with file.write() as db:
        name = known_load_id(db, load_id)
        before = load_detail(file, name, now)
        miles = values.get("miles", before.miles)
        for column in RATES:
            if column in values:
                values[column] = whole_rate(column, values[column], None if miles is None else float(miles))
        if values.keys() & {"pickup_datetime", "delivery_datetime"}:
            pickup = values.get("pickup_datetime") or _stored(before.pickup_datetime)
            delivery = values.get("delivery_datetime") or _stored(before.delivery_datetime)
            refuse_backwards(pickup, delivery, zone)
        if "ceiling" in values:
            refuse_low_ceiling(values["ceiling"], values.get("loadboard_rate", before.loadboard_rate))
            ceiling = values["ceiling"]
            keep_ceiling(db, name, None if ceiling is None else float(ceiling), by=by, now=now)
        if "status" in values:
            if values["status"] == LoadStatus.AVAILABLE and before.booked_by is not None:
                raise LoadTakenError(
                    f"a rate is agreed for load {name}, on call {before.booked_by.call_id}",
                    "take the agreement back first",
                    remedy=Remedy.REOPEN_CALL,
                    call_id=before.booked_by.call_id,
                )
            db.execute(FORGET_CANCELLATION, [name])
        columns = [column for column in values if column not in BESIDE]
        if columns:
            changes = ", ".join(f"{column} = :{column}" for column in columns)
            db.execute(
                f"UPDATE main.loads SET {changes}, updated_at = :now WHERE load_id = :name",
                {**values, "now": format_stored(now), "name": name},
            )
        return load_detail(file, name, now)


class Cancelled(NamedTuple):
    """What cancelling a load did. The fields are its JSON keys; ``booked_by`` had the load."""

    load_id: str
    load_status: str
    cancelled_at: datetime
    cancelled_by: str | None
    reason: str
    booked_by: Booking | None


def cancel_load(
    file: LoadsFile, load_id: str, reason: str, *, now: datetime, by: str | None = None
) -> Cancelled:
    """Take a load off the board: nobody is negotiated with about it any more.

    An agreement on it stays on record. ``by`` is who cancels it. Raises InvalidTextError, LoadNotFoundError,
    LoadTakenError for one that was delivered or cancelled already, UnusableFileError, BusyError; then nothing
    was changed.
    """
    require_reason(reason)
    if by is not None:
        require_person(by)
    with file.write() as db:
        before = load_detail(file, known_load_id(db, load_id), now)
        if before.cancelled_at is not None:
            when = format_second(before.cancelled_at)
            raise LoadTakenError(f"load {before.load_id} was cancelled at {when}", "there is nothing to do")
        if before.status == LoadStatus.COMPLETED:
            raise LoadTakenError(f"load {before.load_id} is completed", "check the load's ID")
        keep_cancellation(db, before.load_id, reason, by=by, now=now)
    return Cancelled(before.load_id, CANCELLED.value, now, by, reason, before.booked_by)


def _stored(moment: Moment) -> Stored | None:
    return format_stored(moment) if isinstance(moment, datetime) else moment
