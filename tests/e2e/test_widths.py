"""What a terminal shows at each width: an ID or an amount whole, or its column named as left out."""

import re
from pathlib import Path

import pyte
import pytest

from tests.conftest import execute, run
from tests.e2e.test_terminal import on_a_terminal, plain

LEFT_OUT = re.compile(r"^Left out at \d+ columns: (.+?)\. ", re.MULTILINE)
WIDTHS = [60, 80, 100, 120]
SESSION = "sess_20250820224530_" + "abcdefghij" * 3  # as long as an ID may be
CALLS = ["9876543210", "1240"]
LOAD, CARRIER = "LD-2025-08-20-000123", "MC12345678"
POSTED, ASKS, COUNTER, AGREED = (
    "$9,000,000.00",
    ["$9,876,543.21", "$9,345,678.90"],
    "$9,123,456.78",
    "$9,345,678.90",
)
TIMES = ["2025-08-20 22:45", "2025-08-20 22:47"]
NOTES = f"A person at the desk of {CARRIER} said that $9,200,000.00 would do, and asked about {LOAD}"

TABLES: dict[str, dict[str, list[str]]] = {
    "call list": {"Call": CALLS, "Carrier": [CARRIER], "Load": [LOAD], "Started": TIMES[:1], "Agreed": [AGREED]},
    "session list": {
        "Session": [SESSION], "Status": ["accepted"], "Carrier": [CARRIER], "Load": [LOAD],
        "Last ask": ASKS[1:], "Our counter": [COUNTER], "Latest": TIMES[1:],
    },
    "session list --stats": {"Session": [SESSION], "Ask gave": ["$530,864.31"], "We gave": ["$123,456.78"]},
    "load list": {"Load": [LOAD], "Rate": [POSTED], "Pick-up": ["2025-09-02 14:00"], "Status": ["booked"]},
    "load show LD-2025-08-20-000123": {
        "Call": CALLS, "Carrier": [CARRIER], "Last ask": ASKS[1:], "Our counter": [COUNTER], "Agreed": [AGREED],
        "Latest": TIMES[1:], "": [LOAD, POSTED, f"{CARRIER} at {AGREED}"],
    },
    "call history 9876543210": {
        "Ask": ASKS, "Answer": [COUNTER, "accepted"], "Time": TIMES, "Session": [SESSION],
        "Notes": [CARRIER, "$9,200,000.00", LOAD],
    },
    f"session history {SESSION}": {
        "Call": CALLS[:1], "Ask": ASKS, "Answer": [COUNTER, "accepted"], "Time": TIMES,
        "Notes": [CARRIER, "$9,200,000.00", LOAD],
    },
    f"session history {SESSION} --chart": {"": [*ASKS, COUNTER]},
    "call show 9876543210": {"": [*CALLS[:1], CARRIER, LOAD, AGREED, POSTED]},
    f"session show {SESSION}": {"": [SESSION, *CALLS[:1], CARRIER, LOAD, *ASKS, COUNTER]},
    f"negotiate 1240 9500000 --session {SESSION[:-1]}k --explain --dry-run": {
        "": [f"{SESSION[:-1]}k", LOAD, CARRIER, POSTED, "$9,500,000.00"]
    },
    "policy history": {"Version": ["1"], "Made": ["2025-08-20 22:45"], "By": ["Kim"], "How": ["applied"]},
    f"policy show --load {LOAD}": {"": [LOAD, POSTED, "$9,900,000.00"]},
    "load lane FL CA": {"": [AGREED]},
    "check": {"Result": ["ok"]},
    "report": {"Call": CALLS[:1], "Load": [LOAD], "Agreed": [AGREED], "Ceiling": ["$9,000,000.01"]},
    "report --all": {"Value": ["$530,864.31"], "Made from": [AGREED, POSTED]},
    "report --by carrier --compare --since 2025-08-20 --until 2025-08-21": {
        "Carrier": [CARRIER], "Value": [AGREED], "Booked value": [AGREED], "Saved": ["$530,864.31"],
    },
}  # fmt: skip


