"""Every command that writes, on files in which it has something to do: what faults, kills and power cuts are tried on."""

import shutil
from decimal import Decimal
from pathlib import Path

from negotiator.lab.carriers import draw
from negotiator.lab.markets import MARKETS
from negotiator.maintenance.backup import back_up
from negotiator.maintenance.create import init
from negotiator.policy.decide import Policy
from tests.conftest import NOW, OLD_ROWS, OLD_SCHEMA, execute, run, select
from tests.lab_desk import record

SESSION = "sess_20250901120000_abc123"
CLOSED = "sess_20250901120000_xyz789"
LOADS = (
    "load_id,origin,destination,pickup,delivery,equipment,rate\nN1,Reno,Boise,2030-01-01,2030-01-02,Van,900\n"
)
VETTING = "MC Number,Legal Name,Authority Status\nMC845561,,Active\nMC999001,Zed Trucking,Revoked\n"
ASKS = '{"call_id": 1, "carrier_offer": 2300}\n{"call_id": 6, "carrier_offer": 2400}\n'
POLICY = "[desk]\nceiling_percent = 12\n"

COMMANDS = {
    "negotiate 1 2300 --db desk.db": "desk.db",
    "batch asks.jsonl --commit-every 2 --db desk.db": "desk.db",
    "serve --db desk.db": "desk.db",
    "call start --load LD003 --carrier MC5 --db desk.db": "desk.db",
    "call note 1 text --db desk.db": "desk.db",
    "call end 1 --outcome rejected --db desk.db": "desk.db",
    "call undo 2 --reason typing --db desk.db": "desk.db",
    "call book 1 2350 --db desk.db": "desk.db",
    "call reopen 4 --fell-through --reason engine --db desk.db": "desk.db",
    "session start --call 1 --db desk.db": "desk.db",
    f"session set {SESSION} --meta desk=reefer --db desk.db": "desk.db",
    f"session close {SESSION} --reason over --db desk.db": "desk.db",
    f"session reopen {CLOSED} --db desk.db": "desk.db",
    "load add N2 --origin Reno --destination Boise --pickup 2030-01-01 --delivery 2030-01-02"
    " --equipment Van --rate 900 --db desk.db": "desk.db",
    "load set LD003 --rate 1950 --db desk.db": "desk.db",
    "load cancel LD003 --reason rail --db desk.db": "desk.db",
    "load import loads.csv --db desk.db": "desk.db",
    "carrier set MC845561 --phone 505-555-0101 --db desk.db": "desk.db",
    "carrier block MC845561 --reason late --db desk.db": "desk.db",
    "carrier unblock MC518340 --db desk.db": "desk.db",
    "carrier import vetting.csv --db desk.db": "desk.db",
    "policy set rounds=5 --by ann --db desk.db": "desk.db",
    "policy apply policy.toml --by ann --db desk.db": "desk.db",
    "policy revert 0 --by ann --db desk.db": "desk.db",
    "policy learn --apply --by ann --db learned.db": "learned.db",
    "init made.db --sample": "made.db",
    "migrate old.db": "old.db",
    "backup desk.db --to copy.db": "copy.db",
    "restore saved.db desk.db": "desk.db",
    "restore saved.db damaged.db": "damaged.db",
    "restore saved.db new.db": "new.db",
    "report --db desk.db --format md --output report.md": "report.md",
}
"""What a command makes or changes. It is as it was, or as it is when nothing fails."""
READING = {
    *(
        "call list",
        "call show",
        "call history",
        "carrier list",
        "carrier show",
        "session list",
        "session show",
    ),
    *("session history", "load list", "load show", "load offers", "load lane", "todo", "check", "help"),
    *("policy show", "policy history", "policy check", "policy simulate", "policy backtest"),
    *("generate-id", "validate-id"),
}
"""The commands that write no file."""


def make_files(folder: Path, mode: str) -> None:
    """Make the files that the commands are run on, the databases in a journal mode."""
    desk, learned = folder / "desk.db", folder / "learned.db"
    init(desk, sample=True, now=NOW)
    back_up(desk, now=NOW, to=folder / "saved.db")
    for command in (
        "policy set rounds=4 --by ann",
        f"negotiate 2 1360 --session {SESSION}",
        f"negotiate 3 1950 --session {CLOSED}",
        f"session close {CLOSED}",
        "negotiate 4 2950",
        "carrier block MC518340 --reason late",
    ):
        assert run(*command.split(), "--db", desk).exit_code == 0, command
    (folder / "damaged.db").write_bytes(b"damaged" * 999)
    (folder / "report.md").write_text("yesterday's")
    (folder / "loads.csv").write_text(LOADS)
    (folder / "vetting.csv").write_text(VETTING)
    (folder / "asks.jsonl").write_text(ASKS)
    (folder / "policy.toml").write_text(POLICY)
    execute(folder / "old.db", *filter(str.strip, (OLD_SCHEMA + OLD_ROWS).split(";")))
    init(learned, now=NOW)
    run("policy", "set", "rounds=3", "firmness=0.75", "--by", "ann", "--db", learned)
    record(learned, draw(MARKETS["soft"], 3, 260), Policy(rounds=3, firmness=Decimal("0.75")))
    for path in (desk, learned, folder / "old.db"):
        select(path, f"PRAGMA journal_mode = {mode}")


def copy_files(folder: Path, to: Path) -> None:
    """Copy them into a fresh folder."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
