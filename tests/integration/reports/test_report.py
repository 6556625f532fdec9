"""Every figure of a report, worked out by hand on a small file."""

import csv
import io
import json
import re
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from negotiator import CallHandlingService
from negotiator.errors import InvalidConditionError, InvalidTimeError
from negotiator.maintenance.create import init
from negotiator.output.report.words import BOOKED, booked, made_from
from negotiator.reports.alarms import parse_condition
from negotiator.reports.figures import FIGURES
from negotiator.reports.report import Report, report
from negotiator.reports.span import Span, local_label, span_of
from negotiator.storage import transactions
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, SCRIPT, contents, data, execute, installed, run, select

FILE = """
INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                   loadboard_rate, status, created_at) VALUES
  ('A', 'Reno, NV', 'Boise, ID', '', '', 'Dry Van', 1000, 'booked', '2025-08-01 00:00:00'),
  ('B', 'Omaha, NE', 'Tulsa, OK', '', '', 'Reefer', 2000, 'booked', '2025-08-01 00:00:00'),
  ('C', 'Erie, PA', 'Akron, OH', '', '', 'Dry Van', 1500, 'available', '2025-08-22T12:00:00Z'),
  ('D', 'Erie, PA', 'Akron, OH', '', '', 'Dry Van', 500, 'available', NULL);
INSERT INTO carriers (mc_number, company_name) VALUES ('MC1', 'One Inc');
INSERT INTO calls (id, carrier_mc_number, load_id, call_start_time, outcome, sentiment, final_rate_agreed) VALUES
  (1, 'MC1', 'A', '2025-08-30 10:00:00', 'accepted', 'positive', 1050),
  (2, 'MC-2', 'B', '2025-08-30 11:00:00', 'accepted', 'neutral', 2000),
  (3, 'MC 1', 'C', '2025-08-31 10:00:00', 'transferred', NULL, NULL),
  (4, 'MC-1', 'C', '2025-08-31 11:00:00', 'negotiating', NULL, NULL),
  (5, 'MC1', 'C', '2025-08-31 12:00:00', 'abandoned', NULL, NULL),
  (6, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response, timestamp) VALUES
  (1, 'sess_one', 1, 1200, 'counter_offer_1025.00', '2025-08-30 10:00:00'),
  (1, 'sess_one', 2, 1050, 'accepted', '2025-08-30T10:10:00Z'),
  (2, NULL, 1, 2000, 'accepted', '2025-08-30 11:00:00'),
  (3, 'sess_three', 2, 1750, 'counter_offer_1580.00', '2025-08-31 10:05:00'),
  (3, 'sess_three', 1, 1800, 'counter_offer_1530.00', '2025-08-31 10:00:00.000000'),
  (3, 'sess_three', 3, 1670, 'transfer_to_human', '2025-08-31 12:20:00+02:00'),
  (4, 'sess_four', 1, 1700, 'counter_offer_1530.00', '2025-08-31 11:00:00'),
  (4, NULL, 1, 1600, 'Let me see.', '2025-08-31 12:00:00');
"""
# key: value, numerator, denominator
EXPECTED: dict[str, tuple[float | None, float | None, float]] = {
    "calls": (6, 6, 6),
    "calls_with_ask": (4, 4, 6),
    "sessions": (3, 3, 5),
    "threads": (5, 5, 5),
    "rounds": (8, 8, 8),
    "undecided_rounds": (1, 1, 8),
    "booking_rate": (0.5, 2, 4),
    "outcome_accepted": (2 / 6, 2, 6),
    "outcome_rejected": (0, 0, 6),
    "outcome_negotiating": (1 / 6, 1, 6),
    "outcome_transferred": (1 / 6, 1, 6),
    "outcome_abandoned": (1 / 6, 1, 6),
    "outcome_unknown": (1 / 6, 1, 6),
    "rounds_to_close": (2, 2 + 1 + 3, 3),
    "closed_in_1": (1 / 3, 1, 3),
    "closed_in_2": (1 / 3, 1, 3),
    "closed_in_3": (1 / 3, 1, 3),
    "closed_in_more": (0, 0, 3),
    # one 1200/1000, call 2 2000/2000, three 1800/1500, four 1700/1500, call 4 1600/1500
    "first_ask_over_posted": (800 / 7500, 200 + 0 + 300 + 200 + 100, 1000 + 2000 + 3 * 1500),
    "first_ask_over_posted_median": (200 / 1500, None, 5),
    "final_over_posted": (50 / 3000, 50 + 0, 1000 + 2000),
    "final_over_posted_median": ((0.05 + 0) / 2, None, 2),
    "saved": (150, (1200 - 1050) + 0, 2),
    "saved_share": (150 / 3200, 150, 1200 + 2000),
    "room_used": (50 / 300, 50 + 0, 100 + 200),
    "policy_above_ceiling": (0, 0, 0),
    "people_above_ceiling": (0, 0, 0),
    "carrier_concession": (280 / 3, (1200 - 1050) + (1800 - 1670), 1 + 2),
    "broker_concession": (135 / 4, 25 + 80 + 30, 1 + 2 + 1),
    "transfer_rate": (1 / 3, 1, 3),
    "recoverable_transfers": (1, 1, 1),  # 1670 is within 2 % of 1650
    "unanswered_counters": (1 / 5, 1, 5),
    "silent_after_1": (1 / 3, 1, 3),
    "silent_after_2": (0, 0, 1),
    "silent_after_3": (None, 0, 0),
    "time_to_close": (600, 600 + 0 + 1200, 3),
    "time_to_close_median": (600, None, 3),
    "sentiment_positive": (1 / 6, 1, 6),
    "sentiment_neutral": (1 / 6, 1, 6),
    "sentiment_negative": (0, 0, 6),
    "sentiment_unknown": (4 / 6, 4, 6),
    "booked_value": (3050, 1050 + 2000, 2),
    # nobody recorded who decided, nor on what
    "booked_by_policy": (0, 0, 2),
    "booked_by_people": (0, 0, 2),
    "policy_over_posted": (None, 0, 0),
    "people_over_posted": (None, 0, 0),
    "fell_through": (0, 0, 2),
    "calls_at_todays_rate": (2, 2, 2),
    "threads_at_todays_rate": (5, 5, 5),
    "threads_at_todays_ceiling": (5, 5, 5),
    "open_loads": (2, 2, 2),
    "open_load_age": (10, 10, 1),
    "open_load_oldest": (10, 10, 1),
}


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """Give a file named loads.db with the rows above."""
    path = tmp_path / "loads.db"
    init(path, now=NOW)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FILE)
    return path


