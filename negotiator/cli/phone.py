"""At the phone: the asks of one negotiation are typed one by one, and each answer is shown at once."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from negotiator.cli import hints
from negotiator.cli.notices import say_amount, say_better, say_notices
from negotiator.cli.usage import UsageError
from negotiator.errors import BadInputError, ConflictError, InvalidAmountError, OutlierError
from negotiator.negotiation.models import Answer
from negotiator.output import printing
from negotiator.output.desk import phone as shown
from negotiator.output.formats import Format
from negotiator.output.rounds import notice_facts, print_answer
from negotiator.output.streams import is_terminal
from negotiator.values.ids import parse_call_id
from negotiator.values.money import parse_amount

if TYPE_CHECKING:
    from negotiator.conversations.open_calls import OpenCall
    from negotiator.negotiation.undo import Withdrawn
    from negotiator.reports.lane import Past

LEAST_ASK = "0.01"
"""US dollars. What refuses even this ask, an outlier allowed and in a dry run, refuses every ask."""
HELP = """\
3150                     an ask: US dollars, or 2.35/mi
3150 wants fuel paid     an ask, and a note to keep with it
6000!                    an ask that is far from the posted rate, and meant
undo [WHY]               takes back the last round
note TEXT                keeps a note of the call
ceiling                  shows the most to pay; never say it
lane                     shows what the lane and the carrier have cost
?                        shows this
An empty line leaves; what was said stays on record."""
_ALLOWED = "!"  # after an amount: it is meant, however far from the posted rate
_UNDONE = "taken back at the phone"


class Line(Protocol):
    """What can be done on the call that is on the phone. Each raises what its command does."""

    def answer(self, ask: str, *, is_meant: bool, note: str | None) -> Answer:
        """Answer an ask and record the round; ``is_meant`` allows an outlier."""

    def undo(self, reason: str) -> "Withdrawn":
        """Take back the last round."""

    def note(self, text: str) -> None:
        """Keep a note of the call."""


def require_phone(form: Format, *, dry_run: bool, request_id: str | None, missing: str = "ASK") -> None:
    """Raise UsageError unless asks can be typed one by one: at a terminal, in table form, on record."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise UsageError(
            f"missing argument '{missing}'", "`negotiator negotiate --help` shows how it is used"
        )
    if form is not Format.TABLE:
        raise UsageError(f"--format {form} needs an ASK", "give the ASK; one by one, asks get tables")
    if request_id is not None:
        raise UsageError("--request-id needs an ASK", "it names one ask; one by one, leave it out")
    if dry_run:
        raise UsageError("--dry-run needs an ASK", "give the ASK; one by one, asks are recorded")


def choose_call(calls: "list[OpenCall]") -> str | None:
    """Show the calls that could go on, and return the one that is typed, None for an empty line."""
    _prepare_editing()
    if calls:
        shown.print_open_calls(calls)
    else:
        printing.say("No call is open. Type the number of another, or leave.")
    while typed := _typed("Call: "):
        try:
            return str(parse_call_id(typed))
        except BadInputError as problem:
            hints.print_error(problem, as_json=False)
    return None


def take_asks(first: Answer, line: Line, past: "Past | None" = None, *, explain: bool) -> None:
    """Ask for the carrier's asks and answer each, until the thread closes or an empty line is typed.

    ``first`` is a dry answer to any ask: what is shown before the first one comes from it, and from what is
    on record of the lane and the carrier. Raises what the ``line`` raises, except what is wrong with what was
    typed: that is said, and asked for again.
    """
    _prepare_editing()
    shown.print_heading(first, past)
    say_notices(notice_facts(first))
    printing.say("Type each ask; ? shows what else. An empty line leaves.")
    talk = _Talk(first, line, past, explain=explain)
    while not talk.is_over and (typed := _typed(f"Ask {talk.round_number}: ")):
        talk.take(typed)


