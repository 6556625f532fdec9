"""The load board: one load added, many listed, one shown."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from negotiator.output import contract
from tests.conftest import SESSION, contents, data, execute, run

NEW = {
    "--origin": "Reno, NV",
    "--destination": "Boise, ID",
    "--pickup": "8/21/2025 8:00 AM",
    "--delivery": "2025-08-22",
    "--equipment": "Reefer",
    "--rate": "$2,100",
}
SHOWN = [
    *("load_id", "origin", "destination", "pickup_datetime", "delivery_datetime", "equipment_type"),
    *(
        "loadboard_rate",
        "ceiling",
        "notes",
        "weight",
        "commodity_type",
        "num_of_pieces",
        "miles",
        "dimensions",
        "status",
    ),
    *("created_at", "updated_at", "calls", "best_ask", "booked_by", "offers"),
    *("cancelled_at", "cancelled_by", "cancel_reason"),
]


def adding(**changes: str) -> list[str]:
    """Return the arguments that add a load, in which these options differ."""
    options = NEW | {f"--{name}": value for name, value in changes.items()}
    return ["load", "add", "N1", *(f"{name}={value}" for name, value in options.items())]


def ids(*arguments: object) -> list[str]:
    """Return the IDs of a list, in its order."""
    return [load["load_id"] for load in data("load", "list", *arguments)]


@pytest.fixture
def full(desk: Path) -> Path:
    """Give the desk's file with loads that differ in all that a list can ask for."""
    execute(
        desk,
        "DELETE FROM loads",
        """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate, miles, status) VALUES
             ('B', 'Chicago, IL', 'Dallas, TX', '2025-09-02 08:00:00', '2025-09-04', 'Reefer', 2100, 925, 'available'),
             ('A', 'Chicago, IL', 'Macon, GA', '2025-09-02T08:00:00Z', '2025-09-04', 'Dry Van', 1100, 90, 'booked'),
             ('C', '100% Reno_NV', 'Dallas, TX', '2025-09-02T09:00:00+02:00', '2025-09-04', 'Van', 3000.5, NULL, 'available'),
             ('D', 'Erie\\PA', 'Akron', 'soon', 'later', 'Dry Van', 'ask', 10, NULL),
             ('E', 'Erie', 'Akron', '2025-09-03 00:00:00.5', '2025-09-04', 'Dry Van', 9e999, 20, 'completed')""",
    )
    return desk


def test_a_load_is_added_and_can_be_negotiated(desk: Path) -> None:
    """It is printed as `show` prints it; what is not given is null."""
    added = data(*adding(miles="372", pieces="24", weight="41,000", notes="a", commodity="b", dimensions="c"))
    assert list(added) == SHOWN
    assert added == data("load", "show", "N1")
    assert (added["loadboard_rate"], added["status"], added["pickup_datetime"]) == (
        *(2100, "available"),
        "2025-08-21T08:00:00.000000Z",
    )
    assert (added["miles"], added["num_of_pieces"], added["weight"]) == (372, 24, 41000)
    assert added["created_at"] == added["updated_at"]
    execute(desk, "INSERT INTO calls (id, load_id) VALUES (9, 'N1')")
    assert data("negotiate", 9, 2300)["amount"] == 2125


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (adding(rate="lots"), 2, "invalid_loads"),
        (adding(pickup="soon"), 2, "invalid_loads"),
        (adding(delivery="8/20/2025"), 2, "invalid_loads"),
        (adding(origin=" "), 2, "invalid_loads"),
        (adding(weight="-1"), 2, "invalid_loads"),
        (adding(pieces="1.5"), 2, "invalid_loads"),
        (adding(notes="n" * 10_001), 2, "invalid_loads"),
        (adding(notes="a\0b"), 2, "invalid_loads"),
        (adding(notes="a\udcffb"), 2, "invalid_loads"),
        (["load", "add", "N1"], 2, "usage"),
        ([*adding()[:2], "L1", *adding()[3:]], 4, "load_exists"),
        ([*adding()[:2], "", *adding()[3:]], 2, "invalid_loads"),
        (["load", "show", "GONE"], 3, "load_not_found"),
        (["load", "show", "a\udcffb"], 3, "load_not_found"),
        (["load", "list", "--min-rate", "lots"], 2, "invalid_amount"),
        (["load", "list", "--pickup-from", "soon"], 2, "invalid_time"),
        (["load", "list", "--pickup-to", "soon"], 2, "invalid_time"),
        (["load", "list", "--status", "gone"], 2, "usage"),
        (["load", "list", "--sort", "colour"], 2, "usage"),
        (["load", "list", "--limit", "-1"], 2, "usage"),
        (["load", "list", "--db", "missing.db"], 3, "file_not_found"),
        (["load", "show", "L1", "--db", "missing.db"], 3, "file_not_found"),
        ([*adding(), "--db", "missing.db"], 3, "file_not_found"),
        (["load"], 2, "usage"),
    ],
)
def test_bad_input_gets_its_exit_code_and_changes_nothing(
    desk: Path, arguments: list[str], exit_code: int, code: str
) -> None:
    """One sentence, and as JSON with --json."""
    before = contents(desk)
    result = run(*arguments)
    assert result.exit_code == exit_code, result.output
    assert result.stderr.count("\n") == 1
    assert json.loads(run(*arguments, "--json").stderr)["error"]["code"] == code
    assert contents(desk) == before


