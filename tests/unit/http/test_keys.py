"""Which keys let a client in."""

from pathlib import Path

import pytest

from negotiator.errors import InvalidSettingError, UnusableFileError
from negotiator.http.keys import Keys, keys_from


@pytest.mark.parametrize(
    ("given", "is_let_in"),
    [
        ("first-key", True),
        ("second-key", True),
        ("first-key ", False),
        ("third-key", False),
        ("", False),
        (None, False),
    ],
)
def test_each_of_several_keys_lets_in(given: str | None, is_let_in: bool) -> None:  # noqa: FBT001 - a table
    """So that a key can be replaced while clients use the older one."""
    assert Keys(["first-key", "second-key"]).let_in(given) is is_let_in


@pytest.mark.parametrize(
    ("file", "environment", "keys"),
    [
        ("# clients\na-key\n\n  b-key  \r\n", {}, ["a-key", "b-key"]),
        ("a-key", {"NEGOTIATOR_API_KEY": "c-key"}, ["a-key", "c-key"]),
        ("a-key", {"API_KEY": "d-key"}, ["a-key"]),
        (None, {"NEGOTIATOR_API_KEY": "c-key", "API_KEY": "d-key"}, ["c-key"]),
        (None, {"NEGOTIATOR_API_KEY": "", "API_KEY": "d-key"}, ["d-key"]),
    ],
)
def test_keys_come_from_a_file_and_from_variables(
    tmp_path: Path, file: str | None, environment: dict[str, str], keys: list[str]
) -> None:
    """The older program's variable counts where nothing else is given."""
    path = None if file is None else tmp_path / "keys"
    if path is not None:
        path.write_text(file or "")
    found = keys_from(environment, path)
    assert [key for key in ("a-key", "b-key", "c-key", "d-key") if found.let_in(key)] == keys
    assert len(found) == len(keys)


@pytest.mark.parametrize(
    "content", [b"", b"# none\n", b"\xff\n", b"two words\n", "\u00e4\n".encode(), b"x" * 201]
)
def test_a_file_without_usable_keys_is_refused(tmp_path: Path, content: bytes) -> None:
    """And no key is quoted."""
    (tmp_path / "keys").write_bytes(content)
    with pytest.raises(InvalidSettingError) as error:
        keys_from({"API_KEY": "d-key"}, tmp_path / "keys")
    assert "two words" not in str(error.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Though a variable has a key."""
    with pytest.raises(UnusableFileError):
        keys_from({"NEGOTIATOR_API_KEY": "c-key"}, tmp_path / "keys")


def test_no_key_is_refused() -> None:
    """Nobody is let in without one."""
    with pytest.raises(InvalidSettingError):
        keys_from({})


@pytest.mark.parametrize(
    ("key", "are_easy"), [("default-api-key", True), ("short", True), ("0123456789abcdef", False)]
)
def test_a_key_that_can_be_guessed_is_known(key: str, are_easy: bool) -> None:  # noqa: FBT001 - a table
    """So that the server can warn."""
    assert Keys([key]).are_easy is are_easy


def test_no_key_is_kept() -> None:
    """Only digests are."""
    assert "a-secret-key" not in repr(vars(Keys(["a-secret-key"])))
