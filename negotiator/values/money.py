"""US dollars: from what a person types, from what a program passes, from what the file holds."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from negotiator.errors import InvalidAmountError

CENT = Decimal("0.01")
MAXIMUM = Decimal(10_000_000)
_CONTEXT = Context()  # ours, whatever the caller's is
_LONGEST = 20  # characters: well past the maximum, and short of what Decimal would refuse
_TYPED = re.compile(r"\$?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", re.ASCII)


def parse_amount(value: str | float | Decimal) -> Decimal:
    """Return an amount of US dollars, exact to the cent, above zero and at most 10 million.

    Text may be ``2300``, ``2,300`` or ``$2,300.50``. Floats are taken to the nearest cent, because
    ``2300.10`` has no exact float; text and Decimal with a fraction of a cent are refused.
    Raises InvalidAmountError for anything else, ``nan`` and ``inf`` included.
    """
    amount = _to_decimal(value)
    if amount is None or not 0 < amount <= MAXIMUM:
        shown = repr(value) if isinstance(value, str | float) else f"this {type(value).__name__}"
        shown = str(value) if isinstance(value, Decimal) else shown
        raise InvalidAmountError(
            f"{shown[:40]} is not an amount",
            "give US dollars above zero, at most 10,000,000 and 2 decimals, as in 2300, 2,300 or $2,300.50",
        )
    return amount


def _to_decimal(value: object) -> Decimal | None:
    """Return the value as dollars and cents, None when it isn't a number of them."""
    if isinstance(value, str):
        if not _TYPED.fullmatch(value):
            return None
        return (
            Decimal(value.lstrip("$").replace(",", "")).quantize(CENT, context=_CONTEXT)
            if len(value) < _LONGEST
            else None
        )
    if isinstance(value, float):
        return from_file(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int) and not 0 < value <= MAXIMUM:
        return None  # and don't spell out what may have thousands of digits
    cents = from_file(value)
    return cents if cents == value else None


def from_file(value: object) -> Decimal | None:
    """Return a number that the file holds, to the nearest cent; None for NULL and for what is no amount."""
    if not isinstance(value, int | float | Decimal):
        return None
    try:
        amount = Decimal(str(value)).quantize(CENT, ROUND_HALF_UP, _CONTEXT)
    except InvalidOperation:  # infinite, or more digits than any rate has
        return None
    return amount if amount.is_finite() else None


def dollars(amount: Decimal) -> str:
    """Return the amount as it is said to a carrier: ``$2,135.00``."""
    return f"${amount:,.2f}"
