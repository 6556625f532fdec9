"""Import typer and sqlite_utils, open a file, run one query, and with a third argument make one small commit."""

import json
import sys

import sqlite_utils
import typer

_ = typer.Typer()
path, session_id, *more = sys.argv[1:]
db = sqlite_utils.Database(path)
rows = list(db.query("SELECT * FROM negotiations WHERE session_id = ?", [session_id]))
sys.stdout.write(json.dumps(rows, indent=2) + "\n")
if more:
    db.table("negotiations").insert({"call_id": 1, "round_number": 1, "carrier_offer": 2300.0})
db.close()
