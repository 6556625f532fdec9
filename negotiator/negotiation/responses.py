"""From a ruling to an answer: the figures around it and the words to say to the carrier."""

from decimal import Decimal

from negotiator.negotiation.models import Answer, Case
from negotiator.policy.decide import Decision, Policy, Ruling
from negotiator.values.money import dollars

TRANSFER_WORDS = "I can't go that high myself. Let me hand you to a colleague who can decide."


def answer_from(
    case: Case,
    *,
    session_id: str | None,
    round_number: int,
    ask: Decimal,
    decision: Decision,
    amount: Decimal | None,
    policy: Policy,
    ruling: Ruling | None,
) -> Answer:
    """Return the answer to an ask of US dollars: as the policy ruled, or (without a ruling) as is on record.

    How many rounds are left isn't on record, and follows from the policy.
    """
    goes_on = decision is Decision.COUNTER
    return Answer(
        call_id=case.call.id,
        session_id=session_id,
        round_number=round_number,
        rounds_left=max(policy.rounds - round_number, 0) if goes_on else 0,
        carrier_offer=ask,
        decision=decision,
        amount=amount,
        accepted=decision is Decision.ACCEPTED,
        should_transfer=not goes_on,
        message=_words(decision, amount),
        case=case,
        ruling=ruling,
        policy=policy,
    )


def _words(decision: Decision, amount: Decimal | None) -> str:
    """Return the words to say to the carrier; the ceiling is never among them."""
    if amount is None:
        return TRANSFER_WORDS
    if decision is Decision.ACCEPTED:
        return f"We have a deal at {dollars(amount)}. Let me hand you to a colleague to book the load."
    return f"We can do {dollars(amount)} on this load. Does that work for you?"