class _Talk:
    """A talk as far as it has come: its last answer, and the number of the next round."""

    def __init__(self, first: Answer, line: Line, past: "Past | None", *, explain: bool) -> None:
        self.round_number = first.round_number
        self.is_over = False
        self._last = first
        self._line = line
        self._past = past
        self._explain = explain

    def take(self, typed: str) -> None:
        """Do what was typed; say what is wrong with it."""
        try:
            self._do(typed)
        except OutlierError as problem:
            ask = _parts(typed)
            note = f" {ask.note}" if ask.note else ""
            hint = f"check it; if it is right, type {ask.amount}{_ALLOWED}{note} instead"
            hints.print_error(OutlierError(problem.message, hint), as_json=False)
        except BadInputError as problem:
            hints.print_error(_worded(problem), as_json=False)

    def _do(self, typed: str) -> None:
        word, _, rest = typed.partition(" ")
        match word.lower():
            case "?" | "help":
                _say_help()
            case "undo":
                self._undo(rest.strip())
            case "note":
                self._line.note(rest.strip())
                printing.say("Noted.")
            case "ceiling":
                shown.print_ceiling(self._last)
            case "lane":
                shown.print_past(self._past)
            case _:
                self._answer(_parts(typed))

    def _answer(self, ask: "_Ask") -> None:
        answer = self._line.answer(ask.amount, is_meant=ask.is_meant, note=ask.note)
        if self._explain:
            print_answer(answer, Format.TABLE, explain=True, dry_run=False)
        else:
            shown.print_short(answer)
        say_amount(notice_facts(answer))
        say_better(notice_facts(answer))
        self._last, self.is_over = answer, answer.should_transfer
        self.round_number = answer.round_number + 1

    def _undo(self, reason: str) -> None:
        try:
            shown.print_withdrawn(self._line.undo(reason or _UNDONE))
        except ConflictError as problem:  # there is nothing to take back, or it cannot be: the talk goes on
            hints.print_error(problem, as_json=False)


class _Ask(NamedTuple):
    """What was typed for an ask."""

    amount: str
    is_meant: bool
    note: str | None


def _parts(typed: str) -> _Ask:
    """Return what an ask says: an amount, ``!`` if it is meant, and a note that begins with a letter.

    The amount is the longest beginning that is one: in ``2.35 per mile wants fuel`` the note is the last two
    words.
    """
    words = typed.split()
    for count in range(len(words), 0, -1):
        text, note = " ".join(words[:count]), " ".join(words[count:])
        amount = text.removesuffix(_ALLOWED).rstrip()
        if _is_amount(amount) and (not note or note[0].isalpha()):
            return _Ask(amount, text.endswith(_ALLOWED), note or None)
    return _Ask(typed.removesuffix(_ALLOWED).rstrip(), is_meant=False, note=None)


def _is_amount(text: str) -> bool:
    try:
        parse_amount(text, miles=1)
    except InvalidAmountError:
        return False
    return True


def _worded(problem: BadInputError) -> BadInputError:
    """Return an error for what is no amount with a hint at what else can be typed."""
    if isinstance(problem, InvalidAmountError):
        return InvalidAmountError(problem.message, f"{problem.hint}; ? shows what else can be typed")
    return problem


def _say_help() -> None:
    for line in HELP.splitlines():
        printing.say(line)


def _prepare_editing() -> None:
    """Let a line be edited, and let no byte that is no text end the conversation."""
    with suppress(ImportError):  # not every Python has it; asks can be typed without
        import readline  # noqa: F401 - input() edits lines once it is there
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="backslashreplace")


def _typed(prompt: str) -> str:
    """Return what is typed, nothing at the end of input. Raises KeyboardInterrupt."""
    try:
        return input(prompt).strip()
    except EOFError:
        printing.say("")  # whatever comes next begins a line of its own
        return ""
    except KeyboardInterrupt:
        printing.say("")
        raise
