"""What an operator should know beside an answer, in the words of the command line."""

from collections.abc import Mapping
from typing import Any

from negotiator.output import printing
from negotiator.values.text import quoted

Facts = Mapping[str, Any]
"""What `negotiator.output.rounds.notice_facts` returns."""


def say_amount(facts: Facts, where: str = "") -> None:
    """Say what an ask for each mile comes to."""
    if facts["per_mile"] is not None:
        mile, miles = facts["per_mile"].strip(), facts["miles"]
        printing.say(f"Note: {where}{mile} for {miles} miles is {facts['ask']}.")


def say_better(facts: Facts, where: str = "") -> None:
    """Say who asks less than what was accepted."""
    if facts["better_offer"] is not None:
        printing.say(f"Note: {where}{facts['better_offer']}, which is lower.")


def unknown_status(carrier: str | None, status: str) -> str:
    """Return a warning of a carrier's status that a person has to read."""
    return f"Warning: the status of carrier {carrier} is {quoted(status)}, a word not known here."


def say_notices(facts: Facts, *, line: int | None = None) -> None:
    """Say what an operator should know; ``line`` is the number of an ask's line among many."""
    where = "" if line is None else f"line {line}: "
    say_amount(facts, where)
    if facts["warning"]:
        printing.say(f"Warning: {where}{facts['warning']}.")
    if facts["unknown_status"] is not None:
        printing.say(f"{where}{unknown_status(facts['carrier'], facts['unknown_status'])}")
    if (session_id := facts["open_session"]) is not None:
        option = f"--session {session_id}" if line is None else f'"session_id": "{session_id}"'
        printing.say(f"Note: {where}this call has an open session; {option} goes on with it.")
    say_better(facts, where)
    for call_id, counter in facts["heard"]:
        printing.say(
            f"Note: {where}on call {call_id} this carrier was offered {counter} "
            "for the load; that does not bind here."
        )
