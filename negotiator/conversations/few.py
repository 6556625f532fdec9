"""Whether an index finds so few rows that looking all of them up is quicker than to walk from the latest."""

from collections.abc import Mapping, Sequence
from sqlite3 import Connection

_FEW = 2_000


def is_few(db: Connection, sql: str, values: Mapping[str, object] | Sequence[object]) -> bool:
    """Return whether a query finds few rows. No more of them are read than it takes to know."""
    count: int = db.execute(f"SELECT count(*) FROM ({sql} LIMIT {_FEW + 1})", values).fetchone()[0]
    return count <= _FEW
