"""Which policy an ask meets: the file's, its rules, and ceilings of a load or an ask."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from negotiator import CallHandlingService, UnusablePolicyError
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.policy.decide import Policy
from negotiator.policy.terms import Origin, PolicySource, origin_words
from negotiator.storage.database import LoadsFile
from tests.conftest import contents, data, execute, run, select

# Call 1 is about L1 (Chicago, IL to Dallas, TX, Reefer, posted 2100), call 3 about L2 (Miami to Macon, Dry Van, 1100).
DOCUMENT = """
[desk]
ceiling_percent = 5

[[rule]]
origin = "Chicago, IL"
equipment = "reefer"
ceiling_percent = 20
rounds = 2

[[rule]]
destination = "GA"
firmness = 1
"""
RECORDED = (
    "SELECT round_number, posted_rate, ceiling, policy_version, decided_by FROM negotiations ORDER BY id"
)


@pytest.fixture
def ruled(desk: Path) -> Path:
    """Give the desk's file with two rules, as version 1 of its policy."""
    document = desk.with_name("desk.toml")
    document.write_text(DOCUMENT)
    assert run("policy", "apply", document).exit_code == 0
    return desk


def explained(*arguments: object, **environment: str) -> dict[str, object]:
    """Return the answer to an ask with its explanation, of a dry run."""
    result = run("negotiate", *arguments, "--explain", "--dry-run", "--json", **environment)
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_each_ask_is_decided_by_the_rule_that_wins(ruled: Path) -> None:
    """And the round records under which ceiling, and by which version of the policy."""
    assert data("negotiate", 1, 2500)["rounds_left"] == 1
    # 1100 + 1/4 * 55, where firmness 1.5 would have said 1105
    assert data("negotiate", 3, 1200)["amount"] == 1110
    run("policy", "set", "ceiling_percent=6")
    assert data("negotiate", 3, 1190)["decision"] == "counter"
    assert data("negotiate", 1, 2520)["decision"] == "counter"  # the last round, and the ask was raised
    assert select(ruled, RECORDED) == [
        (1, 2100.0, 2520.0, 1, "policy"),
        (1, 1100.0, 1155.0, 1, "policy"),
        (2, 1100.0, 1166.0, 2, "policy"),
        (2, 2100.0, 2520.0, 2, "policy"),
    ]


def test_a_rule_for_a_carrier_holds_for_its_calls_alone(desk: Path) -> None:
    """However its number is spelled; a call without a carrier is anybody's."""
    document = desk.with_name("desk.toml")
    document.write_text("[[rule]]\ncarrier = 'MC 700'\nrounds = 2\n")
    assert run("policy", "apply", document).exit_code == 0
    left = []
    for carrier in ("mc-00700", "MC701", None):
        with closing(sqlite3.connect(desk)) as db, db:
            db.execute("UPDATE calls SET carrier_mc_number = ? WHERE id = 3", (carrier,))
        left.append(data("negotiate", 3, 1300, "--dry-run")["rounds_left"])
    assert left == [1, 3, 3]


@pytest.mark.parametrize(
    ("call", "arguments", "ceiling", "origin", "rule"),
    [
        (1, [], 2520, "rule", 1),
        (3, [], 1155, "desk", 2),
        (1, ["--ceiling", "2200"], 2200, "ask", 1),
        (2, [], 2300, "load", 1),
        (2, ["--ceiling", "2350"], 2350, "ask", 1),
    ],
)
def test_the_first_that_says_something_sets_the_ceiling(
    ruled: Path, call: int, arguments: list[str], ceiling: float, origin: str, rule: int
) -> None:
    """The ask, the load, the rule, the desk; the rest is still the rule's."""
    execute(ruled, "UPDATE calls SET load_id = 'L3' WHERE id = 2")
    execute(ruled, "INSERT INTO loads SELECT 'L3', " + LOAD_COLUMNS + " FROM loads WHERE load_id = 'L1'")
    execute(ruled, "INSERT INTO load_facts (load_id, ceiling) VALUES ('L3', 2300)")
    found = explained(call, 1100 if call == 3 else 2100, *arguments)["explain"]
    assert isinstance(found, dict)
    assert (found["ceiling"], found["ceiling_from"], found["rule"]) == (ceiling, origin, rule)
    assert found["policy_version"] == 1


LOAD_COLUMNS = """origin, destination, pickup_datetime, delivery_datetime, equipment_type, loadboard_rate,
    notes, weight, commodity_type, num_of_pieces, miles, dimensions, status, created_at, updated_at"""


