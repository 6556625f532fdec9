"""What the word that stands for a carrier's status says, as authorities and vetting services write it."""

import re
from enum import StrEnum
from functools import lru_cache

from negotiator.values.cells import word_from

_FORBIDS = re.compile("outofservice|inactive|notactive|deactivat|revo[ck]|suspen|(not|un|non)authori[sz]")
"""What forbids hauling, in a text of letters alone."""
_DENIES = re.compile(r"\b(no|never|formerly|previously|reinstated|lifted|not(?![^a-z]*(active|authori)))\b")
"""What may turn that into its opposite, as in ``not suspended``: a person has to read it."""
_ALLOWS = re.compile(
    "active(authority)?|authori[sz]ed(forhire|forproperty)?|inservice|approved|verified|good|ok"
)


class StatusMeaning(StrEnum):
    """What a status says of whether a carrier may haul."""

    ALLOWS = "allows"
    FORBIDS = "forbids"
    UNKNOWN = "unknown"


@lru_cache(maxsize=256)
def meaning_of_status(status: str | None) -> StatusMeaning:
    """Return what a status says; none at all allows. Case, blanks and marks between words do not count."""
    word = (word_from(status) or "").replace("_", " ")
    letters = "".join(filter(str.isalpha, word))
    if not word or _ALLOWS.fullmatch(letters):
        return StatusMeaning.ALLOWS
    if letters == "oos" or _FORBIDS.search(letters):
        return StatusMeaning.UNKNOWN if _DENIES.search(word) else StatusMeaning.FORBIDS
    return StatusMeaning.UNKNOWN
