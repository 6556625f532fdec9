"""IDs of loads as people type them."""

from sqlite3 import Connection


def known_load_id(db: Connection, typed: str) -> str:
    """Return a load's ID as the file spells it: what is typed, else the only ID that differs in case alone.

    What is typed is returned as it is when no load has it, or several differ in case alone.
    """
    text = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")  # SQLite takes no other bytes
    if db.execute("SELECT 1 FROM main.loads WHERE load_id = ?", [text]).fetchone():
        return text
    alike = db.execute("SELECT load_id FROM main.loads WHERE load_id = ? COLLATE NOCASE", [text]).fetchall()
    return str(alike[0][0]) if len(alike) == 1 else text