def made(path: Path, **options: Any) -> Report:  # noqa: ANN401 - whatever report takes
    """Make a report at noon of 1 September 2025, UTC."""
    wanted: dict[str, Any] = {
        "span": Span(zone=ZoneInfo("UTC")),
        "now": NOW,
        "ceiling_percent": 10.0,
    } | options
    with LoadsFile.open(path) as file:
        return report(file, **wanted)


@pytest.mark.parametrize("key", [spec.key for spec in FIGURES])
def test_each_figure_is_what_was_worked_out_by_hand(board: Path, key: str) -> None:
    """With the numerator and the denominator that it came from."""
    figure = made(board).whole.figures[key]
    value, numerator, denominator = EXPECTED[key]
    assert figure.value == (None if value is None else pytest.approx(value, abs=1e-5 if value < 1 else 0.005))
    assert figure.numerator == (None if numerator is None else pytest.approx(numerator, abs=0.001))
    assert figure.denominator == denominator
    if value is not None and numerator is not None and figure.unit in {"share", "rounds", "seconds"}:
        assert figure.value == pytest.approx(numerator / denominator, abs=0.001)


def test_a_low_ask_that_another_program_handed_over_was_not_lost_by_its_rate(desk: Path) -> None:
    """Of calls 1 to 3 the ceilings are 2310, 2310 and 1210: one ask is below, one just above, one far above."""
    rows = ((1, 2000), (2, 2330), (3, 1500))
    execute(
        desk,
        *(
            f"INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)"
            f" VALUES ({call}, 1, {ask}, 'transfer_to_human')"
            for call, ask in rows
        ),
    )
    figure = made(desk).whole.figures["recoverable_transfers"]
    assert (figure.numerator, figure.denominator) == (1, 3)


