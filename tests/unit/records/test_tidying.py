"""Texts of a file without what nobody sees or means."""

import string

import pytest

from negotiator.records.tidying import stands_for_nothing, tidy_text


@pytest.mark.parametrize("word", ["nan", "None", "NULL", "n/a", "#N/A", "NaT", "<NA>", "tbd", "TBA"])
def test_words_for_nothing_are_nothing(word: str) -> None:
    """As spreadsheets, programs and people write them."""
    assert stands_for_nothing(word)
    assert not stands_for_nothing(word + "x")


@pytest.mark.parametrize("blank", "\xa0\u2007\u2009\u200a\u202f\u3000")
def test_an_odd_blank_is_a_blank(blank: str) -> None:
    """At the ends of a text it goes."""
    assert tidy_text(f"{blank}Joliet,{blank}IL{blank}") == "Joliet, IL"


@pytest.mark.parametrize("mark", "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
def test_what_is_invisible_is_left_out(mark: str) -> None:
    """Wherever it stands."""
    assert tidy_text(f"{mark}Jo{mark}liet{mark}") == "Joliet"


@pytest.mark.parametrize(("text", "tidy"), [(' ="007" ', "007"), ("=1+1", "=1+1"), (" L1\t", "L1")])
def test_a_guard_of_a_spreadsheet_goes(text: str, tidy: str) -> None:
    """What looks like a formula is a text."""
    assert tidy_text(text) == tidy


def test_letters_and_signs_stay() -> None:
    """In a text with accents too."""
    text = f"{string.ascii_letters}{string.digits}{string.punctuation} \xe9"
    assert tidy_text(text) == text
    assert tidy_text("X \xe9\u00a0X") == "X \xe9 X"
