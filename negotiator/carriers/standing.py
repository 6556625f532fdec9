"""Whether a carrier may be used now: what the desk has blocked, and what its status says."""

from datetime import datetime
from sqlite3 import Connection
from typing import NamedTuple

from negotiator.errors import CarrierRefusedError, Remedy
from negotiator.storage.database import LoadsFile
from negotiator.storage.statements import CARRIER_OF_DOT, CARRIER_STANDING
from negotiator.values.cells import text_from, word_from
from negotiator.values.mc_number import DOT, carrier_from
from negotiator.values.text import quoted
from negotiator.values.timestamps import format_second, parse_stored


class Standing(NamedTuple):
    """How a carrier stands with the desk at a moment.

    ``why_not`` says what forbids to use it, None if nothing does. ``unknown_status`` is a status whose word
    is not known: it forbids nothing, and a person should read it.
    """

    is_known: bool
    why_not: str | None = None
    unknown_status: str | None = None

    @property
    def may_haul(self) -> bool:
        """Whether nothing forbids to use it."""
        return self.why_not is None


_ANYBODY = Standing(is_known=False)


def standing(file: LoadsFile, mc_number: object, now: datetime) -> Standing:
    """Return how a carrier stands, by its MC number, or its DOT number, however it is spelled.

    One that has no number is not known, and may haul. Raises UnusableFileError, BusyError.
    """
    with file.read() as db:
        return standing_of(db, mc_number, now)


def standing_of(db: Connection, mc_number: object, now: datetime) -> Standing:
    """Return the same inside a transaction: an ask has one already."""
    carrier = known_carrier(db, carrier_from(mc_number))
    if carrier is None:
        return _ANYBODY
    rows = db.execute(CARRIER_STANDING, [carrier] * 4).fetchall()
    if not rows:
        return _ANYBODY
    statuses = [text_from(status) for _, status, _, is_block in rows if not is_block]
    forbidding, unknown = _read(statuses)
    why_not = next(
        (_blocked(reason, until) for reason, _, until, is_block in rows if is_block and _lasts(until, now)),
        None if forbidding is None else f"its status is {quoted(forbidding)}",
    )
    return Standing(bool(statuses), why_not, unknown)


def refuse_barred(standing: Standing, mc_number: str | None) -> None:
    """Raise CarrierRefusedError for a carrier that must not be used."""
    if standing.why_not is not None:
        raise CarrierRefusedError(
            f"carrier {mc_number} must not be used: {standing.why_not}",
            "offer the load to another carrier",
            remedy=Remedy.ALLOW_CARRIER,
        )


def known_carrier(db: Connection, carrier: str | None) -> str | None:
    """Return what tells a carrier from others: its digits where only its DOT number is given, if known."""
    if carrier is None or not carrier.startswith(DOT):
        return carrier
    row = db.execute(CARRIER_OF_DOT, [carrier.removeprefix(DOT)]).fetchone()
    return carrier if row is None else str(row[0])


def _read(statuses: list[str | None]) -> tuple[str | None, str | None]:
    """Return a status that forbids hauling, and one whose word is not known; None for none."""
    unusual = [status for status in statuses if status is not None and word_from(status) != "active"]
    if not unusual:
        return None, None
    from negotiator.carriers.status import StatusMeaning, meaning_of_status  # noqa: PLC0415 - few need it

    said = {meaning_of_status(status): status for status in reversed(unusual)}
    return said.get(StatusMeaning.FORBIDS), said.get(StatusMeaning.UNKNOWN)


def _blocked(reason: object, until: object) -> str:
    moment = parse_stored(until)
    when = "" if moment is None else f" until {format_second(moment)}"
    return f"it is blocked{when}: {text_from(reason) or 'no reason is on record'}"


def _lasts(until: object, now: datetime) -> bool:
    """Return whether a block still holds; one whose end cannot be read does."""
    moment = parse_stored(until)
    return moment is None or moment > now