def test_a_file_without_calls_has_figures_of_nothing(desk: Path) -> None:
    """No division by zero, no error."""
    execute(desk, "DELETE FROM calls", "DELETE FROM loads")
    whole = made(desk).whole.figures
    assert (whole["calls"].value, whole["booking_rate"].value, whole["saved"].value) == (0, None, 0)
    for form in ("table", "json", "jsonl", "csv", "md"):
        assert run("report", "--by", "lane", "-f", form).exit_code == 0


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            "lane",
            {
                "Omaha, NE to Tulsa, OK": 1,
                "Reno, NV to Boise, ID": 1,
                "Erie, PA to Akron, OH": 3,
                "unknown": 1,
            },
        ),
        ("equipment", {"Reefer": 1, "Dry Van": 4, "unknown": 1}),
        ("carrier", {"MC2": 1, "MC1 One Inc": 4, "unknown": 1}),
        ("day", {"2025-08-30": 2, "2025-08-31": 3, "unknown": 1}),
        ("week", {"2025-W35": 5, "unknown": 1}),
        ("hour", {"10:00": 2, "11:00": 2, "12:00": 1, "unknown": 1}),
        ("outcome", {"accepted": 2, "transferred": 1, "negotiating": 1, "abandoned": 1, "unknown": 1}),
        ("round", {"0": 6, "1": 0, "2": 0, "3": 0}),
    ],
)
def test_calls_are_cut_by_each_dimension(board: Path, by: str, expected: dict[str, int]) -> None:
    """And the groups together are the whole, for all that can be added up."""
    cut = made(board, by=by)
    assert {group.group: group.figures["calls"].value for group in cut.groups} == expected
    for key in ("calls", "threads", "rounds", "booked_value", "saved", "undecided_rounds"):
        assert sum(group.figures[key].value or 0 for group in cut.groups) == cut.whole.figures[key].value


def test_threads_are_cut_by_their_rounds_and_by_how_they_ended(board: Path) -> None:
    """One took two rounds, one three, three took one."""
    rounds = {group.group: group.figures["threads"].value for group in made(board, by="round").groups}
    assert rounds == {"0": 0, "1": 3, "2": 1, "3": 1}
    outcomes = {group.group: group.figures["threads"].value for group in made(board, by="outcome").groups}
    assert outcomes == {"accepted": 2, "transferred": 1, "negotiating": 1, "unknown": 1, "abandoned": 0}


def test_groups_come_the_most_booked_first_and_times_in_their_order(board: Path) -> None:
    """And only so many as are wanted."""
    assert [group.group for group in made(board, by="carrier", top=2).groups] == ["MC2", "MC1 One Inc"]
    assert [group.group for group in made(board, by="day").groups] == ["2025-08-30", "2025-08-31", "unknown"]


def test_days_and_hours_are_those_of_the_time_zone(board: Path) -> None:
    """Ten in the morning in UTC is five in Chicago, and the evening before in Honolulu."""
    chicago = made(board, by="hour", span=Span(zone=ZoneInfo("America/Chicago")))
    assert [group.group for group in chicago.groups] == ["05:00", "06:00", "07:00", "unknown"]
    kiritimati = made(board, by="day", span=Span(zone=ZoneInfo("Pacific/Kiritimati")))
    assert [group.group for group in kiritimati.groups] == ["2025-08-31", "2025-09-01", "unknown"]


def test_a_span_begins_with_its_first_moment_and_ends_before_its_last(board: Path) -> None:
    """What has no time is in no span; open loads are those of today."""
    day = timedelta(days=1)
    first = made(
        board, span=Span(NOW - 2 * day - timedelta(hours=2), NOW - day - timedelta(hours=2))
    ).whole.figures
    assert (first["calls"].value, first["threads"].value, first["booked_value"].value) == (2, 2, 3050)
    assert first["open_loads"].value == 2


def test_a_comparison_is_with_the_span_before(board: Path) -> None:
    """Of the same length."""
    until = datetime(2025, 9, 1, tzinfo=UTC)
    compared = made(board, span=Span(until - timedelta(days=1), until), compare=True, by="equipment")
    assert (compared.whole.figures["calls"].value, compared.whole.previous["calls"].value) == (3, 2)
    shown = run(
        "report", "--since", "2025-08-31", "--until", "2025-09-01", "--tz", "UTC", "--compare", "-f", "md"
    ).stdout
    assert "| Calls | 3 |  | 2 | ↑ up 1 (+50.0%) |" in shown
    assert "| Booked value | $0.00 | 0 booked calls | $3,050.00 | ↓ down $3,050.00 (-100.0%) |" in shown