@pytest.mark.parametrize(("ask", "decision"), [(2000, "accepted"), (2050, "accepted"), (2051, "transfer")])
def test_a_load_whose_posted_rate_was_raised_above_its_ceiling_goes_to_a_person(
    desk: Path, ask: int, decision: str
) -> None:
    """Unless the carrier asks for no more than that; a ceiling that is typed below is refused as before."""
    execute(desk, "INSERT INTO load_facts (load_id, ceiling) VALUES ('L1', 2050)")
    assert run("negotiate", 1, ask, "--ceiling", 2050).exit_code == 2
    answer = data("negotiate", 1, ask)
    assert (answer["decision"], answer["amount"]) == (decision, ask if decision == "accepted" else None)
    assert select(desk, RECORDED) == [(1, 2100.0, 2050.0, None, "policy")]


@pytest.mark.parametrize("ceiling", ["'none'", "0", "-5", "''", "NULL"])
def test_what_is_no_ceiling_is_none(desk: Path, ceiling: str) -> None:
    """Another program's text does not set one."""
    execute(desk, f"INSERT INTO load_facts (load_id, ceiling) VALUES ('L1', {ceiling})")
    found = explained(1, 2300)["explain"]
    assert isinstance(found, dict)
    assert (found["ceiling"], found["ceiling_from"]) == (2310, "default")


def test_what_is_shown_is_what_an_ask_then_meets(ruled: Path) -> None:
    """Of a call and of its load; and why."""
    shown = data("policy", "show", "--call", 3)
    found = explained(3, 1200)["explain"]
    assert isinstance(found, dict)
    for key in ("posted_rate", "ceiling", "ceiling_from", "rule", "rounds", "firmness", "increment"):
        assert shown[key] == found[key], key
    assert (shown["call_id"], shown["load_id"], shown["version"]) == (3, "L2", 1)
    assert (shown["firmness_from"], shown["rounds_from"]) == ("rule", "default")
    assert shown["why"] == [
        "rule 1 does not hold: origin is Miami, FL (origin Chicago, IL, equipment reefer)",
        "rule 2 holds: destination GA",
    ]
    assert data("policy", "show", "--load", "l2") == shown | {"call_id": None}
    text = run("policy", "show", "--call", 1).stdout
    assert "Ceiling    $2,520.00, rule 1 of policy 1\n" in text
    assert "Firmness   1.5, the default\n" in text


