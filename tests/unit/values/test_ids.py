"""Session IDs."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiator import generate_session_id, generate_uuid_session_id, validate_session_id
from negotiator.errors import InvalidCallIDError, InvalidRequestIDError, InvalidSessionIDError, Remedy
from negotiator.values.ids import (
    is_generated,
    parse_call_id,
    require_readable_session_id,
    require_request_id,
    require_session_id,
)

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


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("7", 7),
        ("-7", -7),
        ("007", 7),
        (7, 7),
        *((bad, None) for bad in ("", "-", "+7", " 7", "7\n", "7.0", "x")),
    ],
)
def test_a_call_id_is_typed_in_plain_digits(value: int | str, number: int | None) -> None:
    """Nothing around them."""
    assert call_id_or_refusal(value) == (number or f"{value!r} is not a call ID")


@pytest.mark.parametrize(
    ("value", "said"),
    [("\uff17", "'\uff17'"), ("1" * 20, f"'{'1' * 20}'"), (7.0, "7.0"), (None, "null"), (False, "false")],
)
def test_what_is_no_call_id_is_quoted(value: Any, said: str) -> None:  # noqa: ANN401 - what a program may pass
    """Whatever a program passes."""
    assert call_id_or_refusal(value) == f"{said} is not a call ID"


def call_id_or_refusal(value: int | str) -> int | str:
    """Return a call's ID, or the message that refuses it."""
    try:
        return parse_call_id(value)
    except InvalidCallIDError as refusal:
        return refusal.message


def test_where_call_ids_are_is_said() -> None:
    """To whoever gave none."""
    with pytest.raises(InvalidCallIDError) as refusal:
        parse_call_id("x")
    assert refusal.value.hint == "give the whole number in calls.id"


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        *((f"sess_20250820224530_{end}", True) for end in ("abc123", "zzzzzz", "000000")),
        *((f"sess_{digits}", True) for digits in ("0123456789abcdef", "f" * 16)),
        *((f"sess_20250820224530_{end}", False) for end in ("abc12", "abc1234", "ABC123", "abc-12")),
        *((f"sess_{other}", False) for other in ("0123456789ABCDEF", "f" * 15, "f" * 17, "g" * 16)),
        *(
            (f"sess_{other}_abc123", False)
            for other in ("2025082022453", "202508202245300", "2025082022453\u0660")
        ),
        ("sess_20250820224530abc123", False),
        (" sess_20250820224530_abc123", False),
        ("sess_20250820224530_abc123\n", False),
    ],
)
def test_an_id_is_known_to_be_made_here_by_its_form(text: str, is_ours: object) -> None:
    """The two that are made."""
    assert is_generated(text) is is_ours


def test_what_is_made_here_is_known_to_be() -> None:
    """Both kinds."""
    assert is_generated(generate_session_id())
    assert is_generated(generate_uuid_session_id())


@pytest.mark.parametrize("text", ["sess_abcde", "lane 7", "x", " a", "\xe9", "x" * 1000])
def test_another_program_s_session_may_have_any_name(text: str) -> None:
    """It is read; one that is begun here has ours."""
    assert require_readable_session_id(text) == text


@pytest.mark.parametrize("text", ["", " \xa0", "a\udce9", "\ud800", None])
def test_a_name_that_no_session_has_is_refused(text: Any) -> None:  # noqa: ANN401 - what a program may pass
    """No text, a blank one, and one that is no Unicode."""
    for require in (require_readable_session_id, require_session_id):
        with pytest.raises(InvalidSessionIDError) as refusal:
            require(text)
        assert refusal.value.message == f"{'null' if text is None else repr(text)} is not a session ID"
        assert refusal.value.hint == (
            "expected sess_ and then 5 to 45 letters, digits, _ or -, as in sess_20250820224530_abc123"
        )
        assert refusal.value.remedy is Remedy.GENERATE_ID


def test_a_session_id_that_is_one_is_given_back() -> None:
    """As it was."""
    assert require_session_id("sess_abcde") == "sess_abcde"


@pytest.mark.parametrize("text", ["a", "A-z_0.9:", "x" * 64])
def test_a_request_id_has_up_to_sixty_four_plain_characters(text: str) -> None:
    """One at least."""
    require_request_id(text)


@pytest.mark.parametrize("text", ["", "x" * 65, "a b", "a/b", "\xe9", "a\n", "\u0661", 7, None])
def test_what_is_no_request_id_is_refused(text: Any) -> None:  # noqa: ANN401 - what a program may pass
    """With what one is."""
    with pytest.raises(InvalidRequestIDError) as refusal:
        require_request_id(text)
    assert refusal.value.message.endswith(" is not a request ID")
    assert refusal.value.hint == "give 1 to 64 letters, digits, _, ., : or -, another for each ask"


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("sess_20250901120000_abc123", True),
        ("sess_29999999999999_z09aaz", True),
        ("sess_0123456789abcdef", True),
        ("sess_9999999999999999", True),
        ("sess_0123456789abcdeg", False),
        ("sess_0123456789ABCDEF", False),
        ("sess_0123456789abcde", False),
        ("sess_20250901120000_abc12", False),
        ("sess_20250901120000_abc1234", False),
        ("sess_2025090112000_abc123", False),
        ("sess_20250901120000_ABC123", False),
        ("sess_20250901120000-abc123", False),
    ],
)
def test_the_forms_that_are_made_here_are_told(text: str, is_ours: object) -> None:
    """What has one of them and is not in the file was cut off, or is of another file."""
    assert is_generated(text) is is_ours
