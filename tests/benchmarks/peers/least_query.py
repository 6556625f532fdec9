"""The same query with what Python has: without typer and sqlite_utils."""

import json
import sqlite3
import sys

path, session_id = sys.argv[1:]
db = sqlite3.connect(path)
db.row_factory = sqlite3.Row
rows = [dict(row) for row in db.execute("SELECT * FROM negotiations WHERE session_id = ?", [session_id])]
sys.stdout.write(json.dumps(rows, indent=2) + "\n")
db.close()
