"""What the word for a carrier's status says, as authorities, vetting services and people write it."""

import pytest

from negotiator.carriers.directory import dot_number
from negotiator.carriers.status import StatusMeaning, meaning_of_status
from negotiator.values.mc_number import carrier_from, carrier_number, usual_spelling

FORBIDS = """
    out of service|OUT-OF-SERVICE|Out_Of_Service|OutOfService|OOS|oos.|inactive|INACTIVE USDOT NUMBER|not active
    |revoked|Authority revoked|Involuntary Revocation|suspended|SUSPENSION|not authorized|NOT AUTHORISED|Not-Authorized
    |unauthorized|non authorized|  Inactive\t|deactivated|not\xa0authorized
"""
ALLOWS = """
    active|Active|active authority|AUTHORIZED|authorised|Authorized for Property|authorised for hire|In Service|in-service
    |approved|verified|good|VERIFIED.| ok |
"""
UNKNOWN = """
    pending|conditional|not suspended|never revoked|no longer out of service|formerly inactive|reinstated, was revoked
    |suspension lifted|previously revoked|zombie|12|?|authorized for passengers|good-ish|oosx|no|not|service|activeish
"""


def words(table: str) -> list[str]:
    """Return the words of a table, as they stand between the bars."""
    return [word.removeprefix("\n    ").removesuffix("\n") for word in table.split("|")]


@pytest.mark.parametrize("status", words(FORBIDS))
def test_a_word_that_forbids_hauling_is_known_in_every_spelling(status: str) -> None:
    """Whatever its case, its blanks and its marks."""
    assert meaning_of_status(status) is StatusMeaning.FORBIDS


@pytest.mark.parametrize("status", [None, *words(ALLOWS)])
def test_a_usual_word_and_none_at_all_allow(status: str | None) -> None:
    """Nothing is said of them."""
    assert meaning_of_status(status) is StatusMeaning.ALLOWS


@pytest.mark.parametrize("status", words(UNKNOWN))
def test_a_word_that_is_not_known_or_is_denied_is_for_a_person(status: str) -> None:
    """It forbids nothing by itself."""
    assert meaning_of_status(status) is StatusMeaning.UNKNOWN


@pytest.mark.parametrize(
    "text", ["DOT 1234567", "USDOT 1234567", "usdot#01234567", "DOT-1234567", "US DOT: 1234567"]
)
def test_a_dot_number_is_one_number_however_it_is_spelled(text: str) -> None:
    """It is told from an MC number with the same digits, and what we write is read as the same."""
    assert carrier_number(text) == "DOT1234567" != carrier_number("1234567")
    assert carrier_from(usual_spelling(carrier_number(text))) == "DOT1234567"


@pytest.mark.parametrize("typed", ["123456789", " USDOT 123456789 ", "DOT 123456789", "dot-0123456789"])
def test_a_dot_number_may_be_longer_than_an_mc_number(typed: str) -> None:
    """Its digits alone are enough where it is asked for."""
    assert dot_number(typed) == "123456789"