def test_an_hour_is_that_of_the_zone_s_clock() -> None:
    """Where clocks were put forward that night."""
    zone = ZoneInfo("America/Chicago")
    assert local_label(2460744.0 + 8.5 / 24 + 0.5, "hour", zone) == "03:00"  # 8:30 in UTC on 9 March


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "soon"],
        ["--tz", "Nowhere/Land"],
        ["--since", "today", "--until", "yesterday"],
        ["--compare"],
        ["--by", "mood"],
        ["--top", "0"],
        ["--within", "-1"],
        ["--within", "nan"],
        ["--fail-if", "booking_rate"],
        ["--fail-if", "mood<1"],
        ["--fail-if", "calls<many"],
        ["--fail-if", "calls<1; DROP TABLE calls"],
        ["--format", "pdf"],
        ["--json", "--format", "md"],
    ],
)
def test_bad_input_is_exit_2(board: Path, arguments: list[str]) -> None:
    """One sentence, nothing printed."""
    result = run("report", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_every_form_has_every_figure(board: Path) -> None:
    """By key for programs, by label for people."""
    as_json = data("report", "--by", "lane")
    assert list(as_json) == ["since", "until", "timezone", "by", "figures", "above_ceiling", "groups"]
    assert set(as_json["figures"]) == set(EXPECTED) == set(as_json["groups"][0]["figures"])
    lines = [json.loads(line) for line in run("report", "-f", "jsonl").stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run("report", "-f", "csv").stdout)))
    assert [line["figure"] for line in lines] == [row["figure"] for row in rows] == list(EXPECTED)
    for form in (["--format", "table", "--all"], ["--format", "md"]):
        text = run("report", "--by", "lane", *form).stdout
        assert all(spec.label in text for spec in FIGURES)
        assert "50.0%" in text


def test_a_table_has_a_dozen_figures_in_words(board: Path) -> None:
    """What was divided by what: calls are not calls with an ask, and neither is a thread."""
    lines = run("report").stdout.splitlines()
    assert lines[0] == "Negotiations, all time (UTC)"
    assert [re.split("  +", line) for line in lines[3:15]] == [
        ["Calls", "6"],
        ["Calls with an ask", "4", "of 6 calls"],
        ["Booked", "2", "of 6 calls"],
        ["Booking rate", "50.0%", "2 of 4 calls with an ask"],
        ["Booked value", "$3,050.00", "2 booked calls"],
        ["Agreed over posted", "1.7%", "$50.00 over $3,000.00 posted"],
        ["Saved", "$150.00", "less than was first asked, in 2 negotiations"],
        ["Rounds to close", "2.00", "6 rounds in 3 closed negotiations"],
        ["Transfers", "33.3%", "1 of 3 closed negotiations"],
        ["Recoverable transfers", "100.0%", "1 of 1 transfer"],
        ["Counters unanswered", "20.0%", "1 of 5 negotiations"],
        ["Open loads", "2", "available now"],
    ]
    assert " ".join(lines[15:]) == (
        " No rate was recorded then: today's posted rate stands in for 2 of 2 booked calls and 5 of 5 negotiations, "
        "today's ceiling for 5 of 5 negotiations."
    )


@pytest.mark.parametrize("key", [BOOKED, *(spec.key for spec in FIGURES)])
def test_every_figure_says_in_words_what_it_was_made_from(board: Path, key: str) -> None:
    """Except what is simply counted."""
    figures = made(board).whole.figures
    text = made_from(booked(figures) if key == BOOKED else figures[key])
    assert bool(text) == (key not in {"calls", "threads", "rounds"})
    assert "/" not in text


def test_one_is_no_plural(board: Path) -> None:
    """Neither of what is divided nor of what it is divided by."""
    execute(board, "DELETE FROM negotiations WHERE call_id <> 2", "DELETE FROM calls WHERE id <> 2")
    figures = made(board).whole.figures
    assert made_from(figures["rounds_to_close"]) == "1 round in 1 closed negotiation"
    assert made_from(figures["booking_rate"]) == "1 of 1 call with an ask"


def test_groups_come_before_the_figures_of_all(board: Path) -> None:
    """A share with the numbers that were divided: they are not those of the other columns."""
    shown = run("report", "--by", "carrier").stdout
    assert shown.index("MC1 One Inc") < shown.index("\nIn all\n") < shown.rindex("Booked value")
    (row,) = [line for line in shown.splitlines() if line.startswith("MC1 One Inc")]
    assert re.split("  +", row)[1:3] == ["4", "33.3% (1 of 3)"]


def test_a_deal_that_fell_through_is_counted_apart_from_a_slip(board: Path) -> None:
    """Among the calls that have, or had, a deal; booked again, it has fallen through all the same."""
    before = made(board).whole.figures["fell_through"]
    assert (before.numerator, before.denominator) == (0, 2)
    calls = [
        number for (number,) in select(board, "SELECT id FROM calls WHERE final_rate_agreed > 0 ORDER BY id")
    ]
    for call, more in zip(calls, [("--fell-through",), ()], strict=True):
        assert run("call", "reopen", call, "--reason", "so", *more).exit_code == 0
    after = made(board).whole.figures["fell_through"]
    assert (after.numerator, after.denominator) == (1, 1)
    assert run("report", "--fail-if", "fell_through>0.5").exit_code == 10
    run("call", "book", calls[0], "1050")
    again = made(board).whole.figures["fell_through"]
    assert (again.numerator, again.denominator) == (1, 1)


