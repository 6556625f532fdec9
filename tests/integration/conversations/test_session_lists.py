"""A list of sessions is what a plain reading of the whole file would give, and reads no more than it shows."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from negotiator.conversations import few, session_keys
from negotiator.conversations.models import Session, SessionFilter
from negotiator.conversations.session_keys import find_sessions
from negotiator.conversations.session_statuses import on_loads
from negotiator.conversations.sessions import list_sessions, show_session
from negotiator.conversations.states import SessionStatus
from negotiator.storage.database import LoadsFile
from negotiator.storage.sql import carrier_digits, moment_of, spelled_within
from negotiator.values import timestamps
from tests.untidy import NOW, untidy


@pytest.fixture(params=range(4))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LoadsFile]:
    """Give an untidy file."""
    untidy(tmp_path / "untidy.db", request.param)
    with closing(sqlite3.connect(tmp_path / "untidy.db")) as db, db:
        db.execute(
            "UPDATE calls SET load_id = CASE id WHEN 5 THEN x'20' WHEN 6 THEN char(160) ELSE x'4c' END"
            " WHERE id BETWEEN 5 AND 7"
        )
    with LoadsFile.open(tmp_path / "untidy.db") as opened:
        yield opened


def plainly(file: LoadsFile, wanted: SessionFilter) -> list[Session]:
    """Return the sessions by looking at each of them, one by one."""
    with closing(sqlite3.connect(file.path)) as db:
        rounds = db.execute(
            "SELECT id, session_id, call_id, timestamp FROM negotiations ORDER BY id"
        ).fetchall()
        kept = {
            row[0]: row[1:]
            for row in db.execute("SELECT session_id, call_id, created_at FROM negotiation_sessions")
        }
        digits = carrier_digits("carrier_mc_number")
        calls = {row[0]: row[1:] for row in db.execute(f"SELECT id, load_id, {digits} FROM calls")}
    last = {row[1]: row for row in rounds if (row[1] or "").strip()}
    fresh = sorted(kept.keys() - last.keys())
    fresh.sort(key=lambda name: (kept[name][1] is not None, kept[name][1]), reverse=True)
    names = [*fresh, *sorted(last, key=lambda name: last[name][0], reverse=True)]

    def is_wanted(name: str) -> bool:
        its_calls = {row[2] for row in rounds if row[1] == name} | {kept.get(name, (None,))[0]}
        created = kept.get(name, (None, None))[1]
        time = last[name][3] if name in last and last[name][3] is not None else created
        moment = timestamps.parse_stored(time)
        return (
            (wanted.call_id is None or wanted.call_id in its_calls)
            and (
                wanted.load_id is None
                or any(calls.get(call, (None,))[0] == wanted.load_id for call in its_calls)
            )
            and (
                wanted.carrier is None
                or any(calls.get(call, (0, None))[1] == wanted.carrier for call in its_calls)
            )
            and (wanted.since is None or (moment is not None and moment >= wanted.since))
        )

    found = [show_session(file, name, now=NOW) for name in names if is_wanted(name)]
    return [session for session in found if wanted.status in {None, session.status}]


@pytest.mark.parametrize(
    ("few_rows", "page", "latest"),
    [(2_000, 100, 10_000), (2_000, 100, 0), (0, 3, 40), (5, 1, 40)],
    ids=["few", "few of the rest", "walked", "between"],
)
def test_a_list_is_that_of_a_plain_reading(
    file: LoadsFile, monkeypatch: pytest.MonkeyPatch, few_rows: int, page: int, latest: int
) -> None:
    """Whatever the filters, and whether an index finds what is wanted or the rounds are walked."""
    monkeypatch.setattr(few, "_FEW", few_rows)
    monkeypatch.setattr(session_keys, "_PAGE", page)
    monkeypatch.setattr(session_keys, "_LATEST", latest)
    statuses = (None, *SessionStatus)
    spans = (None, NOW - timedelta(hours=8), NOW - timedelta(days=3))
    about: tuple[dict[str, Any], ...] = (
        {},
        {"call_id": 1},
        {"load_id": "L1"},
        {"carrier": "1"},
        {"call_id": 2, "load_id": "L2"},
    )
    for status, since, named in product(statuses, spans, about):
        wanted = SessionFilter(status=status, since=since, **named)
        whole = plainly(file, wanted)
        for limit in (0, 1, 4):
            assert list_sessions(file, wanted, now=NOW, limit=limit) == (whole[:limit] if limit else whole)


def test_no_status_is_missing_from_what_is_compared(tmp_path: Path) -> None:
    """The files above have sessions of every status."""
    found = set()
    for seed in range(4):
        untidy(tmp_path / f"{seed}.db", seed)
        with LoadsFile.open(tmp_path / f"{seed}.db") as file:
            found |= {session.status for session in list_sessions(file, SessionFilter(), now=NOW, limit=0)}
    assert found == set(SessionStatus)


@pytest.mark.parametrize("seed", range(20))
def test_what_an_index_finds_of_a_span_leaves_no_time_out(seed: int) -> None:
    """Every spelling is found, once; of those in order of time, none that is more than a minute outside."""
    chance = random.Random(seed)  # noqa: S311 - the same times each run
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE t (cell TEXT)")
        base = chance.choice([NOW, datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)])
        for _ in range(300):
            moment = base + timedelta(minutes=chance.randrange(-1500, 1500))
            offset = f"{chance.choice('+-')}{chance.randrange(15):02}:{chance.randrange(60):02}"
            spelling = f"{moment.year:04}" + moment.strftime(
                chance.choice(
                    ["-%m-%d", "-%m-%d %H:%M", "-%m-%dT%H:%M:%S.%f", "-%m-%dt%H:%M:%S", "-%m-%d %-H:%M:%S,%f"]
                )
            )
            zone = "" if len(spelling) == 10 else chance.choice(["", "Z", " UTC", offset, f" {offset}"])
            blank = chance.choice(["", "", " ", "\t", "\n", "\r", "\x0b", "\x0c", "\u00a0"])
            db.execute("INSERT INTO t VALUES (?)", [f"{blank}{spelling}{zone}"])
        since = base + timedelta(minutes=chance.randrange(-1400, 1400))
        until = min(since, datetime.max.replace(tzinfo=UTC) - timedelta(hours=5)) + timedelta(hours=4)
        values = {
            "since": timestamps.format_stored(since),
            "until": timestamps.format_stored(until),
        }
        moment_in = moment_of("cell")
        exact = {"since": f"{moment_in} >= :since", "until": f"{moment_in} < :until"}
        wide = {
            "since": f"{moment_in} >= strftime('%Y-%m-%d %H:%M', :since)",
            "until": f"{moment_in} <= strftime('%Y-%m-%d %H:%M~', :until)",
        }
        for ends in (["since"], ["until"], ["since", "until"]):
            found = spelled_within("rowid", "t", "cell", **{end: f":{end}" for end in ends})
            rows = [row[0] for row in db.execute(found, values)]
            assert len(rows) == len(set(rows))
            is_in = " AND ".join(exact[end] for end in ends)
            missed = f"SELECT cell FROM t WHERE {is_in} AND rowid NOT IN ({found})"
            assert db.execute(missed, values).fetchall() == []
            is_near = " AND ".join(wide[end] for end in ends)
            in_order = "cell GLOB '????-??-??[ Tt]??:??*' AND cell NOT GLOB '??????????*[+-]*'"
            others = f"SELECT cell FROM t WHERE {in_order} AND rowid IN ({found}) AND NOT ({is_near})"
            assert db.execute(others, values).fetchall() == []


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (SessionFilter(), "SCAN s"),
        (SessionFilter(since=NOW), "idx_negotiations_timestamp"),
        (SessionFilter(status=SessionStatus.ACCEPTED), "idx_negotiations_word"),
        (SessionFilter(status=SessionStatus.TRANSFERRED), "idx_negotiations_word"),
        (SessionFilter(status=SessionStatus.CLOSED), "idx_negotiation_sessions_closed"),
        (SessionFilter(status=SessionStatus.EXPIRED), "idx_negotiation_sessions_expires"),
    ],
)
def test_a_list_is_found_by_indexes(desk: Path, wanted: SessionFilter, index: str) -> None:
    """Nothing sorts all sessions, and the walk from the latest round goes by its ID."""
    with closing(sqlite3.connect(desk)) as db:
        questions = session_keys.key_queries(db, wanted, NOW)
        plans = [
            [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values)] for sql, values in questions
        ]
    rounds = plans[1]
    assert any(index in step for step in rounds)
    if wanted == SessionFilter():
        assert rounds[0] == "SCAN s"
        assert not any("TEMP B-TREE" in step for step in rounds)
        assert "idx_negotiation_sessions_created" in plans[0][0]
    else:
        assert not [step for step in rounds if step.startswith("SCAN negotiation")]
        assert any("SEARCH s USING" in step for step in rounds)


@pytest.mark.parametrize("status", [SessionStatus.ACTIVE, SessionStatus.ENDED])
def test_what_can_be_of_a_status_by_its_load_is_found_by_indexes(desk: Path, status: SessionStatus) -> None:
    """From the loads to their calls to their rounds; what is not in the file is sought in keys alone."""
    with closing(sqlite3.connect(desk)) as db:
        possible = " UNION ALL ".join(on_loads(status) or ())
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {possible}")]
        queries = list(session_keys.key_queries(db, SessionFilter(status=status), NOW))
        latest = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {queries[1][0]}", queries[1][1])]
    assert plan[2:5] == [
        f"SEARCH l USING INDEX idx_loads_board (<expr>{'=' if status is SessionStatus.ACTIVE else '<'}?)",
        "SEARCH c USING COVERING INDEX idx_calls_load_id (load_id=?)",
        "SEARCH n USING COVERING INDEX idx_negotiations_call_session (call_id=?)",
    ]
    assert not [step for step in plan if step.startswith("SCAN") and "USING COVERING INDEX" not in step]
    assert latest[0] == "SEARCH s USING INTEGER PRIMARY KEY (rowid>?)"
    assert not [step for step in latest if "TEMP B-TREE" in step]


def steps_to_find_none(db: sqlite3.Connection, status: SessionStatus) -> int:
    """Return how many thousand steps SQLite takes to find that no session has a status."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    db.set_progress_handler(count, 1_000)
    assert list(find_sessions(db, SessionFilter(status=status), now=NOW, limit=5)) == []
    return steps


