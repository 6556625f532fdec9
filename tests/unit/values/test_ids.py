"""Session IDs."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiator import generate_session_id, generate_uuid_session_id, validate_session_id
from negotiator.errors import InvalidCallIDError
from negotiator.values.ids import parse_call_id

BAD = [
    "",
    "invalid",
    "sess_",
    "sess_abcd",
    f"sess_{'a' * 46}",
    "SESS_abcdef",
    " sess_abcdef",
    "sess_abcdef\n",
    "sess_abc\ndef",
    "sess_abc'def",
    'sess_abc"def',
    "sess_abc/def",
    "sess_abc def",
    "sess_abcdéf",
    "sess_１２３４５６",
    "sess_abc\0def",
]


def test_a_generated_id_carries_its_time_in_utc_and_six_random_characters() -> None:
    """The form that the README shows."""
    moment = datetime(2025, 8, 21, 0, 45, 30, tzinfo=timezone(timedelta(hours=2)))
    assert re.fullmatch(r"sess_20250820224530_[a-z0-9]{6}", generate_session_id(moment))


def test_a_generated_id_carries_the_present_time() -> None:
    """Without a time given it is now, give or take the length of this test."""
    before = datetime.now(UTC).replace(microsecond=0)
    stamp = generate_session_id().split("_")[1]
    made = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    assert before <= made <= datetime.now(UTC)


def test_a_uuid_id_has_sixteen_hex_digits() -> None:
    """The form that tells nothing."""
    assert re.fullmatch(r"sess_[0-9a-f]{16}", generate_uuid_session_id())


def test_generated_ids_differ_and_are_valid() -> None:
    """A thousand of each kind."""
    made = [make() for make in (generate_session_id, generate_uuid_session_id) for _ in range(1000)]
    assert len(set(made)) == 2000
    assert all(map(validate_session_id, made))


@pytest.mark.parametrize("text", ["sess_a1b2c3d4e5f6g7h8", "sess_abcde", f"sess_{'Z' * 45}", "sess_a-b_c"])
def test_an_id_of_five_to_forty_five_plain_characters_is_valid(text: str) -> None:
    """Both ends of the length."""
    assert validate_session_id(text)


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_not_valid(text: str) -> None:
    """No newline at the end either."""
    assert not validate_session_id(text)


@given(st.text())
def test_what_is_valid_is_ascii_without_spaces(text: str) -> None:
    """Whatever is validated can stand unquoted in a shell, a URL and SQL."""
    for candidate in (text, f"sess_{text}"):
        if validate_session_id(candidate):
            assert candidate.isascii()
            assert candidate.isprintable()
            assert not set(candidate) & set(" '\"\\/;$`&|<>()*?[]{}~!#%")


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (2**63 - 1, True),
        (2**63, False),
        (-(2**63), True),
        (-(2**63) - 1, False),
        (str(2**63 - 1), True),
        (str(2**63), False),
        (True, False),
    ],
)
def test_a_call_id_is_what_sqlite_can_hold(value: int | str, is_one: object) -> None:
    """To the last number."""
    try:
        found = parse_call_id(value)
    except InvalidCallIDError:
        assert not is_one
    else:
        assert (is_one, found) == (True, int(value))