@pytest.mark.parametrize("command", [["list"], ["show", "A1"], ["add", *adding()[2:]]])
def test_an_old_file_has_to_be_migrated_first(unmigrated: Path, command: list[str]) -> None:
    """Exit 6."""
    assert run("load", *command, "--db", unmigrated).exit_code == 6


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "DCABE"),  # by real time, then ID; unknown times first
        (["--origin", "chicago"], "AB"),
        (["--origin", "CHICAGO", "--destination", "dal"], "B"),
        (["--origin", "0%"], "C"),
        (["--origin", "o_n"], "C"),
        (["--origin", "\\"], "D"),
        (["--origin", "%"], "C"),
        (["--destination", "Paris"], ""),
        (["--equipment", "van"], "DCAE"),
        (["--status", "available"], "DCB"),  # none is available
        (["--status", "completed"], "E"),
        (["--min-rate", "2,100"], "CBE"),  # an infinite rate is more than any
        (["--max-rate", "$2,100.00"], "AB"),
        (["--min-rate", "1100", "--max-rate", "1100"], "A"),
        (["--pickup-from", "2025-09-02 07:30"], "ABE"),
        (["--pickup-from", "9/3/2025"], "E"),
        (["--pickup-to", "9/2/2025"], "CAB"),  # the whole day
        (["--pickup-to", "2025-09-02 08:00"], "CAB"),
        (["--pickup-to", "9999-12-31"], "CABE"),
        (["--pickup-to", "2025-09-02 07:59"], "C"),
        (["--sort", "pickup", "--desc"], "EABCD"),
        (["--sort", "rate"], "DABCE"),
        (["--sort", "rate", "--desc"], "ECBAD"),
        (["--sort", "miles"], "CDEAB"),
        (["--sort", "id", "--desc"], "EDCBA"),
        (["--sort", "status"], "BCDAE"),
        (["--limit", "2"], "DC"),
        (["--limit", "0", "--sort", "id"], "ABCDE"),
    ],
)
def test_a_list_holds_what_is_asked_for(full: Path, arguments: list[str], expected: str) -> None:
    """In the order that is asked for."""
    assert "".join(ids(*arguments)) == expected


