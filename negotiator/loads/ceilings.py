"""The ceiling of a load, which stands beside the table of loads: other programs would not understand it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from sqlite3 import Connection

from negotiator.errors import InvalidLoadsError, Remedy, SchemaError
from negotiator.records.faults import MOST_FAULTS
from negotiator.storage.sql import rate_of
from negotiator.values.money import dollars, rate_from_file
from negotiator.values.timestamps import format_stored

_FIND = "SELECT ceiling FROM main.load_facts WHERE load_id = ?"
_KEEP = """
    INSERT INTO main.load_facts (load_id, ceiling, changed_by, changed_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (load_id) DO UPDATE
       SET ceiling = excluded.ceiling, changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""
_FORGET = "DELETE FROM main.load_facts WHERE load_id = ?"

# The rest is about many loads, which stand in `staged.incoming` (`negotiator.loads.importing.staging`).
LOAD_IS_NEW = "NOT EXISTS (SELECT 1 FROM main.loads WHERE load_id = new.load_id)"
_HELD = f"(SELECT {rate_of('ceiling')} FROM main.load_facts AS facts WHERE facts.load_id = new.load_id)"
IS_ANOTHER = f"new.ceiling IS NOT NULL AND new.ceiling IS NOT {_HELD}"
"""SQL for whether a load of the file has another ceiling than the one that is held."""
# The ceiling that each load is given, and the posted rate that it will have.
_TERMS = f"""
    SELECT new.place, new.load_id,
           coalesce(new.ceiling, CASE WHEN old.load_id IS NULL THEN :ceiling END) AS ceiling,
           coalesce(new.loadboard_rate, {rate_of("old.loadboard_rate")}, :loadboard_rate) AS rate,
           CASE WHEN old.load_id IS NOT NULL THEN {_HELD} END AS held
      FROM staged.incoming AS new LEFT JOIN main.loads AS old USING (load_id)
     WHERE old.load_id IS NULL OR :update
"""
_LOW_IN_FILE = f"""
    SELECT place, ceiling, rate FROM ({_TERMS})
     WHERE typeof(ceiling) = 'real' AND typeof(rate) = 'real' AND ceiling < rate
     ORDER BY place LIMIT {MOST_FAULTS}
"""
_LOW_IN_TABLE = f"""
    SELECT load_id FROM ({_TERMS})
     WHERE ceiling IS NULL AND typeof(rate) = 'real' AND held < rate ORDER BY place
"""
_FORGET_EARLIER = f"""
    DELETE FROM main.load_facts
     WHERE load_id IN (SELECT load_id FROM staged.incoming AS new WHERE {LOAD_IS_NEW})
"""
_KEEP_ALL = """
    INSERT INTO main.load_facts (load_id, ceiling, changed_by, changed_at)
    SELECT new.load_id, {ceiling}, :by, :now FROM staged.incoming AS new WHERE {condition}
    ON CONFLICT (load_id) DO UPDATE
       SET ceiling = excluded.ceiling, changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""


def ceiling_of(db: Connection, load_id: str) -> Decimal | None:
    """Return a load's own ceiling, US dollars, None for none."""
    row = db.execute(_FIND, [load_id]).fetchone()
    return None if row is None else rate_from_file(row[0])


def keep_ceiling(
    db: Connection, load_id: str, ceiling: float | None, *, by: str | None, now: datetime
) -> None:
    """Set a load's ceiling (US dollars), or take it away. Raises SchemaError when that was not kept."""
    db.execute(_KEEP, [load_id, ceiling, by, format_stored(now)])
    if ceiling_of(db, load_id) != rate_from_file(ceiling):  # a trigger may change what is written
        raise SchemaError(
            f"the ceiling of load {load_id} was not written as it should be, so nothing was",
            "look for a trigger that changes what is written",
            remedy=Remedy.FIND_TRIGGER,
        )


def forget_facts(db: Connection, load_id: str) -> None:
    """Forget what was kept of an earlier load that had the ID of a new one."""
    db.execute(_FORGET, [load_id])


def refuse_low_ceiling(ceiling: object, posted_rate: object) -> None:
    """Raise InvalidLoadsError for a ceiling below the posted rate, as the file stores them; None is none."""
    most, posted = rate_from_file(ceiling), rate_from_file(posted_rate)
    if most is not None and posted is not None and most < posted:
        raise low_ceiling(most, posted)


def low_ceiling(ceiling: Decimal, posted_rate: Decimal) -> InvalidLoadsError:
    """Return the error for a ceiling below the posted rate, US dollars."""
    return InvalidLoadsError(
        f"ceiling: {dollars(ceiling)} is below the posted rate of {dollars(posted_rate)}",
        "give a ceiling of at least the posted rate",
    )


def low_in_file(
    db: Connection, defaults: Mapping[str, object], *, update: bool
) -> Iterator[tuple[int, InvalidLoadsError]]:
    """Give the places of loads in the file whose ceiling would be below their posted rate, and the error."""
    for place, ceiling, rate in db.execute(_LOW_IN_FILE, _terms(defaults, update=update)).fetchall():
        yield place, low_ceiling(Decimal(str(ceiling)), Decimal(str(rate)))


def low_in_table(db: Connection, defaults: Mapping[str, object], *, update: bool) -> list[str]:
    """Return the loads whose posted rate the file raises above the ceiling that they have."""
    return [name for (name,) in db.execute(_LOW_IN_TABLE, _terms(defaults, update=update)).fetchall()]


def keep_all(
    db: Connection, defaults: Mapping[str, object], *, by: str | None, now: str, update: bool
) -> None:
    """Keep the ceilings of new loads, which are not in the table yet; with ``update`` those of others too."""
    values = {"by": by, "now": now, "ceiling": defaults.get("ceiling")}
    db.execute(_FORGET_EARLIER)
    of_new = "coalesce(new.ceiling, :ceiling)"
    db.execute(_KEEP_ALL.format(ceiling=of_new, condition=f"{LOAD_IS_NEW} AND {of_new} IS NOT NULL"), values)
    if update:
        changed = f"NOT ({LOAD_IS_NEW}) AND {IS_ANOTHER}"
        db.execute(_KEEP_ALL.format(ceiling="new.ceiling", condition=changed), values)


def _terms(defaults: Mapping[str, object], *, update: bool) -> dict[str, object]:
    return {"update": update} | {name: defaults.get(name) for name in ("ceiling", "loadboard_rate")}
