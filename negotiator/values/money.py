"""US dollars: from what a person types, from what a program passes, from what the file holds.

How the file's amounts are read in SQL stands in `negotiator.storage.sql`.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

from negotiator.errors import InvalidAmountError
from negotiator.values.cells import WHITE_SPACE
from negotiator.values.text import quoted

CENT = Decimal("0.01")
MAXIMUM = Decimal(10_000_000)
HALF_A_CENT = 0.500001
"""In cents, with the little that a float of cents may lack."""
_CONTEXT = Context()  # ours, whatever the caller's is
_LONGEST = 40  # characters: well past the maximum, and short of what Decimal would refuse
_LARGEST = 1e12  # the floats of cents are exact up to there, and far beyond any rate
_MOST_DIGITS = 12
_STORED = re.compile(r"\$?(\d[\d,]*)(?:\.(\d+))?", re.ASCII)
_TYPED = re.compile(
    r"(?:USD *)?(?:\$ *)?(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<thousands> *K)?(?: *USD)?"
    r"(?P<per_mile> *(?:/|PER\b) *(?:MI|MILE)\b\.?)?",
    re.ASCII | re.IGNORECASE,
)
_NOISE = Decimal("0.000001")  # dollars: what a program's floats may add to an amount or take from it


def parse_amount(value: str | float | Decimal, *, miles: float | None = None) -> Decimal:
    """Return an amount of US dollars, exact to the cent, above zero and at most 10 million.

    Text may be ``2300``, ``2,300``, ``$2,300.50``, ``2.3k`` or ``2300 USD``. Where the ``miles`` are known it
    may be ``2.35/mi``, which is taken to the nearest cent. Floats are taken to the nearest cent too, because
    ``2300.10`` has no exact float; text and Decimal only if they differ from it as floats do, as in
    ``2300.2999999999997``. A fraction of a cent is refused.
    Raises InvalidAmountError for anything else, ``nan`` and ``inf`` included.
    """
    amount = _typed(value, miles) if isinstance(value, str) else _to_decimal(value)
    if amount is None or not 0 < amount <= MAXIMUM:
        raise InvalidAmountError(
            f"{quoted(value)} is not an amount",
            "give US dollars above zero, at most 10,000,000 and 2 decimals, as in 2300, 2,300 or $2,300.50",
        )
    return amount


def is_per_mile(text: str) -> bool:
    """Return whether a text is an amount for each mile, such as ``2.35/mi``."""
    match = _TYPED.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    return match is not None and match["per_mile"] is not None


def _typed(text: str, miles: float | None) -> Decimal | None:
    """Return the dollars and cents that a text names, None when it names no number of them."""
    match = _TYPED.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    number = Decimal(match["number"].replace(",", ""))
    if match["thousands"]:
        number = _CONTEXT.multiply(number, 1000)
    if not match["per_mile"]:
        return _to_decimal(number)
    if miles is None:
        raise InvalidAmountError(
            f"{quoted(text)} is an amount for each mile, and the miles are not known",
            "give the miles, or the amount for the whole load",
        )
    return from_file(_CONTEXT.multiply(number, Decimal(str(miles))))


def _to_decimal(value: object) -> Decimal | None:
    """Return a number as dollars and cents, None when it isn't one of them."""
    if isinstance(value, float):
        return from_file(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int) and not 0 < value <= MAXIMUM:
        return None  # and don't spell out what may have thousands of digits
    cents = from_file(value)
    return cents if cents is not None and -_NOISE < _CONTEXT.subtract(cents, value) < _NOISE else None


def from_file(value: object) -> Decimal | None:
    """Return a number that the file holds as US dollars, to the nearest cent; None for what is no number.

    Text is read if it is a plain number: ``1150.0``, ``1,150`` or ``$1,150.00``.
    """
    if isinstance(value, Decimal):
        return _to_the_cent(value)
    if isinstance(value, str):
        cents = _cents_in(value.strip(WHITE_SPACE))
    else:
        cents = _cents_of(value) if isinstance(value, int | float) else None
    return None if cents is None else Decimal(f"{cents}e-2")  # as text: exact, whatever the context


def rate_from_file(value: object) -> Decimal | None:
    """Return an amount that can be asked or paid: one cent to 10 million US dollars; None for others."""
    return _rate_in_float(value) if isinstance(value, float) else _rate(from_file(value))


@lru_cache(maxsize=4096)
def _rate_in_float(value: float) -> Decimal | None:
    """Do that for what nearly all rates are stored as: there are few, and each ask reads several."""
    return _rate(from_file(value))


def rate_in_text(text: str) -> Decimal | None:
    """Do the same for a text that has no blanks around it."""
    cents = _cents_in(text)
    return None if cents is None else _rate(Decimal(f"{cents}e-2"))


def _rate(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and CENT <= amount <= MAXIMUM else None


def _to_the_cent(number: Decimal) -> Decimal | None:
    try:
        amount = number.quantize(CENT, ROUND_HALF_UP, _CONTEXT)
    except InvalidOperation:  # infinite, or more digits than any rate has
        return None
    return amount if amount.is_finite() else None


def _cents_of(number: float) -> int | None:
    """Return a number as whole cents, half a cent up; None for what is no amount."""
    if not abs(number) <= _LARGEST:  # nan is not, either
        return None
    cents = int(abs(number) * 100 + HALF_A_CENT)
    return -cents if number < 0 else cents


def _cents_in(text: str) -> int | None:
    """Do the same for a text, by its digits."""
    match = _STORED.fullmatch(text)
    if match is None:
        return None
    whole, fraction = match[1].replace(",", "").lstrip("0") or "0", (match[2] or "") + "000"
    if len(whole) > _MOST_DIGITS or ("," in match[1] and f"{int(whole):,}" != match[1]):
        return None
    return int(whole) * 100 + int(fraction[:2]) + (fraction[2] >= "5")


def dollars(amount: Decimal) -> str:
    """Return the amount as it is said to a carrier: ``$2,135.00``."""
    return f"${amount:,.2f}"


def dollars_and_per_mile(amount: Decimal, miles: object) -> str:
    """Return the amount with what it is for each mile, where the miles that a file holds are known.

    ``$2,135.00 ($2.35/mi)``; else the amount alone.
    """
    distance = from_file(miles)
    each = _to_the_cent(_CONTEXT.divide(amount, distance)) if distance is not None and distance > 0 else None
    return dollars(amount) if each is None else f"{dollars(amount)} ({dollars(each)}/mi)"
