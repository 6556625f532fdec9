"""At the phone: the asks of one negotiation are typed one by one, and each answer is shown at once."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from negotiator.cli import hints
from negotiator.cli.notices import say_amount, say_better, say_notices
from negotiator.cli.usage import UsageError
from negotiator.errors import InvalidAmountError, OutlierError
from negotiator.negotiation.models import Answer
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.output.rounds import notice_facts, on_record, print_answer, situation
from negotiator.output.streams import is_terminal
from negotiator.values.money import dollars

if TYPE_CHECKING:
    from negotiator.reports.lane import Past

LEAST_ASK = "0.01"
"""US dollars. What refuses even this ask, an outlier allowed and in a dry run, refuses every ask."""
_ALLOWED = "!"  # after an amount: it is meant, however far from the posted rate

Answering = Callable[[str, bool], Answer]
"""Answers an ask (text) and records it; the second argument allows an outlier."""


def require_phone(form: Format, *, dry_run: bool, request_id: str | None) -> None:
    """Raise UsageError unless asks can be typed one by one: at a terminal, in table form, on record."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise UsageError("missing argument 'ASK'", "`negotiator negotiate --help` shows how it is used")
    if form is not Format.TABLE:
        raise UsageError(f"--format {form} needs an ASK", "give the ASK; one by one, asks get tables")
    if request_id is not None:
        raise UsageError("--request-id needs an ASK", "it names one ask; one by one, leave it out")
    if dry_run:
        raise UsageError("--dry-run needs an ASK", "give the ASK; one by one, asks are recorded")


def take_asks(first: Answer, answering: Answering, past: "Past | None" = None, *, explain: bool) -> None:
    """Ask for the carrier's asks and answer each, until the thread closes or an empty line is typed.

    ``first`` is a dry answer to any ask: what is shown before the first one comes from it, and from what is
    on record of the lane and the carrier. Raises what
    ``answering`` raises, except InvalidAmountError and OutlierError: those are said, and asked for again.
    """
    _prepare_editing()
    offered = f"{dollars(first.ruling.standing_counter)} (offered already)" if first.ruling else ""
    printing.fields([*situation(first), ("Standing", offered), *on_record(past)])
    say_notices(notice_facts(first))
    printing.say("Type each ask; an empty line leaves. With a ! after it, no slip is suspected.")
    round_number = first.round_number
    while typed := _typed(f"Ask {round_number}: "):
        try:
            answer = answering(typed.removesuffix(_ALLOWED).rstrip(), typed.endswith(_ALLOWED))
        except InvalidAmountError as problem:
            hints.print_error(problem, as_json=False)
        except OutlierError as problem:
            hint = f"check it; if it is right, type {typed}{_ALLOWED} instead"
            hints.print_error(OutlierError(problem.message, hint), as_json=False)
        else:
            print_answer(answer, Format.TABLE, explain=explain, dry_run=False)
            say_amount(notice_facts(answer))
            say_better(notice_facts(answer))
            if answer.should_transfer:
                break
            round_number = answer.round_number + 1


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