def test_a_listed_load_has_the_keys_of_the_contract_in_every_format(full: Path) -> None:
    """Text among numbers, infinite rates and unknown times too: JSON stays JSON."""
    loads = data("load", "list")
    assert [list(load) for load in loads] == [list(contract.LISTED_LOAD)] * 5
    assert (loads[0]["pickup_datetime"], loads[0]["loadboard_rate"]) == ("soon", None)
    assert (loads[1]["pickup_datetime"], loads[1]["miles"]) == ("2025-09-02T07:00:00.000000Z", None)
    assert (loads[4]["loadboard_rate"], loads[4]["miles"]) == (None, 20)
    lines = run("load", "list", "-f", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == loads
    table = list(csv.DictReader(io.StringIO(run("load", "list", "-f", "csv").stdout)))
    assert [row["load_id"] for row in table] == [load["load_id"] for load in loads]


def test_no_loads_is_an_empty_list_and_a_word_on_stderr(full: Path) -> None:
    """Exit 0."""
    result = run("load", "list", "--origin", "Paris", "--json")
    assert (result.exit_code, json.loads(result.stdout), result.stderr) == (0, [], "No loads.\n")
    assert not run("load", "list", "--origin", "Paris").stdout


def test_that_there_are_more_is_said(full: Path) -> None:
    """When a limit has cut the list, and only then."""
    assert "--limit 0" in run("load", "list", "--limit", "4").stderr
    assert not run("load", "list", "--limit", "5").stderr
    assert not run("load", "list").stderr


def test_a_person_sees_lanes_and_no_empty_columns(full: Path) -> None:
    """In a person's words, and narrow enough for a terminal of 80 columns."""
    shown = run("load", "list").stdout
    assert "Chicago, IL to Dallas, TX, Reefer  2025-09-02 08:00  $2,100.00    925  available" in shown
    execute(full, "UPDATE loads SET miles = NULL")
    assert "Miles" not in run("load", "list").stdout


def test_a_load_is_shown_with_its_calls_its_best_ask_and_who_booked_it(desk: Path) -> None:
    """The lowest ask is the best."""
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC' || id")
    run("negotiate", 1, 2300, "--session", SESSION)
    run("negotiate", 2, 2400)
    before = data("load", "show", "L1")
    assert (before["best_ask"], before["booked_by"], before["status"]) == (2300, None, "available")
    run("negotiate", 1, 2100, "--session", SESSION)
    load = data("load", "show", "L1")
    assert list(load) == SHOWN
    assert load["calls"] == [
        {
            "id": 1,
            "carrier_mc_number": "MC1",
            "outcome": "accepted",
            "negotiation_rounds": 2,
            "final_rate_agreed": 2100,
        },
        {
            "id": 2,
            "carrier_mc_number": "MC2",
            "outcome": "negotiating",
            "negotiation_rounds": 1,
            "final_rate_agreed": None,
        },
    ]
    assert (load["best_ask"], load["status"]) == (2100, "booked")
    assert load["booked_by"] == {"call_id": 1, "carrier_mc_number": "MC1", "final_rate_agreed": 2100}
    shown = run("load", "show", "L1").stdout
    assert "Booked by  MC1 at $2,100.00, call 1" in shown
    assert "Best ask   $2,100.00, MC1, call 1" in shown
    assert "negotiating" in shown


def test_the_calls_of_a_load_say_whose_they_are_what_was_asked_and_when(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the desk's zone, which is named once."""
    execute(
        desk,
        "UPDATE calls SET carrier_mc_number = 'MC' || id, call_start_time = '2025-08-20T23:00:00Z'",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
           VALUES (1, 1, 2300, 'counter_offer_2150.00', '2025-08-21T03:40:00Z'),
                  (1, 2, 2250, 'Let me see.', '2025-08-21 03:45:59')""",
        "INSERT INTO carriers (mc_number, company_name) VALUES ('mc 1', 'One Inc'), ('MC3', 'Three')",
    )
    monkeypatch.setenv("NEGOTIATOR_TZ", "America/Chicago")
    heading, _, first, second = run("load", "show", "L1").stdout.splitlines()[-4:]
    assert re.split("  +", heading) == [
        *("Call", "Carrier", "Company", "Rounds", "Last ask", "Our counter", "Latest (America/Chicago)"),
    ]
    asked = ["1", "MC1", "One Inc", "0", "$2,250.00", "$2,150.00", "2025-08-20 22:45"]
    assert re.split("  +", first.strip()) == asked
    assert re.split("  +", second.strip()) == ["2", "MC2", "0", "2025-08-20 18:00"]


def test_an_ask_that_was_withdrawn_is_no_last_ask(desk: Path) -> None:
    """A slip is nobody's."""
    run("negotiate", 1, 2300)
    run("negotiate", 1, 2150)
    run("call", "undo", 1, "--reason", "meant 2250")
    (call,) = [line for line in run("load", "show", "L1").stdout.splitlines() if line.startswith("   1 ")]
    assert "$2,300.00" in call
    assert "$2,150.00" not in call


def test_a_load_without_calls_is_shown(desk: Path) -> None:
    """With an empty list and nulls."""
    run(*adding())
    load = data("load", "show", "N1")
    assert (load["calls"], load["best_ask"], load["booked_by"]) == ([], None, None)
    assert "Carrier" not in run("load", "show", "N1").stdout


def test_an_untidy_load_is_shown_as_valid_json(full: Path) -> None:
    """Text and infinity where numbers belong are null; times that are none stand as they are."""
    execute(
        full,
        "UPDATE loads SET weight = 'heavy', num_of_pieces = 'few', miles = 9e999, notes = x'ff00', status = NULL",
        "INSERT INTO calls (id, load_id, negotiation_rounds, final_rate_agreed) VALUES (8, 'D', 'many', 9e999)",
        "INSERT INTO negotiations (call_id, round_number, carrier_offer) VALUES (8, 1, 'much'), (8, 2, 9e999), (8, 3, NULL)",
    )
    for form in ("json", "jsonl", "csv", "table"):
        assert run("load", "show", "D", "-f", form).exit_code == 0
    text = run("load", "show", "D", "--json").stdout
    assert not {"NaN", "Infinity"} & set(text.split())
    load = json.loads(text)
    assert (load["weight"], load["num_of_pieces"], load["miles"], load["best_ask"]) == (None,) * 4
    assert (load["pickup_datetime"], load["booked_by"]) == ("soon", None)
    assert data("load", "show", "E")["loadboard_rate"] is None


def test_old_loads_are_listed_and_shown(old: Path) -> None:
    """A call that breaks its foreign key, and an agreement that left its load available."""
    assert ids("--db", old) == ["A1", "A2", "A3", "A4"]
    load = data("load", "show", "A4", "--db", old)
    assert load["booked_by"] == {"call_id": 4, "carrier_mc_number": "MC999999", "final_rate_agreed": 1480}
    assert data("load", "show", "A1", "--db", old)["best_ask"] == 2150


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--rate", "loads", "--rate: 'loads' is not"),
        ("--rate", "loadboard_rate", "--rate: 'loadboard_rate' is not"),
        ("--pickup", "soon", "--pickup: 'soon' is not"),
        ("--delivery", "8/20/2025", "--delivery: it is before --pickup."),
        ("--delivery", "it's late", '--delivery: "it\'s late" is not'),
        ("--weight", "heavy", "--weight: 'heavy' is not"),
        ("--pieces", "1.5", "--pieces: '1.5' is not"),
        ("--miles", "-1", "--miles: '-1' is not"),
        ("--equipment", "", "--equipment: "),
        ("--origin", " ", "--origin: "),
        ("--notes", "n" * 10_001, "--notes: "),
    ],
)
def test_an_error_names_the_option_that_was_typed(desk: Path, option: str, value: str, said: str) -> None:
    """Not the column of the table; and what was typed is quoted as it was typed."""
    typed = {
        "--origin": "Reno, NV",
        "--destination": "Boise, ID",
        "--pickup": "8/21/2025 8:00 AM",
        "--delivery": "2025-08-22",
        "--equipment": "Reefer",
        "--rate": "2100",
    } | {option: value}
    result = run("load", "add", "LD9", *(f"{name}={text}" for name, text in typed.items()))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {said}")
    assert run("load", "add", " ", *(f"{name}={text}" for name, text in typed.items())).stderr.startswith(
        "Error: LOAD_ID: "
    )
