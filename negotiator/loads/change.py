"""One load changed: values of its columns, and its ceiling."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from negotiator.loads.board import load_detail
from negotiator.loads.ceilings import keep_ceiling, refuse_low_ceiling
from negotiator.loads.cells import Stored, parse_values, refuse_backwards, whole_rate
from negotiator.loads.columns import BESIDE, RATES
from negotiator.loads.models import LoadDetail, Moment
from negotiator.storage.database import LoadsFile
from negotiator.storage.load_ids import known_load_id
from negotiator.values.timestamps import format_stored


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
    Raises InvalidLoadsError, LoadNotFoundError, UnusableFileError, BusyError; then nothing was changed.
    """
    values = parse_values(given, zone)
    with file.write() as db:
        name = known_load_id(db, load_id)
        before = load_detail(file, name)
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
        columns = [column for column in values if column not in BESIDE]
        if columns:
            changes = ", ".join(f"{column} = :{column}" for column in columns)
            db.execute(
                f"UPDATE main.loads SET {changes}, updated_at = :now WHERE load_id = :name",
                {**values, "now": format_stored(now), "name": name},
            )
        return load_detail(file, name)


def _stored(moment: Moment) -> Stored | None:
    return format_stored(moment) if isinstance(moment, datetime) else moment