def test_a_file_without_a_policy_shows_where_values_are_from(desk: Path) -> None:
    """Variables and defaults, as before."""
    result = run("policy", "show", "--call", 1, NEGOTIATOR_CEILING_PERCENT="20")
    assert "Ceiling    $2,520.00, NEGOTIATOR_CEILING_PERCENT\n" in result.stdout
    assert "Policy     none in the file\n" in result.stdout
    execute(desk, "UPDATE loads SET loadboard_rate = 'call us' WHERE load_id = 'L1'")
    assert data("policy", "show", "--load", "L1")["ceiling"] is None
    assert "unknown, the default" in run("policy", "show", "--load", "L1").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--call", "99"], 3),
        (["--load", "L9"], 3),
        (["--call", "x"], 2),
        (["--call", "1", "--load", "L1"], 2),
        (["1", "--load", "L1"], 2),
    ],
)
def test_what_is_not_there_is_not_shown(ruled: Path, arguments: list[str], code: int) -> None:
    """A call or a load, or one of the two."""
    result = run("policy", "show", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")


def test_every_door_decides_by_the_file(ruled: Path) -> None:
    """The command, many asks, Python with a policy of its own, and a person's deal."""
    lines = ruled.with_name("asks.jsonl")
    lines.write_text('{"call_id": 1, "carrier_offer": 2500, "request_id": "a"}\n')
    result = run("batch", lines, NEGOTIATOR_ROUNDS="9", NEGOTIATOR_FIRMNESS="many")
    assert (result.exit_code, json.loads(result.stdout)["rounds_left"]) == (0, 1)
    assert result.stderr.count("does not count: the file has a policy (version 1)") == 2
    again = run("batch", lines)
    assert (again.stdout, again.stderr) == (result.stdout, "")
    with CallHandlingService.open(ruled) as service:
        assert service.negotiate(2, 2500).terms.version == 1
        service.undo_round(2, "a slip")
        made = service.negotiate(3, 1200, dry_run=True)
        assert made.policy == Policy(Decimal(5), 4, Decimal(1))
        service.book_call(2, 2600, by="kim")
    assert select(ruled, RECORDED)[-1] == (2, 2100.0, 2520.0, 1, "kim")


def test_variables_that_do_not_count_are_said_once_with_the_answer(ruled: Path) -> None:
    """Those that are misspelled too."""
    result = run("negotiate", 1, 2500, NEGOTIATOR_ROUNDS="9", NEGOTIATOR_RONDS="9")
    assert result.stderr.count("NEGOTIATOR_ROUNDS does not count: the file has a policy (version 1).") == 1
    assert result.stderr.count("NEGOTIATOR_RONDS is not a setting") == 1
    assert run("negotiate", 3, 1200, NEGOTIATOR_DB=str(ruled)).stderr == ""


def test_a_policy_that_cannot_be_read_decides_nothing(ruled: Path) -> None:
    """No ask is answered by half of it, and no later line of many is attempted."""
    execute(ruled, 'UPDATE policies SET document = \'{"desk": {"rounds": 0}}\'')
    before = contents(ruled)
    lines = ruled.with_name("asks.jsonl")
    lines.write_text('{"call_id": 1, "carrier_offer": 2500}\n' * 2)
    for arguments in (
        ["negotiate", 1, 2500],
        ["batch", lines],
        ["call", "book", 1, 2500],
        ["policy", "show"],
    ):
        result = run(*arguments)
        assert result.exit_code == 5, arguments
        assert "policy" in result.stderr
        assert "`negotiator policy revert VERSION`" in result.stderr
    with CallHandlingService.open(ruled) as service, pytest.raises(UnusablePolicyError):
        service.negotiate(1, 2500)
    assert contents(ruled) == before


def test_a_policy_that_is_changed_meanwhile_counts_for_the_next_ask(ruled: Path) -> None:
    """Whoever writes it, and however: nothing is remembered that could be out of date."""
    source = PolicySource.from_environment({})
    with LoadsFile.open(ruled) as file:
        assert answer_ask(file, parse_ask(3, 1200), source).terms.version == 1
        run("policy", "set", "rounds=3")
        answer = answer_ask(file, parse_ask(3, 1190), source)
        assert (answer.terms.version, answer.rounds_left) == (2, 1)
        file.connection.execute(
            'UPDATE policies SET document = \'{"desk": {"rounds": 7}}\' WHERE version = 2'
        )
        assert answer_ask(file, parse_ask(3, 1180), source).rounds_left == 4


def test_each_origin_has_words() -> None:
    """For an explanation and for what applies."""
    told = {origin_words(origin, "rounds", version=3, rule=2) for origin in Origin}
    assert len(told) == len(Origin)
    assert {"rule 2 of policy 3", "NEGOTIATOR_ROUNDS", "given by the program"} <= told


@pytest.mark.parametrize(
    "values",
    [["rounds=1"], ["ceiling_percent=0"], ["ceiling_percent=1000", "increment=1000000"], ["firmness=0.0001"]],
)
def test_writing_can_be_tried_under_any_policy(desk: Path, values: list[str]) -> None:
    """What is tried is a counter, an agreement and a transfer, whatever the desk decides for its own loads."""
    run("policy", "set", *values)
    before = contents(desk)
    found = {item["check"]: item for item in data("check")}
    assert found["writing"]["result"] == "ok", found["writing"]
    assert contents(desk) == before


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("carrier = 401122", "rule 1 holds: carrier 401122"),
        ("carrier = 730458", "rule 1 does not hold: carrier is MC 401122 (carrier 730458)"),
        ("min_miles = 1500", "rule 1 does not hold: min_miles is 1,234.50 (min_miles 1500)"),
        ("max_miles = 100", "rule 1 does not hold: max_miles is 1,234.50 (max_miles 100)"),
        ("hours_to_pickup = 1", "rule 1 does not hold: hours_to_pickup is not known (hours_to_pickup 1)"),
        ("equipment = 'van'", "rule 1 does not hold: equipment is not known (equipment van)"),
    ],
)
def test_it_is_told_why_a_rule_holds_or_not(desk: Path, rule: str, told: str) -> None:
    """With what the file says."""
    execute(
        desk,
        "UPDATE calls SET carrier_mc_number = 'MC 401122'",
        "UPDATE loads SET miles = 1234.5, equipment_type = '', pickup_datetime = 'soon'",
        "INSERT INTO load_facts (load_id, ceiling) VALUES ('L1', 2345)",
    )
    desk.with_name("desk.toml").write_text(f"[[rule]]\n{rule}\nrounds = 2\n")
    run("policy", "apply", "desk.toml")
    shown = data("policy", "show", "--call", 1)
    assert shown["why"] == [told]
    assert shown["rule"] == (1 if "holds" in told else None)
    assert (shown["ceiling"], shown["ceiling_from"]) == (2345, "load")


@pytest.mark.parametrize("load", ["NULL", "''", "' '"])
def test_a_call_about_no_load_meets_no_policy(desk: Path, load: str) -> None:
    """What is to be set first is said."""
    execute(desk, f"UPDATE calls SET load_id = {load} WHERE id = 1")
    result = run("policy", "show", "--call", 1)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Error: call 1 is about no load")