@pytest.mark.parametrize(
    ("status", "load_status"), [(SessionStatus.ACTIVE, "completed"), (SessionStatus.ENDED, "available")]
)
def test_a_status_that_no_load_allows_costs_little(
    desk: Path, status: SessionStatus, load_status: str
) -> None:
    """What the rounds of twenty thousand sessions say is not worked out."""
    with closing(sqlite3.connect(desk)) as db:
        db.execute("UPDATE loads SET status = ?", [load_status])
        numbers = range(100, 20_100)
        db.executemany("INSERT INTO calls (id, load_id) VALUES (?, 'L2')", [(number,) for number in numbers])
        db.executemany(
            "INSERT INTO negotiations (call_id, round_number, session_id) VALUES (?, 1, 'sess_' || ?)",
            [(number, number) for number in numbers],
        )
        assert steps_to_find_none(db, status) < 2_000


@pytest.mark.parametrize("status", [SessionStatus.ACCEPTED, SessionStatus.TRANSFERRED])
def test_where_something_was_decided_no_session_without_a_round_is_looked_at(
    desk: Path, monkeypatch: pytest.MonkeyPatch, status: SessionStatus
) -> None:
    """However many there are, and however many rounds decide something."""
    monkeypatch.setattr(few, "_FEW", -1)
    with closing(sqlite3.connect(desk)) as db:
        db.executemany(
            "INSERT INTO negotiation_sessions (session_id) VALUES (?)",
            [(f"sess_{number}",) for number in range(5_000)],
        )
        assert steps_to_find_none(db, status) < 5


def test_a_list_works_out_no_more_sessions_than_it_shows(desk: Path) -> None:
    """The rest of the file is not read."""
    with closing(sqlite3.connect(desk)) as db:
        db.executemany(
            "INSERT INTO negotiations (call_id, round_number, system_response, session_id) VALUES (1, 1, 'x', ?)",
            [(f"sess_{number:06}",) for number in range(20_000)],
        )
        db.commit()
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        db.set_progress_handler(count, 1_000)
        assert len(list(find_sessions(db, SessionFilter(), now=NOW, limit=5))) == 5
    assert steps < 100
