"""From a ruling to an answer: the figures around it and the words to say to the carrier."""

from decimal import Decimal

from negotiator.models import Answer, Case
from negotiator.money import dollars
from negotiator.policy import Decision, Policy, Ruling

TRANSFER_WORDS = "I can't go that high myself. Let me hand you to a colleague who can decide."


def answer_from(case: Case, session_id: str | None, ask: Decimal, ruling: Ruling, policy: Policy) -> Answer:
    """Return the answer to an ask of US dollars, as the policy ruled."""
    goes_on = ruling.decision is Decision.COUNTER
    number = case.thread.next_round_number
    return Answer(
        call_id=case.call.id,
        session_id=session_id,
        round_number=number,
        rounds_left=policy.rounds - number if goes_on else 0,
        carrier_offer=ask,
        decision=ruling.decision,
        amount=ruling.amount,
        accepted=ruling.decision is Decision.ACCEPTED,
        should_transfer=not goes_on,
        message=_words(ruling),
        case=case,
        ruling=ruling,
        policy=policy,
    )


def _words(ruling: Ruling) -> str:
    """Return the words to say to the carrier; the ceiling is never among them."""
    if ruling.amount is None:
        return TRANSFER_WORDS
    if ruling.decision is Decision.ACCEPTED:
        return f"We have a deal at {dollars(ruling.amount)}. Let me hand you to a colleague to book the load."
    return f"We can do {dollars(ruling.amount)} on this load. Does that work for you?"
