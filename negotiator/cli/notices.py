"""What an operator should know beside an answer, in the words of the command line."""

from decimal import Decimal

from negotiator.negotiation.models import Answer
from negotiator.output import printing
from negotiator.values.money import dollars, from_file
from negotiator.values.text import quoted


def say_amount(answer: Answer, where: str = "") -> None:
    """Say what an ask for each mile comes to."""
    if answer.per_mile is not None and answer.load is not None:
        miles, amount = from_file(answer.load.miles) or Decimal(0), dollars(answer.carrier_offer)
        printing.say(f"Note: {where}{answer.per_mile.strip()} for {miles.normalize():,f} miles is {amount}.")


def say_better(answer: Answer, where: str = "") -> None:
    """Say who asks less than what was accepted."""
    if answer.better_offer is not None:
        from negotiator.output.carriers.offers import whose

        printing.say(f"Note: {where}{whose(answer.better_offer)}, which is lower.")


def unknown_status(carrier: str | None, status: str) -> str:
    """Return a warning of a carrier's status that a person has to read."""
    return f"Warning: the status of carrier {carrier} is {quoted(status)}, a word not known here."


def say_notices(answer: Answer, *, line: int | None = None) -> None:
    """Say what an operator should know; ``line`` is the number of an ask's line among many."""
    where = "" if line is None else f"line {line}: "
    say_amount(answer, where)
    if answer.warning:
        printing.say(f"Warning: {where}{answer.warning}.")
    if answer.unknown_status is not None:
        carrier = None if answer.call is None else answer.call.carrier_mc_number
        printing.say(f"{where}{unknown_status(carrier, answer.unknown_status)}")
    for session_id in answer.open_sessions[:1]:
        option = f"--session {session_id}" if line is None else f'"session_id": "{session_id}"'
        printing.say(f"Note: {where}this call has an open session; {option} goes on with it.")
    say_better(answer, where)
    for heard in answer.heard:
        printing.say(
            f"Note: {where}on call {heard.call_id} this carrier was offered {dollars(heard.counter)} "
            "for the load; that does not bind here."
        )
