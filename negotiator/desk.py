"""What a desk keeps around its negotiations, for Python: calls, sessions, loads, reports.

Each method loads what it needs when it is called: who only negotiates pays for none of it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Self

from negotiator.storage.database import LoadsFile, make_durable
from negotiator.storage.sqlite_errors import sqlite_errors
from negotiator.values import timestamps

if TYPE_CHECKING:
    from negotiator.carriers.models import (
        Blocked,
        CarrierDetail,
        CarrierFilter,
        ImportedCarriers,
        ListedCarrier,
        Unblocked,
    )
    from negotiator.conversations.models import (
        CallDetail,
        CallFilter,
        ListedCall,
        Session,
        SessionFilter,
        StartedCall,
    )
    from negotiator.conversations.states import CallOutcome, LossReason, Sentiment
    from negotiator.loads.change import Cancelled
    from negotiator.loads.filters import LoadFilter
    from negotiator.loads.importing.importer import Imported
    from negotiator.loads.models import ListedLoad, LoadDetail
    from negotiator.negotiation.offers.models import Offer
    from negotiator.policy.inquiry import AppliedPolicy
    from negotiator.policy.store import Version
    from negotiator.reports.carrier_card import CarrierCard
    from negotiator.reports.lane import LanePast
    from negotiator.reports.report import Report
    from negotiator.reports.todo import Todo


class Desk:
    """One open file, and the calls, sessions, loads and reports in it."""

    def __init__(
        self, db: Connection, path: Path, *, clock: Callable[[], datetime] = timestamps.utc_now
    ) -> None:
        """Work on an open database; ``path`` names it in errors, ``clock`` gives aware datetimes.

        The connection is set to survive a power cut. Raises UnusableFileError, BusyError.
        """
        with sqlite_errors(path):
            make_durable(db)
        self._file = LoadsFile(db, path)
        self._clock = clock

    @classmethod
    @contextmanager
    def open(
        cls, path: str | Path = "loads.db", *, clock: Callable[[], datetime] = timestamps.utc_now
    ) -> Iterator[Self]:
        """Open a file for the length of a ``with`` block.

        Raises FileMissingError, UnusableFileError and its kinds, MigrationsPendingError.
        """
        with LoadsFile.open(Path(path)) as file:
            yield cls(file.connection, file.path, clock=clock)

    def start_session(
        self,
        call_id: int | str | None = None,
        *,
        expires_in: timedelta | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Start a session, on a call if one is given, and return its ID.

        Raises InvalidCallIDError, InvalidMetadataError, CallNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import sessions

        return sessions.start_session(
            self._file, now=self._clock(), call_id=call_id, expires_in=expires_in, metadata=metadata
        )

    def show_session(self, session_id: str) -> "Session":
        """Return where a session stands.

        Raises InvalidSessionIDError, SessionNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import sessions

        return sessions.show_session(self._file, session_id, now=self._clock())

    def list_sessions(self, wanted: "SessionFilter | None" = None, *, limit: int = 50) -> "list[Session]":
        """Return sessions, those without a round first, then the latest first; ``limit`` 0 is all.

        Raises InvalidCarrierError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import models, sessions

        return sessions.list_sessions(
            self._file, wanted or models.SessionFilter(), now=self._clock(), limit=limit
        )

    def close_session(
        self, session_id: str, reason: str | None = None, *, reason_lost: "LossReason | None" = None
    ) -> None:
        """Close a session that is active: it takes no further ask.

        Raises InvalidSessionIDError, InvalidNotesError, SessionNotFoundError, SessionEndedError,
        UnusableFileError, BusyError.
        """
        from negotiator.conversations import session_changes

        session_changes.close_session(
            self._file, session_id, now=self._clock(), reason=reason, reason_lost=reason_lost
        )

    def reopen_session(self, session_id: str) -> None:
        """Let a session that was closed by mistake, or that has expired, take asks again.

        Raises InvalidSessionIDError, SessionNotFoundError, SessionEndedError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import session_changes

        session_changes.reopen_session(self._file, session_id, now=self._clock())

    def set_session_expiry(self, session_id: str, expires_in: timedelta | None) -> None:
        """Let a session take asks for a length of time from now; None is without end.

        Raises InvalidSessionIDError, InvalidTimeError, SessionNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import session_changes

        session_changes.set_expiry(self._file, session_id, expires_in, now=self._clock())

    def note_session(self, session_id: str, note: str) -> None:
        """Put a note after those of a session.

        Raises InvalidSessionIDError, InvalidNotesError, SessionNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import session_changes

        session_changes.note_session(self._file, session_id, note, now=self._clock())

    def set_session_metadata(self, session_id: str, metadata: Mapping[str, str]) -> None:
        """Set keys of a session's metadata; an empty value takes its key away, the others stay.

        Raises InvalidSessionIDError, SessionNotFoundError, InvalidMetadataError, UnusableFileError,
        BusyError.
        """
        from negotiator.conversations import session_changes

        session_changes.set_metadata(self._file, session_id, metadata, now=self._clock())

    def todo(self, *, ahead: timedelta = timedelta(days=1), limit: int = 50) -> "list[Todo]":
        """Return whom to ring: by pick-up, the earliest first, then by posted rate, the dearest first.

        ``ahead`` is how soon a session that expires, or a load that picks up, is urgent; ``limit`` 0 is all.
        Raises UnusableFileError, BusyError.
        """
        from negotiator.reports.todo import todo

        return todo(self._file, now=self._clock(), ahead=ahead, limit=limit)

    def start_call(
        self, load_id: str, carrier: str, *, company: str | None = None, allow_carrier: str | None = None
    ) -> "StartedCall":
        """Record that a carrier (an MC number, however it is spelled) is on the phone about a load.

        ``allow_carrier`` is why one that must not be used may be used this time.
        Raises InvalidCarrierError, InvalidTextError, LoadNotFoundError, CarrierRefusedError,
        UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls

        return calls.start_call(
            self._file,
            load_id=load_id,
            carrier=carrier,
            company=company,
            allow_carrier=allow_carrier,
            now=self._clock(),
        )

    def end_call(
        self,
        call_id: int | str,
        outcome: "CallOutcome",
        *,
        sentiment: "Sentiment | None" = None,
        notes: str | None = None,
        reason_lost: "LossReason | None" = None,
        by: str | None = None,
    ) -> "CallDetail":
        """Record how a call ended, when, and how long it took.

        Raises InvalidCallIDError, InvalidNotesError, CallNotFoundError, CallEndedError, UnusableFileError,
        BusyError.
        """
        from negotiator.conversations import calls

        return calls.end_call(
            self._file,
            call_id,
            outcome=outcome,
            sentiment=sentiment,
            notes=notes,
            reason_lost=reason_lost,
            by=by,
            now=self._clock(),
        )

    def note_call(self, call_id: int | str, note: str) -> "CallDetail":
        """Put a note after those of a call, whether it has ended or not.

        Raises InvalidCallIDError, InvalidNotesError, CallNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls

        return calls.note_call(self._file, call_id, note)

    def list_calls(self, wanted: "CallFilter | None" = None, *, limit: int = 50) -> "list[ListedCall]":
        """Return calls, the latest first; ``limit`` 0 is all.

        Raises InvalidCarrierError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls, models

        return calls.list_calls(self._file, wanted or models.CallFilter(), limit=limit)

    def show_call(self, call_id: int | str) -> "CallDetail":
        """Return a call with its company, notes and transcript.

        Raises InvalidCallIDError, CallNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.conversations import calls

        return calls.show_call(self._file, call_id)

    def add_load(self, given: Mapping[str, object], *, zone: tzinfo | None = UTC) -> "LoadDetail":
        """Add a load, available, from values by column, and return it as `show_load` does.

        Times that name no zone are local in ``zone``, None is the machine's own.
        Raises InvalidLoadsError, LoadExistsError, UnusableFileError, BusyError.
        """
        from negotiator.loads import board

        return board.add_load(self._file, given, now=self._clock(), zone=zone)

    def set_load(
        self,
        load_id: str,
        given: Mapping[str, object],
        *,
        zone: tzinfo | None = UTC,
        by: str | None = None,
    ) -> "LoadDetail":
        """Change the columns of a load that are given, its ``ceiling`` (US dollars, None for none) too.

        ``by`` is who changes the ceiling. Raises InvalidLoadsError, LoadNotFoundError, UnusableFileError,
        BusyError.
        """
        from negotiator.loads import change

        return change.set_load(self._file, load_id, given, now=self._clock(), zone=zone, by=by)

    def list_loads(self, wanted: "LoadFilter | None" = None) -> "list[ListedLoad]":
        """Return the loads that are wanted, in the order that is asked for; equals by ID.

        Raises UnusableFileError, BusyError.
        """
        from negotiator.loads import board, filters

        return board.list_loads(self._file, wanted or filters.LoadFilter())

    def show_load(self, load_id: str) -> "LoadDetail":
        """Return a load with its calls, the lowest ask so far (US dollars), and who booked it.

        Raises LoadNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.loads import board

        return board.show_load(self._file, load_id, now=self._clock())

    def load_offers(self, load_id: str) -> "list[Offer]":
        """Return every carrier's last ask for a load (US dollars), the cheapest first.

        Raises UnusableFileError, BusyError.
        """
        from negotiator.negotiation.offers import board

        return board.load_offers(self._file, load_id, now=self._clock())

    def cancel_load(self, load_id: str, reason: str, *, by: str | None = None) -> "Cancelled":
        """Take a load off the board; an agreement on it stays on record. ``by`` is who cancels it.

        Raises InvalidNotesError, LoadNotFoundError, LoadTakenError, UnusableFileError, BusyError.
        """
        from negotiator.loads import change

        return change.cancel_load(self._file, load_id, reason, now=self._clock(), by=by)

    def list_carriers(self, wanted: "CarrierFilter | None" = None) -> "list[ListedCarrier]":
        """Return the carriers that are wanted, by number. Raises UnusableFileError, BusyError."""
        from negotiator.carriers import directory, models

        return directory.list_carriers(self._file, wanted or models.CarrierFilter(), now=self._clock())

    def show_carrier(self, carrier: str) -> "CarrierCard":
        """Return a carrier with its record, by its MC number or its DOT number, however it is spelled.

        Raises InvalidCarrierError, CarrierNotFoundError, UnusableFileError, BusyError.
        """
        from negotiator.reports import carrier_card

        return carrier_card.show_carrier(self._file, carrier, now=self._clock())

    def set_carrier(
        self, carrier: str, given: Mapping[str, str | bool], *, by: str | None = None
    ) -> "CarrierDetail":
        """Change columns of a carrier, and its ``dot_number``; a blank text takes a value away.

        Raises InvalidCarrierError, InvalidCarriersError, InvalidTextError, CarrierNotFoundError,
        UnusableFileError, BusyError.
        """
        from negotiator.carriers import directory

        return directory.set_carrier(self._file, carrier, given, now=self._clock(), by=by)

    def block_carrier(
        self, carrier: str, reason: str, *, until: datetime | None = None, by: str | None = None
    ) -> "Blocked":
        """Use a carrier no more, until a time if one is given.

        Raises InvalidCarrierError, InvalidNotesError, InvalidTimeError, UnusableFileError, BusyError.
        """
        from negotiator.carriers import blocks

        return blocks.block_carrier(self._file, carrier, reason, until=until, now=self._clock(), by=by)

    def unblock_carrier(self, carrier: str, *, by: str | None = None) -> "Unblocked":
        """Use a carrier again; its blocks stay on record.

        Raises InvalidCarrierError, CarrierNotBlockedError, UnusableFileError, BusyError.
        """
        from negotiator.carriers import blocks

        return blocks.unblock_carrier(self._file, carrier, now=self._clock(), by=by)

    def import_carriers(
        self, source: Path, *, mapping: Mapping[str, str] | None = None, by: str | None = None
    ) -> "ImportedCarriers":
        """Take what a vetting service says of carriers, all of them or none.

        Raises FileMissingError for the source, InvalidCarriersError, UnusableFileError, BusyError.
        """
        from negotiator.carriers import importing

        return importing.import_carriers(self._file, source, now=self._clock(), mapping=mapping or {}, by=by)

    def lane_past(self, origin: str, destination: str, equipment: str | None = None) -> "LanePast":
        """Return what is on record of a lane, from a place to a place: each a city, a state, or both.

        Of fewer than five negotiations nothing is told. Raises InvalidPlaceError, UnusableFileError,
        BusyError.
        """
        from negotiator.reports import lane
        from negotiator.values.places import parse_place

        for place in (origin, destination):
            parse_place(place)
        return lane.lane_past(self._file, origin, destination, equipment)

    def import_loads(
        self,
        source: Path,
        *,
        update: bool = False,
        ignore_unknown: bool = False,
        mapping: Mapping[str, str] | None = None,
        defaults: Mapping[str, str] | None = None,
        zone: tzinfo | None = UTC,
    ) -> "Imported":
        """Add the loads of a CSV or JSON file, all of them or none.

        Loads that are there already are left alone, or with ``update`` take the values that are not blank.
        ``mapping`` says what headings stand for, ``defaults`` what new loads have in a column that is blank.
        Times that name no zone are local in ``zone``, None is the machine's own.
        Raises FileMissingError for the source, InvalidLoadsError, UnusableFileError, BusyError.
        """
        from negotiator.loads.importing import importer

        return importer.import_loads(
            self._file,
            source,
            now=self._clock(),
            update=update,
            ignore_unknown=ignore_unknown,
            mapping=mapping or {},
            defaults=defaults or {},
            zone=zone,
        )

    def policy_history(self) -> "list[Version]":
        """Return all versions of the policy, the latest first. Raises UnusableFileError, BusyError."""
        from negotiator.policy import store

        return store.policy_history(self._file)

    def apply_policy(
        self, document: Mapping[str, object], *, by: str, reason: str | None = None
    ) -> "Version":
        """Make a document the policy: a dictionary as TOML or JSON makes it.

        ``by`` is who does it. What changes nothing makes no version.
        Raises InvalidPolicyError with all that is wrong, InvalidTextError, UnusableFileError, BusyError.
        """
        from negotiator.policy import parsing, store

        parsed = parsing.parse_document(document)
        return store.apply_policy(self._file, parsed, by=by, reason=reason, now=self._clock()).version

    def revert_policy(self, version: int, *, by: str, reason: str | None = None) -> "Version":
        """Make the document of an earlier version the policy again; 0 is none.

        Raises PolicyNotFoundError, InvalidPolicyError, InvalidTextError, UnusableFileError, BusyError.
        """
        from negotiator.policy import store

        return store.revert_policy(self._file, version, by=by, reason=reason, now=self._clock()).version

    def policy_for_call(self, call_id: int | str) -> "AppliedPolicy":
        """Return the policy that an ask on this call meets: the rule that wins and why, and the ceiling.

        Raises InvalidCallIDError, CallNotFoundError, LoadNotFoundError, InvalidPolicyError,
        UnusablePolicyError, UnusableFileError, BusyError.
        """
        from negotiator.policy import inquiry, terms

        source = terms.PolicySource.from_environment(os.environ)
        return inquiry.policy_for_call(self._file, source, call_id, now=self._clock())

    def report(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        by: str | None = None,
        ceiling_percent: float = 10,
    ) -> "Report":
        """Return the desk's figures of a span of time, None for no end.

        ``by`` cuts them by lane, equipment, carrier, day, week, hour, round, outcome, reason or policy.
        ``ceiling_percent`` stands in for the ceiling of rounds that recorded none. Raises UnusableFileError,
        BusyError.
        """
        from negotiator.reports import report, span

        return report.report(
            self._file,
            span=span.Span(since, until),
            now=self._clock(),
            ceiling_percent=ceiling_percent,
            by=by,
        )