def test_an_idle_day_is_told_in_three_lines(board: Path) -> None:
    """Nothing happened, what did before, and what is on offer; a program gets every figure all the same."""
    day = ["report", "--since", "2025-09-01", "--until", "2025-09-02", "--tz", "UTC"]
    lines = run(*day, "--by", "carrier").stdout.splitlines()
    assert lines[:2] == [
        "Negotiations, 2025-09-01 00:00 to 2025-09-02 00:00 (UTC)",
        "No calls and no rounds.",
    ]
    assert re.fullmatch(r"Available loads: 2; the oldest for [\d.,]+ days\.", lines[2])
    assert len(lines) == 3
    compared = run(*day, "--compare").stdout
    assert "\nIn the span before: 3 calls, 0 booked for $0.00.\n" in compared
    assert "Booking rate" in run(*day, "--all").stdout
    assert set(data(*day)["figures"]) == set(EXPECTED)


def test_names_cannot_break_a_markdown_table(board: Path) -> None:
    """Nor act on who reads it."""
    execute(board, "UPDATE loads SET origin = '|`<b>*x*' || char(10) || '[a](b)' WHERE load_id = 'A'")
    (row,) = [
        line for line in run("report", "--by", "lane", "-f", "md").stdout.splitlines() if "Boise" in line
    ]
    assert r"\|\`\<b\>\*x\*\\n\[a\](b) to Boise, ID" in row


@pytest.mark.parametrize("name", ["loads.db", "loads.db-wal", "link.db", "other.db", ".", ""])
def test_a_report_never_takes_the_place_of_a_database_or_a_folder(
    board: Path, tmp_path: Path, name: str
) -> None:
    """Exit 2, before anything is read."""
    (tmp_path / "link.db").symlink_to(board)
    init(tmp_path / "other.db")
    before = {path: path.read_bytes() for path in tmp_path.glob("*.db")}
    assert run("report", "--output", name).exit_code == 2
    assert {path: path.read_bytes() for path in tmp_path.glob("*.db")} == before


def test_a_report_to_a_minus_is_printed(board: Path) -> None:
    """As everywhere: no file has that name."""
    assert run("report", "-f", "md", "-o", "-").stdout == run("report", "-f", "md").stdout != ""
    assert not Path("-").exists()


