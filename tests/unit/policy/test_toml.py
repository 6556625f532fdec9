"""What a file of a policy cannot be: its words are those of any file that is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from negotiator.errors import InvalidPolicyError
from negotiator.policy import toml


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OSError(5, "Input/output error"), "Input/output error"),
        (ValueError("I/O on closed file"), "I/O on closed file"),
    ],
    ids=repr,
)
def test_a_document_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, said: str
) -> None:
    """As it is read, not only as it is opened."""

    def fail(_bytes: int) -> bytes:
        raise problem

    @contextmanager
    def opened(*_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(read=fail)

    monkeypatch.setattr(toml, "opened", opened)
    with pytest.raises(InvalidPolicyError, match=f"can't be read: {said}"):
        toml.read_document(Path("desk.toml"))
