"""What is loaded by what: most of a short command's time is the loading of modules."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

NOT_FOR_AN_ID = {
    *("sqlite_utils", "sqlite3", "rich", "pydantic", "dataclasses", "json", "csv", "hashlib"),
    *(
        "negotiator.negotiation.models",
        "negotiator.cli.commands.negotiate",
        "negotiator.cli.commands.session",
        "negotiator.cli.commands.load",
    ),
}
NOT_FOR_A_LIST = {
    *("rich", "pydantic", "zoneinfo", "sysconfig", "negotiator.negotiation.repository"),
    *("negotiator.loads.cells", "negotiator.conversations.models"),
}
NOT_FOR_A_READER = {
    *("sqlite_utils", "rich", "pydantic", "csv", "hashlib"),
    *(
        "negotiator.migrations",
        "negotiator.conversations.models",
        "negotiator.cli.commands.load",
        "negotiator.cli.commands.report",
        "negotiator.cli.commands.file",
    ),
}
NOT_FOR_ONE_ROW = {
    "sqlite_utils",
    "rich",
    "pydantic",
    "csv",
    "hashlib",
    "random",
    "negotiator.migrations",
}
NOT_FOR_AN_ASK = NOT_FOR_A_READER | {"tomllib", "negotiator.policy.parsing", "negotiator.policy.store"}


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (
            ["--help"],
            {"sqlite_utils", "sqlite3", "pydantic", "rich", "negotiator.cli.commands.negotiate"},
        ),
        (["help", "phone"], {"sqlite_utils", "sqlite3", "pydantic", "rich"}),
        (["generate-id"], NOT_FOR_AN_ID),
        (["generate-id", "--uuid"], NOT_FOR_AN_ID),
        (["validate-id", "sess_abcde"], NOT_FOR_AN_ID),
        (["session", "history", "sess_known", "--json"], NOT_FOR_A_READER),
        (["call", "history", "1", "--json"], NOT_FOR_A_READER),
        (["negotiate", "1", "2300", "--json"], NOT_FOR_AN_ASK | {"readline"}),
        (["batch", "asks.jsonl"], NOT_FOR_AN_ASK),
        (["load", "list", "--json"], NOT_FOR_A_LIST),
        (["load", "show", "L1", "--json"], NOT_FOR_A_LIST),
        (["call", "history", "1"], {"rich.progress", "sqlite_utils", "csv"}),
    ],
)
def test_a_command_does_not_load_what_it_does_not_need(
    desk: Path, arguments: list[str], absent: set[str]
) -> None:
    """A fact, not a time."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute("INSERT INTO negotiations (call_id, round_number, session_id) VALUES (1, 1, 'sess_known')")
    desk.with_name("asks.jsonl").write_text('{"call_id": 1, "carrier_offer": 2300}')
    assert not absent & loaded_by(arguments)


@pytest.mark.parametrize(
    "line",
    [
        "negotiate 1 2300 --new-session",
        "call start --load L1 --carrier MC123",
        "call end 1 --outcome rejected",
        "call show 1",
        "call book 1 2300 --by kim",
        "call undo 1 --reason slip",
        "call reopen 2 --reason slip",
        "session start --call 1",
        "session show sess_known",
        "session set sess_known --meta desk=reefer",
        "session close sess_known",
        "load show L1",
        "load add L9 --origin NV --destination ID --pickup 2025-09-02 --delivery 2025-09-03 --equipment Van --rate 9",
        "load set L1 --ceiling 2400",
    ],
)
def test_a_command_about_one_row_says_its_sql_itself(desk: Path, line: str) -> None:
    """To import sqlite-utils takes longer than all else that it does."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute(
            """INSERT INTO negotiations (call_id, round_number, session_id, carrier_offer, system_response)
               VALUES (1, 1, 'sess_known', 2300, 'counter_offer_2125.00'), (2, 1, NULL, 2100, 'accepted')"""
        )
        db.execute(
            "UPDATE calls SET final_rate_agreed = 2100, outcome = 'accepted', load_id = 'L2' WHERE id = 2"
        )
    assert not NOT_FOR_ONE_ROW & loaded_by([*line.split(), "--json"])


def test_a_policy_in_the_file_is_read_with_json_alone(desk: Path) -> None:
    """What reads documents that people write is for the commands about the policy."""
    with closing(sqlite3.connect(desk)) as db, db:
        db.execute("""INSERT INTO policies (version, document) VALUES (1, '{"desk": {"rounds": 5}}')""")
    loaded = loaded_by(["negotiate", "1", "2300", "--json"])
    assert "negotiator.policy.parsing" in loaded
    assert not {"tomllib", "negotiator.policy.toml", "negotiator.policy.store", *NOT_FOR_A_READER} & loaded


@pytest.mark.parametrize(
    ("arguments", "looks"),
    [
        (["generate-id"], False),
        (["negotiate", "1", "2300"], False),
        (["batch", "asks.jsonl"], True),
        (["report"], True),
        (["load", "import", "loads.jsonl"], True),
    ],
)
def test_only_what_may_run_long_looks_for_garbage(desk: Path, arguments: list[str], looks: object) -> None:
    """A short command leaves all of it to the system, and to Python as it exits none."""
    desk.with_name("asks.jsonl").write_text('{"call_id": 1, "carrier_offer": 2300}')
    desk.with_name("loads.jsonl").write_text('{"load_id": "L1"}')
    code = (
        "import gc, sys; from negotiator.__main__ import main\n"
        "try: main()\n"
        "finally: print(gc.isenabled(), gc.get_freeze_count() > 10_000, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1] == f"{looks} True", done.stderr


def loaded_by(arguments: list[str]) -> set[str]:
    """Return the modules that are loaded when a command ends."""
    code = (
        "import sys; from negotiator.cli import app\n"
        "try: app()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "finally: print(*sys.modules, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return set(result.stderr.split())


def test_importing_the_package_loads_none_of_its_modules() -> None:
    """An ID shouldn't cost the import of sqlite-utils."""
    code = "import sys, negotiator; negotiator.generate_session_id(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"sqlite_utils", "sqlite3", "typer", "rich", "negotiator.service"} & set(loaded)
