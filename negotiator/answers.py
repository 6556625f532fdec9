"""From a ruling to an answer: the figures around it and the words to say to the carrier."""

from decimal import Decimal

from negotiator.models import Answer, Case, Round
from negotiator.money import dollars
from negotiator.policy import Decision, Policy, Ruling

TRANSFER_WORDS = "I can't go that high myself. Let me hand you to a colleague who can decide."


def answer_from(
    case: Case, *, session_id: str | None, round_number: int, ask: Decimal, ruling: Ruling, policy: Policy
) -> Answer:
    """Return the answer to an ask of US dollars, as the policy ruled."""
    return Answer(
        call_id=case.call.id,
        session_id=session_id,
        round_number=round_number,
        rounds_left=policy.rounds - round_number if ruling.decision is Decision.COUNTER else 0,
        carrier_offer=ask,
        decision=ruling.decision,
        amount=ruling.amount,
        accepted=ruling.decision is Decision.ACCEPTED,
        should_transfer=ruling.decision is not Decision.COUNTER,
        message=_words(ruling.decision, ruling.amount),
        case=case,
        ruling=ruling,
        policy=policy,
    )


def recorded_answer(case: Case, found: Round, ask: Decimal, decision: Decision, policy: Policy) -> Answer:
    """Return the answer that a round records; how many rounds are left isn't, and follows from the policy."""
    amount = ask if decision is Decision.ACCEPTED else found.counter
    number = found.round_number or 0
    return Answer(
        call_id=case.call.id,
        session_id=found.session_id,
        round_number=number,
        rounds_left=max(policy.rounds - number, 0) if decision is Decision.COUNTER else 0,
        carrier_offer=ask,
        decision=decision,
        amount=amount,
        accepted=decision is Decision.ACCEPTED,
        should_transfer=decision is not Decision.COUNTER,
        message=_words(decision, amount),
        case=case,
        ruling=None,
        policy=policy,
    )


def _words(decision: Decision, amount: Decimal | None) -> str:
    """Return the words to say to the carrier; the ceiling is never among them."""
    if amount is None:
        return TRANSFER_WORDS
    if decision is Decision.ACCEPTED:
        return f"We have a deal at {dollars(amount)}. Let me hand you to a colleague to book the load."
    return f"We can do {dollars(amount)} on this load. Does that work for you?"