def test_links_and_pipes_stay_what_they_are(board: Path, tmp_path: Path) -> None:
    """What a link points to is replaced; into a pipe it is written."""
    (tmp_path / "link").symlink_to(tmp_path / "target")
    assert run("report", "-f", "md", "--output", tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert "Booking rate" in (tmp_path / "target").read_text()
    piped = subprocess.run(
        ["sh", "-c", f'"{SCRIPT}" report -f md --output /dev/stdout | cat'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Booking rate" in piped.stdout


@pytest.mark.parametrize(
    ("spelled", "day"),
    [
        ("2025-03-01 09:00:00 UTC", "2025-03-01"),
        ("2025-03-01T23:30:00-0100", "2025-03-02"),
        (" 2025-03-01t9:00:00z", "2025-03-01"),
        ("now", "unknown"),
        ("0", "unknown"),
        ("0000-01-01 00:00:00", "unknown"),
        ("soon", "unknown"),
    ],
)
def test_a_time_is_what_histories_take_it_for(board: Path, spelled: str, day: str) -> None:
    """In each spelling; SQLite's own words for now are no times."""
    execute(board, "DELETE FROM calls WHERE id > 1", f"UPDATE calls SET call_start_time = '{spelled}'")
    assert [group.group for group in made(board, by="day").groups if group.figures["calls"].value] == [day]


def test_times_at_the_end_of_all_calendars_are_no_trouble(board: Path) -> None:
    """Some have no local time."""
    execute(board, "UPDATE calls SET call_start_time = '9999-12-31 23:59:59' WHERE id = 1")
    assert run("report", "--by", "day", "--tz", "Asia/Tokyo").exit_code == 0
    for arguments in (
        ["--since", "9999-12-31T23:59", "--tz", "America/Chicago"],
        ["--since", "0001-01-02", "--compare"],
    ):
        assert run("report", *arguments).exit_code == 2
    assert run("session", "start", "--expires-in", "999999w").exit_code == 2


def test_what_is_no_amount_is_left_out(board: Path) -> None:
    """Infinity and text stand in files; JSON has neither."""
    execute(board, "UPDATE calls SET final_rate_agreed = 9e999, call_duration = 9e999 WHERE id = 1")
    execute(board, "UPDATE loads SET loadboard_rate = 'call us' WHERE load_id = 'B'")
    assert data("report")["figures"]["booked_value"]["value"] == 2000
    assert data("call", "show", 1)["call_duration"] is None


def test_the_ceiling_is_that_of_the_policy_to_the_cent(board: Path) -> None:
    """512.30 and 10 % are 563.53, though a float makes 563.5299 of it: all the room was used."""
    execute(
        board,
        "UPDATE loads SET loadboard_rate = 512.30 WHERE load_id = 'A'",
        "UPDATE negotiations SET carrier_offer = 563.53 WHERE system_response = 'accepted' AND call_id = 1",
        "DELETE FROM negotiations WHERE call_id = 2",
    )
    assert made(board).whole.figures["room_used"].value == 1


def test_the_most_booked_groups_are_kept_and_then_put_in_order(board: Path) -> None:
    """`--top` of days is of those that count, not of the first."""
    execute(
        board,
        "UPDATE calls SET call_start_time = '2025-08-0' || id || ' 10:00:00'",
        "UPDATE calls SET final_rate_agreed = 2000 * (id >= 5)",
    )
    assert [group.group for group in made(board, by="day", top=2).groups] == ["2025-08-05", "2025-08-06"]
    assert run("report", "--top", 2).exit_code == 2


def test_a_file_is_written_whole_or_not_at_all(board: Path, tmp_path: Path) -> None:
    """It replaces what was there; nothing is printed."""
    target = tmp_path / "report.json"
    target.write_text("yesterday")
    target.chmod(0o640)
    result = run("report", "--json", "--output", target)
    assert (result.exit_code, result.output) == (0, "")
    assert json.loads(target.read_text())["figures"]["calls"]["value"] == 6
    assert target.stat().st_mode & 0o777 == 0o640
    before = set(tmp_path.iterdir())
    assert run("report", "--output", tmp_path / "no" / "such" / "folder").exit_code == 3
    assert run("report", "--output", tmp_path).exit_code == 2
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("booking_rate<0.5", ""),
        ("booking_rate<=0.5", "booking_rate is 0.5 (booking_rate<=0.5)"),
        ("calls == 6", "calls is 6 (calls==6)"),
        ("calls!=6", ""),
        ("saved>149.99", "saved is 150 (saved>149.99)"),
        ("saved>=150.01", ""),
    ],
)
def test_a_condition_that_holds_is_exit_10_after_printing(board: Path, condition: str, said: str) -> None:
    """So that cron raises an alarm and the report is there all the same."""
    result = run("report", "--fail-if", "calls<0", "--fail-if", condition, "-f", "md")
    assert result.exit_code == (10 if said else 0)
    assert "| Calls | 6 |" in result.stdout
    alarm = f"Error: the report asks for an alarm: {said}. Hint: look at the report.\n" if said else ""
    assert result.stderr == alarm


def test_a_figure_without_a_value_raises_no_alarm(desk: Path) -> None:
    """There were no asks: no booking rate is no bad booking rate."""
    assert run("report", "--fail-if", "booking_rate<1").exit_code == 0


@pytest.mark.parametrize(
    "text", ["", "calls", "calls<", "<1", "calls<1<2", "calls=1", "Calls<1", "calls<1e3"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    """Before anything is read."""
    with pytest.raises(InvalidConditionError):
        parse_condition(text)


def test_a_span_has_a_beginning_before_its_end() -> None:
    """And one that is compared has both."""
    with pytest.raises(InvalidTimeError):
        span_of("2025-09-01", "2025-09-01", ZoneInfo("UTC"), NOW)
    with pytest.raises(InvalidTimeError):
        Span().before()


def test_the_desk_s_zone_is_that_of_its_reports(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless --tz names another."""
    monkeypatch.setenv("NEGOTIATOR_TZ", "Pacific/Kiritimati")
    days = data("report", "--by", "day")
    assert (days["timezone"], days["groups"][0]["group"]) == ("Pacific/Kiritimati", "2025-08-31")
    assert data("report", "--by", "day", "--tz", "UTC")["groups"][0]["group"] == "2025-08-30"
    monkeypatch.setenv("NEGOTIATOR_TZ", "Nowhere/Land")
    result = run("report")
    assert (result.exit_code, "NEGOTIATOR_TZ is 'Nowhere/Land'" in result.stderr) == (2, True)


def test_a_machine_s_zone_that_is_none_is_said_where_it_is_used(board: Path) -> None:
    """A report's days begin elsewhere then: in UTC, which nobody chose."""
    said = "Warning: TZ is 'Garbage/Zone', which is no time zone: the machine's time is UTC.\n"
    assert run("report", TZ="Garbage/Zone").stderr == said
    assert run("report", TZ="Garbage/Zone", NEGOTIATOR_TZ="America/Chicago").stderr == ""
    assert run("report", "--tz", "UTC", TZ="Garbage/Zone").stderr == ""


def test_it_works_as_from_cron_and_says_nothing_on_stderr(board: Path) -> None:
    """Without a terminal, HOME or locale; the write lock may be held by somebody."""
    with closing(sqlite3.connect(board, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        result = installed("report", "--by", "day", "--output", "out.md", "-f", "md", env={"LC_ALL": "C"})
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_report_changes_nothing(board: Path) -> None:
    """Its tables are temporary, and a writer can write at once after it."""
    before, size = contents(board), board.stat().st_size
    made(board, by="day")
    assert (contents(board), board.stat().st_size) == (before, size)


def test_a_writer_is_not_kept_waiting_between_queries(board: Path) -> None:
    """In rollback mode a report's connection holds no lock once its tables are made."""
    with closing(sqlite3.connect(board)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with LoadsFile.open(board) as file:
        report(file, span=Span(), now=NOW, ceiling_percent=10)
        with closing(sqlite3.connect(board, timeout=0)) as writer, writer:
            writer.execute("UPDATE loads SET notes = 'written'")


def test_views_can_be_asked_in_sql(board: Path) -> None:
    """A row a round with its decision, a row a thread with its result."""
    rounds = "SELECT call_id, ask, decision, counter FROM round_facts ORDER BY round_id LIMIT 3"
    assert select(board, rounds) == [
        (1, 1200, "counter", 1025),
        (1, 1050, "accepted", None),
        (2, 2000, "accepted", None),
    ]
    threads = "SELECT thread, state, rounds, first_ask, last_ask, agreed FROM thread_facts ORDER BY thread"
    assert select(board, threads) == [
        ("call 2", "accepted", 1, 2000, 2000, 2000),
        ("call 4", "undecided", 1, 1600, 1600, None),
        ("sess_four", "open", 1, 1700, 1700, None),
        ("sess_one", "accepted", 2, 1200, 1050, 1050),
        ("sess_three", "transferred", 3, 1800, 1670, None),
    ]


def test_a_reopened_thread_is_open_in_the_views(desk: Path) -> None:
    """The row that takes the agreement back is no round."""
    run("negotiate", 1, 2100)
    run("call", "reopen", 1, "--reason", "slip")
    assert select(desk, "SELECT state, rounds, agreed FROM thread_facts") == [("open", 1, None)]


def test_sessions_have_statistics(board: Path) -> None:
    """Rounds, seconds, and what either side gave a round."""
    found = {row["session_id"]: row for row in data("session", "list", "--stats")}
    three = found["sess_three"]
    assert (three["status"], three["rounds"], three["seconds"]) == ("transferred", 3, 1200)
    assert (three["carrier_concession"], three["broker_concession"]) == (65, 40)
    assert found["sess_four"]["carrier_concession"] is None
    assert "Ask gave" in run("session", "list", "--stats").stdout


def negotiated(path: Path) -> None:
    """Make a file in which the policy agreed on 2200 of 2100, and a person on 2450 of 2100 after a transfer."""
    init(path, now=NOW)
    execute(
        path,
        """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate, status) VALUES
             ('P', 'Reno, NV', 'Boise, ID', '', '', 'Dry Van', 2100, 'available'),
             ('Q', 'Reno, NV', 'Boise, ID', '', '', 'Dry Van', 2100, 'available')""",
        "INSERT INTO calls (id, load_id, call_start_time) VALUES (1, 'P', '2025-09-01'), (2, 'Q', '2025-09-01')",
    )
    with CallHandlingService.open(path, clock=lambda: NOW) as service:
        for ask in (2300, 2250, 2200, 2200):
            service.negotiate(1, ask)
        for _ in range(4):
            service.negotiate(2, 2500)
        service.book_call(2, 2450, by="kim")


def test_the_past_stays_true_when_rates_and_ceilings_change(tmp_path: Path) -> None:
    """A posted rate that was raised since made a loss of what was agreed; today's ceiling judged old deals."""
    path = tmp_path / "loads.db"
    negotiated(path)
    before = data("report")["figures"]
    execute(path, "UPDATE loads SET loadboard_rate = 2600")
    after = json.loads(run("report", "--json", NEGOTIATOR_CEILING_PERCENT="50").stdout)["figures"]
    assert after == before
    assert before["final_over_posted"]["value"] == pytest.approx((100 + 350) / 4200, abs=1e-6)
    assert before["room_used"]["value"] == pytest.approx(100 / 210, abs=1e-6)  # the policy's alone
    assert "No rate was recorded then" not in run("report", "--all").stdout


def test_what_falls_back_on_today_is_counted_and_said(tmp_path: Path) -> None:
    """In JSON, on a terminal, in Markdown, on the page; here the ceilings are known."""
    path = tmp_path / "loads.db"
    negotiated(path)
    execute(path, "UPDATE negotiations SET posted_rate = NULL WHERE call_id = 1")
    figures = data("report")["figures"]
    told = [
        (figures[key]["value"], figures[key]["denominator"])
        for key in ("calls_at_todays_rate", "threads_at_todays_rate", "threads_at_todays_ceiling")
    ]
    assert told == [(1, 2), (1, 2), (0, 2)]
    words = "today's posted rate stands in for 1 of 2 booked calls and 1 of 2 negotiations."
    for form in ("table", "md", "html"):
        printed = " ".join(run("report", "-f", form).stdout.replace("&#39;", "'").split())
        assert words in printed, form


def test_peoples_deals_are_told_from_those_of_the_policy(tmp_path: Path) -> None:
    """How many, and what was paid over the posted rate."""
    negotiated(tmp_path / "loads.db")
    figures = data("report")["figures"]
    shares = {key: (figures[key]["numerator"], figures[key]["denominator"]) for key in figures}
    assert (shares["booked_by_policy"], shares["booked_by_people"]) == ((1, 2), (1, 2))
    assert (shares["policy_over_posted"], shares["people_over_posted"]) == ((100, 2100), (350, 2100))
    assert "Booked by people" in run("report").stdout
    assert run("report", "--fail-if", "booked_by_people>0.4").exit_code == 10


def test_a_round_that_was_taken_back_counts_in_no_figure(tmp_path: Path) -> None:
    """Not as an ask, a counter, a round or a deal."""
    path = tmp_path / "loads.db"
    negotiated(path)
    with CallHandlingService.open(path, clock=lambda: NOW) as service:
        service.undo_round(2, "the carrier called back")
        service.undo_round(1, "slip")
    figures = data("report")["figures"]
    assert [figures[key]["numerator"] for key in ("rounds", "booked_by_people", "booked_value")] == [7, 0, 0]
    assert (figures["transfer_rate"]["numerator"], figures["transfer_rate"]["denominator"]) == (1, 1)
    assert data("session", "list") == []
    assert data("call", "list")[0]["negotiation_rounds"] == 4


def test_groups_of_one_value_come_by_calls_then_by_name(desk: Path) -> None:
    """And rounds by number, not by text."""
    execute(
        desk,
        "DELETE FROM calls",
        *(
            f"""INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                                   loadboard_rate, status)
                VALUES ('{name}', '{name}', 'Z', '', '', 'Van', 900, 'booked')"""
            for name in "BACD"
        ),
        """INSERT INTO calls (load_id, final_rate_agreed, negotiation_rounds) VALUES
             ('B', NULL, 2), ('A', NULL, 10), ('C', NULL, 0), ('C', NULL, NULL), ('D', 900, 9)""",
    )
    lanes = [cut.group for cut in made(desk, by="lane").groups if cut.figures["calls"].value]
    assert lanes == ["D to Z", "C to Z", "A to Z", "B to Z"]
    assert [cut.group for cut in made(desk, by="lane", top=2).groups] == ["D to Z", "C to Z"]
    assert [cut.group for cut in made(desk, by="round").groups] == ["0", "2", "9", "10"]


def test_it_tells_again_and_again_that_it_is_reading(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file takes a while."""
    monkeypatch.setattr(transactions, "_STEPS_A_TICK", 10)
    told = []
    made(board, progress=lambda *report: told.append(report))
    assert set(told) == {("reading", 0, 0)}
