"""The columns of a carrier, and what vetting services call them."""

from negotiator.errors import InvalidCarriersError
from negotiator.records.subject import Subject, normalize

_SPELLINGS = {
    "mc_number": "mc mcno mcnum docket docketno docketnumber motorcarriernumber",
    "dot_number": "dot dotno dotnum usdot usdotno usdotnumber",
    "company_name": "company name legalname companylegalname carriername carrier",
    "status": "carrierstatus authoritystatus operatingstatus operatingauthoritystatus authority",
    "phone": "phonenumber telephone tel contactphone",
    "email": "emailaddress contactemail",
    "address": "physicaladdress mailingaddress streetaddress",
}
COLUMNS = tuple(_SPELLINGS)
"""What is taken of a carrier in a file: its numbers, and what is known of it."""
_MEANINGS = {
    normalize(spelling): column
    for column, spellings in _SPELLINGS.items()
    for spelling in (column, *spellings.split())
}
CARRIERS = Subject("carrier", "carriers", InvalidCarriersError, _MEANINGS)
"""What a file of carriers is about."""


def column_of(heading: str) -> str | None:
    """Return the column that a heading means, None for nothing that is taken."""
    return _MEANINGS.get(normalize(heading))
