"""Which SQLite is needed, and that nothing asks for a later one."""

import re
import sqlite3
from pathlib import Path

import pytest

import negotiator
from negotiator.errors import SQLiteTooOldError
from negotiator.storage.database import LEAST_SQLITE, connect

# What came later, as it would stand in our SQL.
LATER = (
    *(r"\bRETURNING\b", r"\biif\(", r"\bunixepoch\(", r"\bNULLS (FIRST|LAST)\b", r"\bFILTER \(", r"->>"),
    *(
        r"\bIS (NOT )?DISTINCT FROM\b",
        r"\b(NOT )?MATERIALIZED\b",
        r"\bGENERATED ALWAYS\b",
        r"\bDROP COLUMN\b",
    ),
    *(r"\bgroup_concat\([^)]* ORDER BY", r"\bstring_agg\(", r"\bconcat\(", r"\)\s*STRICT\b"),
    *(r"updated_at = \S+\s+FROM\b", r"\b(RIGHT|FULL) (OUTER )?JOIN\b", r"\btimediff\("),
)


def test_an_sqlite_that_is_too_old_is_refused(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both versions in the sentence."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 25, 3))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.25.3")
    with pytest.raises(SQLiteTooOldError, match=r"SQLite 3\.25\.3 is too old: 3\.26\.0 or later") as caught:
        connect(desk)
    assert caught.value.exit_code == 5


def test_the_least_sqlite_is_enough(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not refused."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", LEAST_SQLITE)
    connect(desk).close()


@pytest.mark.parametrize("later", LATER)
def test_nothing_is_asked_that_only_a_later_sqlite_knows(later: str) -> None:
    """In none of our statements."""
    package = Path(negotiator.__file__).parent
    users = [path.name for path in package.rglob("*.py") if re.search(later, path.read_text())]
    assert users == []
