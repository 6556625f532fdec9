"""A list of calls is what a plain reading of the whole file would give, and is found by indexes."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from negotiator.conversations import few
from negotiator.conversations.calls import list_calls
from negotiator.conversations.models import CallFilter
from negotiator.conversations.states import CallOutcome
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import spelled_within, word_of
from tests.untidy import NOW, untidy


@pytest.mark.parametrize(("seed", "few_rows"), list(product(range(4), (0, 2_000))))
def test_a_list_is_that_of_a_plain_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, few_rows: int
) -> None:
    """Whatever the filters, the spelling of times, and whether an index finds the calls or they are walked."""
    monkeypatch.setattr(few, "_FEW", few_rows)
    untidy(tmp_path / "untidy.db", seed)
    with LoadsFile.open(tmp_path / "untidy.db") as file:
        every = list_calls(file, CallFilter(), limit=0)
        assert [call.id for call in every] == [7, 6, 5, 4, 3, 2, 1]
        for hours, outcome in product((None, 8, 60, 200), (None, CallOutcome.ACCEPTED)):
            since = None if hours is None else NOW - timedelta(hours=hours)
            plain = [
                call
                for call in every
                if (since is None or (call.call_start_time is not None and call.call_start_time >= since))
                and outcome in {None, call.outcome}
            ]
            wanted = CallFilter(since=since, outcome=outcome)
            for limit in (0, 2):
                assert list_calls(file, wanted, limit=limit) == (plain[:limit] if limit else plain)


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (f"{word_of('outcome')} = 'accepted'", "idx_calls_outcome"),
        (
            f"id IN ({spelled_within('id', 'main.calls', 'call_start_time', since=':day')})",
            "idx_calls_start",
        ),
    ],
)
def test_a_list_is_found_by_an_index(desk: Path, condition: str, index: str) -> None:
    """An outcome that no call has, and a span without calls, cost nothing."""
    with closing(sqlite3.connect(desk)) as db:
        sql = f"EXPLAIN QUERY PLAN SELECT * FROM main.calls WHERE {condition} ORDER BY id DESC LIMIT 5"
        plan = [
            row[3] for row in db.execute(sql, {"day": "2025-09-01"} if ":day" in condition else {}).fetchall()
        ]
    assert any(index in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN") or "TEMP B-TREE" in step]
