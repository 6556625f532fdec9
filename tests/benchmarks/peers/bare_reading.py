"""The statements of `report` or `check`, by sqlite3 alone. Run as ``bare_reading.py report FILE``."""

import sqlite3
import sys

from negotiator.maintenance.untidy import UNTIDY
from negotiator.reports.facts import fact_tables
from negotiator.reports.figures import FIGURES
from negotiator.reports.span import Span


def report(db: sqlite3.Connection) -> None:
    """Make the tables of facts, and add up what the figures divide."""
    values = dict.fromkeys(("since", "until", "first_day", "past_day", "by"))
    given = {**values, "ceiling_percent": 10.0, "now": "2025-09-01 12:00:00.000000", "within": 0.02}
    for sql in fact_tables(None, Span(), is_small=False):
        db.execute(sql, given)
    for table in ("threads", "calls", "open_loads"):
        specs = [spec for spec in FIGURES if spec.table == table]
        sums = ", ".join(f"{spec.numerator}, {spec.denominator}" for spec in specs if spec.median is None)
        db.execute(f"SELECT {sums} FROM temp.report_{table}", given).fetchall()
        for spec in specs:
            if spec.median:
                known = f"FROM temp.report_{table} WHERE {spec.median} IS NOT NULL"
                middle = (
                    f"SELECT {spec.median} {known} ORDER BY 1 LIMIT 2 OFFSET (SELECT count(*) / 2 {known})"
                )
                db.execute(middle).fetchall()


def check(db: sqlite3.Connection) -> None:
    """Look at the file's pages, and count what is untidy."""
    db.execute("PRAGMA integrity_check(100)").fetchall()
    for _, sql in UNTIDY.values():
        db.execute(f"SELECT count(*) FROM ({sql.format(session='session_id')})").fetchall()


if __name__ == "__main__":
    {"report": report, "check": check}[sys.argv[1]](sqlite3.connect(sys.argv[2]))