MORE = f"""INSERT INTO calls (id, load_id, carrier_mc_number, final_rate_agreed)
           VALUES (1300 + {{number}}, '{LOAD}', '{CARRIER}', 9345678.90)"""
POLICY = """INSERT INTO policies VALUES (1, '2025-08-20 22:45:00', 'Kim', 'applied',
             'as the customer in Laredo said on the phone', '{"desk": {"ceiling_percent": 10}}')"""


@pytest.fixture
def large(desk: Path) -> Path:
    """Give a desk where everything has as many letters or digits as it can."""
    execute(
        desk,
        "DELETE FROM calls",
        "DELETE FROM loads",
        f"""INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                               loadboard_rate, status)
            VALUES ('{LOAD}', 'Fort Lauderdale, FL', 'San Bernardino, CA', '2025-09-02 14:00', '2025-09-05 14:00',
                    'Refrigerated Van', 9000000, 'booked')""",
        f"""INSERT INTO calls (id, load_id, carrier_mc_number, call_start_time, outcome, initial_rate_offered,
                               final_rate_agreed, negotiation_rounds)
            VALUES (9876543210, '{LOAD}', '{CARRIER}', '2025-08-20 22:45:00', 'accepted', 9000000, 9345678.90, 2),
                   (1240, '{LOAD}', '{CARRIER}', '2025-08-20 22:45:00', 'negotiating', 9000000, NULL, 0)""",
        f"""INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp,
                                      notes)
            VALUES (9876543210, '{SESSION}', 1, 9876543.21, 'counter_offer_9123456.78', '2025-08-20 22:45:30', ''),
                   (9876543210, '{SESSION}', 2, 9345678.90, 'accepted', '2025-08-20 22:47:00', '{NOTES}')""",
    )
    return desk


def screen(text: str, columns: int) -> list[str]:
    """Return the lines that a terminal of so many columns shows of a text."""
    shown = pyte.Screen(columns, 300)
    pyte.Stream(shown).feed(text.replace("\n", "\r\n"))
    return list(shown.display)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("command", TABLES)
def test_ids_and_amounts_are_whole_or_their_column_is_named(
    large: Path, tmp_path: Path, command: str, columns: int
) -> None:
    """Whatever the width; no line runs over unless its first column does not fit."""
    if "lane" in command:
        execute(large, *(MORE.format(number=number) for number in range(4)))
    if "policy" in command:
        execute(large, POLICY)
        execute(large, f"INSERT INTO load_facts (load_id, ceiling) VALUES ('{LOAD}', 9900000)")
    if command == "report":
        execute(
            large, "UPDATE negotiations SET ceiling = 9000000.01, decided_by = 'Kim' WHERE round_number = 2"
        )
    if "negotiate" in command:
        execute(large, "UPDATE loads SET status = 'available'", "UPDATE calls SET final_rate_agreed = NULL")
    with (tmp_path / "stderr").open("w+") as errors:
        seen = on_a_terminal(*command.split(), columns=columns, errors=errors)
        errors.seek(0)
        left_out = {name for names in LEFT_OUT.findall(errors.read()) for name in names.split(", ")}
    lines = screen(seen, columns)
    for heading, values in TABLES[command].items():
        for value in values if heading not in left_out else ():
            assert any(value in line for line in lines), (heading, value, "\n".join(lines))
    assert max(map(len, plain(seen).splitlines())) <= columns
    assert "…" not in seen


def test_an_id_that_does_not_fit_a_line_runs_over_it(large: Path) -> None:
    """It can be copied whole; every other column is left out."""
    for command in (["session", "list"], ["session", "show", SESSION]):
        seen = plain(on_a_terminal(*command, columns=40))
        assert SESSION in seen
        assert SESSION in "".join(screen(seen, 40))


def test_a_pipe_has_what_a_terminal_leaves_out(large: Path) -> None:
    """In lines as long as they need be."""
    assert "Left out at 80 columns: Started. `| less -S` shows all.\n" in plain(on_a_terminal("call", "list"))
    piped = run("call", "list")
    assert ("Started (UTC)" in piped.stdout, piped.stderr) == (True, "")
