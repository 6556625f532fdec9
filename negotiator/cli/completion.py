"""What Tab offers from the file: IDs of calls, sessions and loads, each with its lane.

Whatever goes wrong, nothing is offered and nothing is said: a shell is in the middle of somebody's line.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import typer

Offers = list[tuple[str, str]]
"""IDs, each with a few words about it."""
Query = tuple[str, int | str, int | str]
"""SQL, and the span of IDs that is asked for."""

_MOST = 50  # more than a person reads
_RECENT = 1000  # rows: a bound on the work, however big the file is
_DIGITS = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_MEANINGFUL = re.compile(r"[^\w ,.#-]")
_LONGEST = 60  # characters
_LAST = "\U0010ffff"  # sorts after whatever follows a prefix

_CALLS = """
    SELECT c.id, l.origin, l.destination
      FROM main.calls AS c LEFT JOIN main.loads AS l ON l.load_id = c.load_id
     WHERE c.id BETWEEN ? AND ? ORDER BY c.id DESC LIMIT ?
"""
_LOADS = """
    SELECT load_id, origin, destination FROM main.loads
     WHERE load_id BETWEEN ? AND ? ORDER BY load_id DESC LIMIT ?
"""
_SESSIONS = """
    SELECT s.session_id, l.origin, l.destination FROM ({sessions}) AS s
      LEFT JOIN main.calls AS c ON c.id = s.call_id LEFT JOIN main.loads AS l ON l.load_id = c.load_id
     ORDER BY s.newest DESC
"""
_NEW_SESSIONS = _SESSIONS.format(
    sessions=f"""
    SELECT session_id, max(call_id) AS call_id, max(moment) AS newest FROM (
      SELECT * FROM (SELECT session_id, call_id, timestamp AS moment
                       FROM main.negotiations ORDER BY id DESC LIMIT {_RECENT})
      UNION ALL
      SELECT * FROM (SELECT session_id, call_id, created_at
                       FROM main.negotiation_sessions ORDER BY rowid DESC LIMIT {_RECENT}))
     WHERE session_id BETWEEN ? AND ? GROUP BY session_id ORDER BY newest DESC LIMIT ?"""
)
# Further back than the newest rows, by the index: those that sort last, which is by time for usual IDs.
_OLD_SESSIONS = _SESSIONS.format(
    sessions="""
    SELECT session_id, max(call_id) AS call_id, session_id AS newest FROM main.negotiations
     WHERE session_id BETWEEN ? AND ? GROUP BY session_id ORDER BY session_id DESC LIMIT ?"""
)


def call_ids(ctx: typer.Context, incomplete: str) -> Offers:
    """Offer the IDs of calls that begin so, the greatest first."""
    return _offers(ctx, [(_CALLS, *span) for span in _numbers(incomplete)])


def session_ids(ctx: typer.Context, incomplete: str) -> Offers:
    """Offer the session IDs that begin so, those with the newest rounds first."""
    span = (incomplete, incomplete + _LAST)
    return _offers(ctx, [(_NEW_SESSIONS, *span), (_OLD_SESSIONS, *span)])


def load_ids(ctx: typer.Context, incomplete: str) -> Offers:
    """Offer the IDs of loads that begin so, last in the alphabet first."""
    return _offers(ctx, [(_LOADS, incomplete, incomplete + _LAST)])


def _numbers(prefix: str) -> Iterator[tuple[int, int]]:
    """Give the spans of whole numbers that begin so, the greatest first: for 12 also 120 to 129."""
    if not prefix:
        yield 0, 2**63 - 1
    elif _DIGITS.fullmatch(prefix):
        for power in range(18 - len(prefix), -1, -1):
            low = int(prefix) * 10**power
            yield low, low + 10**power - 1


def _offers(ctx: typer.Context, queries: Iterable[Query]) -> Offers:
    """Return what the queries find in the file that the line names, nothing when anything is wrong."""
    try:
        return list(islice(_found(Path(ctx.params["db"]).expanduser().resolve(), queries), _MOST))
    except Exception:  # noqa: BLE001 - see the module: nothing may be said
        return []


def _found(path: Path, queries: Iterable[Query]) -> Iterator[tuple[str, str]]:
    import shlex
    import sqlite3  # not sqlite_utils: somebody waits for Tab

    offered = set()
    with closing(sqlite3.connect(_uri(path), uri=True, timeout=0)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for sql, lowest, highest in queries:
            for value, origin, destination in connection.execute(sql, (lowest, highest, _MOST)).fetchall():
                name = str(value)
                if name not in offered and shlex.quote(name) == name:  # a shell takes it as it is
                    offered.add(name)
                    yield name, _words(origin, destination)


def _uri(path: Path) -> str:
    """Return how to read the file without leaving a trace: in WAL mode even a reader makes files beside it.

    Raises OSError.
    """
    if not path.is_file():
        raise FileNotFoundError(path)  # a pipe would be waited for
    with path.open("rb") as file:
        in_wal_mode = file.read(20)[18:19] == b"\2"
    # Nobody has it open when nothing stands beside it; else what stands there is used, and not made.
    unused = in_wal_mode and not Path(f"{path}-wal").exists()
    return f"{path.as_uri()}?mode=ro&" + ("immutable=1" if unused else "readonly_shm=1")


def _words(origin: object, destination: object) -> str:
    """Return the lane, in characters that no shell gives a meaning."""
    if origin is None or destination is None:
        return ""
    return _MEANINGFUL.sub("", f"{origin} to {destination}")[:_LONGEST]
