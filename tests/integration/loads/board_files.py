"""Files of loads for tests: written, imported, and looked up."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from negotiator.cli import app
from tests.conftest import run, select

COLUMNS = (
    *("load_id", "origin", "destination", "pickup_datetime", "delivery_datetime", "equipment_type"),
    *(
        "loadboard_rate",
        "notes",
        "weight",
        "commodity_type",
        "num_of_pieces",
        "miles",
        "dimensions",
        "status",
    ),
)
HEAD = "load_id,origin,destination,pickup,delivery,equipment,rate"
ROW = "X1,Reno,Boise,2025-09-02,2025-09-03,Reefer,2100"
OBJECT = dict(zip(HEAD.split(","), ROW.split(","), strict=True))


def board(text: str | bytes, *arguments: object) -> Result:
    """Import this text from a file."""
    content = text.encode() if isinstance(text, str) else text
    Path("board").write_bytes(content)
    return run("load", "import", "board", *arguments)


def piped(text: str, *arguments: str) -> Result:
    """Import this text from standard input."""
    return CliRunner().invoke(app, ["load", "import", "-", *arguments], input=text)


def done(**counts: object) -> dict[str, object]:
    """Return what an import of the file `board` prints as JSON."""
    lists: dict[str, object] = {"ignored": [], "not_opened": [], "low_ceilings": []}
    return {"file": "board", "added": 0, "updated": 0, "skipped": 0, **lists} | counts


def stored(path: Path, load_id: str = "X1") -> dict[str, Any]:
    """Return a load as it stands in the file."""
    rows = select(path, f"SELECT {', '.join(COLUMNS)} FROM loads WHERE load_id = ?", load_id)
    return dict(zip(COLUMNS, *rows, strict=True))


def row(**changes: str) -> str:
    """Return a file with one row, in which these columns differ."""
    cells = OBJECT | changes
    return f"{','.join(cells)}\n{','.join(cells.values())}\n"


def lines(*items: object) -> str:
    """Return JSON lines."""
    return "\n".join(json.dumps(OBJECT | item if isinstance(item, dict) else item) for item in items)
