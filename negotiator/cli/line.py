"""The call that is on the phone: its asks answered one at a time, and what is done between two."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiator.cli import options
from negotiator.negotiation.models import Answer, Ask
from negotiator.values.timestamps import utc_now

if TYPE_CHECKING:
    from datetime import timedelta

    from negotiator.negotiation.undo import Withdrawn
    from negotiator.reports.lane import Past
    from negotiator.storage.database import LoadsFile


class Line:
    """The call that is on the phone. The file is opened anew for each ask: nothing is held between two."""

    def __init__(
        self,
        db: Path,
        call_id: str,
        session: str | None,
        *,
        given: dict[str, Any],
        notes: str | None,
        expires_in: "timedelta | None",
        tells_past: bool,
    ) -> None:
        """Be ready for asks that have these options; a session that begins takes asks for ``expires_in``."""
        from negotiator.policy.terms import PolicySource

        self.past: Past | None = None
        self._db, self._call_id, self._session, self._given = db, call_id, session, given
        self._notes, self._expires_in, self._tells_past = notes, expires_in, tells_past
        self._source = PolicySource.from_environment(os.environ)

    def try_out(self, ask: str) -> Answer:
        """Return the answer to an ask that nobody made, however far from the posted rate it is."""
        return self._ask(ask, self._notes, allow_outlier=True, record=False)

    def answer_one(self, ask: str, *, record: bool) -> Answer:
        """Return the answer to the one ask that was given."""
        return self._ask(ask, self._notes, record=record)

    def answer(self, ask: str, *, is_meant: bool, note: str | None) -> Answer:
        """Answer one ask of several, and record it with a note of its own."""
        notes = "\n".join(filter(None, [self._notes, note])) or None
        return self._ask(ask, notes, allow_outlier=is_meant or bool(self._given["allow_outlier"]))

    def undo(self, reason: str) -> "Withdrawn":
        """Take back the last round of the call, or of its session."""
        from negotiator.negotiation.undo import undo_round
        from negotiator.storage.database import LoadsFile

        with LoadsFile.open(self._db) as file:
            return undo_round(file, self._call_id, reason, self._session)

    def note(self, text: str) -> None:
        """Keep a note of the call."""
        from negotiator.conversations.calls import note_call
        from negotiator.storage.database import LoadsFile

        with LoadsFile.open(self._db) as file:
            note_call(file, self._call_id, text)

    def _ask(self, ask: str, notes: str | None, *, record: bool = True, **changed: bool) -> Answer:
        from negotiator.negotiation.ask import answer_ask, parse_ask
        from negotiator.storage.database import LoadsFile

        with LoadsFile.open(self._db) as file:
            self._session = options.session_of(file, self._session, self._call_id)
            given = parse_ask(self._call_id, ask, self._session, notes=notes, **self._given | changed)
            if record and self._expires_in is not None:
                answer = self._begin(file, given, self._expires_in)
            else:
                answer = answer_ask(file, given, self._source, record=record)
            if self._tells_past and self.past is None:
                self.past = _past(file, answer)
            return answer

    def _begin(self, file: "LoadsFile", ask: Ask, expires_in: "timedelta") -> Answer:
        """Answer the first ask of a session that takes others for a while only, in one transaction."""
        from negotiator.conversations.session_changes import set_expiry
        from negotiator.negotiation.ask import answer_ask

        with file.one_transaction():
            answer = answer_ask(file, ask, self._source)
            set_expiry(file, str(ask.session_id), expires_in, now=utc_now())
        self._expires_in = None
        return answer


def _past(file: "LoadsFile", answer: Answer) -> "Past":
    """Return what the file has on record of the load's lane and of the carrier: it decides nothing."""
    from negotiator.reports.lane import past_of

    return past_of(file, answer.load, answer.call and answer.call.carrier_mc_number)
