"""Documents: what stands in them, what is wrong with them, and which rule wins."""

import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from negotiator.errors import InvalidPolicyError
from negotiator.policy.conditions import Found
from negotiator.policy.decide import Decision, Policy
from negotiator.policy.document import Document
from negotiator.policy.parsing import document_in, document_of, json_of, parse_document, parse_values
from negotiator.policy.subject import Subject
from negotiator.policy.toml import toml_of
from tests.unit.policy.test_decide import ASKS, POSTED, Said, cent, never_does_worse

D = Decimal
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
TWO_RULES = """
[desk]
ceiling_percent = 8
rounds = 5

[[rule]]
origin = "CA"
equipment = "reefer"
hours_to_pickup = 24
ceiling_percent = 15
firmness = 1

[[rule]]
carrier = "MC 00401122"
rounds = 3
"""


def document(toml: str) -> Document:
    """Return the document that a text holds."""
    return parse_document(tomllib.loads(toml))


def subject(**given: object) -> Subject:
    """Return a load from Fresno that picks up in 20 hours, with what is given in its place."""
    usual = {
        "origin": "Fresno, CA",
        "destination": "Reno, NV",
        "equipment": "53' Reefer",
        "pickup": "2025-09-02 08:00:00",
        "miles": 300.0,
        "carrier": "MC-401122",
        "now": NOW,
    }
    return Subject(**usual | given)  # type: ignore[arg-type] # cells hold anything


@pytest.mark.parametrize(
    ("about", "rule", "policy"),
    [
        ({}, 1, Policy(D(15), 5, D(1))),
        ({"pickup": "2025-09-02T12:00:00Z"}, 1, Policy(D(15), 5, D(1))),
        ({"pickup": "2025-08-30 08:00"}, 1, Policy(D(15), 5, D(1))),  # it is late already
        ({"pickup": "2025-09-02 12:00:01"}, 2, Policy(D(8), 3)),
        ({"pickup": "soon"}, 2, Policy(D(8), 3)),
        ({"origin": "Reno, NV"}, 2, Policy(D(8), 3)),
        ({"origin": None, "carrier": "401122"}, 2, Policy(D(8), 3)),
        ({"equipment": "Dry Van"}, 2, Policy(D(8), 3)),
        ({"equipment": None}, 2, Policy(D(8), 3)),
        ({"equipment": "Flatbed", "carrier": "MC730458"}, None, Policy(D(8), 5)),
        ({"equipment": "Flatbed", "carrier": None}, None, Policy(D(8), 5)),
    ],
)
def test_the_first_rule_that_holds_wins(about: dict[str, object], rule: int | None, policy: Policy) -> None:
    """What it leaves out is the desk's, and what the desk leaves out is the default."""
    found = document(TWO_RULES)
    won = found.rule_for(subject(**about))
    assert (won and won.number) == rule
    assert (won.policy if won else found.policy) == policy


@pytest.mark.parametrize(
    ("condition", "about", "holds"),
    [
        ('destination = "Reno"', {}, True),
        ('destination = "Reno, NV"', {"destination": "RENO NV 89501"}, True),
        ('destination = "Reno, NV"', {"destination": "Reno"}, False),
        ('destination = "NV"', {"destination": "Reno"}, False),
        ('equipment = "Reefer"', {"equipment": "REEFER/53'"}, True),
        ('equipment = "Dry Van"', {"equipment": "Van"}, False),
        ('equipment = "van"', {"equipment": "Dry-Van"}, True),
        ('equipment = "van"', {"equipment": "Caravan"}, False),
        ("carrier = 401122", {}, True),
        ("min_miles = 300", {}, True),
        ("min_miles = 300.01", {}, False),
        ("max_miles = 300", {}, True),
        ("max_miles = 299", {}, False),
        ("max_miles = 300", {"miles": "1,150"}, False),
        ("max_miles = 2000", {"miles": "1,150"}, True),
        ("max_miles = 300", {"miles": None}, False),
        ("max_miles = 300", {"miles": 0}, False),
        ("max_miles = 300", {"miles": "far"}, False),
        ("hours_to_pickup = 20", {}, True),
        ("hours_to_pickup = 19.9", {}, False),
        ("min_miles = 100\nmax_miles = 400", {}, True),
    ],
)
def test_a_condition_holds(condition: str, about: dict[str, object], holds: bool) -> None:  # noqa: FBT001 - a column of the table
    """What the file does not tell fulfils none; both ends of a span are in it."""
    found = document(f"[[rule]]\n{condition}\nrounds = 2")
    assert (found.rule_for(subject(**about)) is not None) is holds


@pytest.mark.parametrize(
    ("toml", "faults"),
    [
        ("round = 3", ["'round' is no key (there are desk, rule)"]),
        ("desk = 3", ["desk: it is not a table"]),
        ("rule = 3", ["rule: it is not a list"]),
        ("rule = [3]", ["rule 1: it is not a table"]),
        ("[desk]\nround = 3", ["desk: 'round' is no key (did you mean rounds?)"]),
        ("[desk]\norigin = 'CA'", ["desk: 'origin' is no key"]),
        ("[desk]\nrounds = '3'", ["desk: rounds = '3': it is not a number"]),
        ("[desk]\nrounds = true", ["desk: rounds = true: it is not a number"]),
        ("[desk]\nrounds = 2.5", ["desk: rounds = 2.5: the number of rounds is not a whole number"]),
        ("[desk]\nrounds = 0", ["desk: rounds = 0: the number of rounds is out of range"]),
        ("[desk]\nrounds = 1001", ["desk: rounds = 1001"]),
        ("[desk]\nrounds = inf", ["desk: rounds = inf"]),
        ("[desk]\nrounds = 2025-08-20", ["desk: rounds = 2025-08-20: it is not a number"]),
        ("[desk]\nfirmness = 0", ["desk: firmness = 0: the firmness is out of range"]),
        ("[desk]\nfirmness = nan", ["desk: firmness = nan"]),
        ("[desk]\nceiling_percent = -0.1", ["desk: ceiling_percent = -0.1"]),
        ("[desk]\nincrement = 0.015", ["desk: increment = 0.015: the increment has a fraction of a cent"]),
        ("[[rule]]", ["rule 1: it has no condition", "rule 1: it sets nothing"]),
        ("[[rule]]\norigin = 'CA'", ["rule 1: it sets nothing"]),
        (
            "[[rule]]\norigin = 'Texas'\nrounds = 2",
            ["rule 1: origin = 'Texas': 'Texas' is the name of a state"],
        ),
        ("[[rule]]\norigin = ['CA']\nrounds = 2", ['rule 1: origin = ["CA"]: it is not a text']),
        (
            "[[rule]]\norigin = 'CA'\nrounds = 2\n[[rule]]\nequipment = '!'\nrounds = 2",
            ["rule 2: equipment = "],
        ),
        (
            "[[rule]]\ncarrier = 'ACME'\nrounds = 2",
            ["rule 1: carrier = 'ACME': 'ACME' is not an MC number"],
        ),
        ("[[rule]]\ncarrier = 0\nrounds = 2", ["rule 1: carrier = 0"]),
        ("[[rule]]\norigin = ' '\nrounds = 2", ["rule 1: origin = ' ': it is blank, too long, or has"]),
        (
            "[[rule]]\norigin = 'a\tb'\nrounds = 2",
            ["rule 1: origin = 'a\\tb': it is blank, too long, or has"],
        ),
        (f"[[rule]]\nequipment = '{'x' * 201}'\nrounds = 2", ["rule 1: equipment = 'xxx"]),
        ("[[rule]]\ncarrier = 100000000\nrounds = 2", ["rule 1: carrier = 100000000: it is not a text"]),
        ("[[rule]]\nhours_to_pickup = 8760.5\nrounds = 2", ["rule 1: hours_to_pickup = 8760.5: it is out"]),
        ("[[rule]]\nmin_miles = 0.99\nrounds = 2", ["rule 1: min_miles = 0.99: it is out of range"]),
        ("[[rule]]\nmax_miles = 10001\nrounds = 2", ["rule 1: max_miles = 10001: it is out of range"]),
        ("[[rule]]\nhours_to_pickup = -1\nrounds = 2", ["rule 1: hours_to_pickup = -1: it is out of range"]),
        ("[[rule]]\nmin_miles = 0\nrounds = 2", ["rule 1: min_miles = 0: it is out of range"]),
        ("[[rule]]\nmin_miles = 9\nmax_miles = 8\nrounds = 2", ["rule 1: min_miles is above max_miles"]),
        (
            "[desk]\nrounds = 0\nx = 1\n[[rule]]\norigin = 3\nfirmness = 0",
            ["desk: 'x'", "desk: rounds = 0", "rule 1: origin = 3", "rule 1: firmness = 0"],
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(toml: str, faults: list[str]) -> None:
    """Each fault once, with the rule's number and the key."""
    with pytest.raises(InvalidPolicyError) as caught:
        document(toml)
    told = caught.value.message.split("; ")
    assert len(told) == len(faults), told
    assert all(one.startswith(fault) for one, fault in zip(told, faults, strict=True)), told


@pytest.mark.parametrize(
    "condition",
    [
        *("hours_to_pickup = 0", "hours_to_pickup = 8760", "min_miles = 1", "min_miles = 10000"),
        *("max_miles = 1", "max_miles = 10000", "carrier = 1", "carrier = 99999999", "origin = 'X'"),
        *("min_miles = 300\nmax_miles = 300", f"equipment = '{'x' * 200}'"),
    ],
)
def test_the_ends_of_a_range_are_in_it(condition: str) -> None:
    """What is allowed is taken."""
    (made,) = document(f"[[rule]]\n{condition}\nrounds = 2").rules
    assert len(made.conditions) == condition.count("\n") + 1


@pytest.mark.parametrize(
    ("earlier", "later", "hidden"),
    [
        ("origin = 'CA'", "origin = 'Fresno, CA'", True),
        ("origin = 'Fresno'", "origin = 'Fresno, CA'", True),
        ("origin = 'CA'", "origin = 'CA'\nmax_miles = 300", True),
        ("origin = 'CA'", "destination = 'CA'", False),
        ("origin = 'Fresno, CA'", "origin = 'CA'", False),
        ("equipment = 'van'", "equipment = 'dry van'", True),
        ("equipment = 'dry van'", "equipment = 'van'", False),
        ("carrier = 1", "carrier = 'MC 01'", True),
        ("hours_to_pickup = 24", "hours_to_pickup = 12", True),
        ("hours_to_pickup = 12", "hours_to_pickup = 24", False),
        ("min_miles = 100", "min_miles = 200\nmax_miles = 300", True),
        ("max_miles = 100", "max_miles = 200", False),
        ("origin = 'CA'\nmax_miles = 300", "origin = 'CA'", False),
    ],
)
def test_a_rule_that_never_wins_is_refused(earlier: str, later: str, hidden: bool) -> None:  # noqa: FBT001 - a column of the table
    """Because the conditions of an earlier one all follow from its own."""
    toml = (
        f"[[rule]]\ncarrier = 7\nrounds = 2\n[[rule]]\n{earlier}\nrounds = 2\n[[rule]]\n{later}\nrounds = 3"
    )
    if not hidden:
        document(toml)
        return
    with pytest.raises(InvalidPolicyError, match="rule 3: it never wins, because rule 2 holds"):
        document(toml)


def test_not_too_many_faults_are_told_and_not_too_many_rules_taken() -> None:
    """Whoever reads them corrects a screen of them at a time."""
    many: dict[str, Any] = {"rule": [{"origin": 1} for _ in range(300)]}
    with pytest.raises(InvalidPolicyError, match="there may be more") as caught:
        parse_document(many)
    assert caught.value.message.count("; ") == 20  # twenty, and that there may be more
    with pytest.raises(InvalidPolicyError, match="at most 500 rules"):
        parse_document({"rule": [{}] * 501})


NUMBERS = {
    "ceiling_percent": st.one_of(st.integers(0, 60), st.decimals(0, 60, places=2).map(float)),
    "rounds": st.integers(1, 6),
    "firmness": st.one_of(st.floats(0.01, 9), st.sampled_from([1e-30, 1000])),
    "increment": st.sampled_from([5, 0.01, 1, 2.5, 200, 1_000_000]),
}
CONDITIONS = {
    "origin": st.sampled_from(["CA", "Montréal, QC", "Fresno, CA", "Fresno", "NV", "Reno"]),
    "destination": st.sampled_from(["CA", "Reno, NV", "Reno", "NV"]),
    "equipment": st.sampled_from(["van", '\N{DELIVERY TRUCK} "van" \\ é', "dry van", "Reefer", "53 reefer"]),
    "carrier": st.sampled_from(["MC401122", 7]),
    "hours_to_pickup": st.sampled_from([0, 20, 24, 72.5]),
    "min_miles": st.sampled_from([1, 100, 300]),
    "max_miles": st.sampled_from([100, 300, 999.5]),
}
RULES = st.builds(
    lambda conditions, settings: conditions | settings,
    st.fixed_dictionaries({}, optional=CONDITIONS),
    st.fixed_dictionaries({}, optional=NUMBERS),
)
DATA = st.fixed_dictionaries(
    {}, optional={"desk": st.fixed_dictionaries({}, optional=NUMBERS), "rule": st.lists(RULES, max_size=4)}
)
SUBJECTS = st.builds(
    Subject,
    origin=st.sampled_from(["Fresno, CA", "FRESNO CA 93650", "Reno, NV", "Reno", None]),
    destination=st.sampled_from(["Reno, NV", "Sparks NV", "Fresno, CA", ""]),
    equipment=st.sampled_from(["Dry Van", "53' Reefer", "Van", None]),
    pickup=st.sampled_from(["2025-09-02 08:00", "2025-09-01T12:00:00Z", "2025-09-04", "?", None]),
    miles=st.sampled_from([50, 100.0, "300", 1000, None, -1]),
    carrier=st.sampled_from(["MC 401122", "7", "ACME", None]),
    now=st.sampled_from([NOW, NOW + timedelta(days=1)]),
)


def accepted(data: object) -> Document:
    """Return the document, and give the example up if it is not in order."""
    try:
        return parse_document(data)
    except InvalidPolicyError:
        assume(condition=False)
        raise


@given(DATA)
def test_a_document_is_the_same_when_it_is_written_and_read_again(data: dict[str, Any]) -> None:
    """As JSON, in the file, and as TOML, in an editor."""
    found = accepted(data)
    assert document_in(json_of(found)) == found
    assert document(toml_of(found)) == found


def conditions(least: int, most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Rules with so many conditions."""
    keys = st.lists(st.sampled_from(sorted(CONDITIONS)), unique=True, min_size=least, max_size=most)
    chosen = keys.flatmap(lambda names: st.fixed_dictionaries({name: CONDITIONS[name] for name in names}))
    return chosen.map(lambda asked: {"rule": [asked | {"rounds": 2}]})


@given(conditions(1, 1), conditions(1, 3), st.lists(SUBJECTS, min_size=1, max_size=20))
def test_a_rule_that_is_refused_for_an_earlier_one_would_never_have_won(
    one: dict[str, Any], other: dict[str, Any], subjects: list[Subject]
) -> None:
    """`includes` is no guess: wherever the later rule holds, the earlier one does."""
    earlier, later = (accepted(data).rules[0] for data in (one, other))
    if earlier.includes(later):
        for found in map(Found, subjects):
            assert later.unmet(found) or not earlier.unmet(found)


@given(DATA, st.lists(SUBJECTS, min_size=1, max_size=4), POSTED, ASKS, st.decimals("0.3", "3.5", places=4))
def test_no_document_breaks_the_rules_of_the_decision(
    data: dict[str, Any],
    subjects: list[Subject],
    posted: Decimal,
    asks: list[tuple[int, Decimal]],
    other: Decimal,
) -> None:
    """Whatever passes, and whichever rule holds at each ask of a thread: see the asserts."""
    policies = document_in(json_of(accepted(data)))
    said = Said()
    for number, (thread, factor) in enumerate(asks):
        if said.closed[thread]:
            continue
        won = policies.rule_for(subjects[number % len(subjects)])
        policy = won.policy if won else policies.policy
        ask, ceiling = cent(posted * factor), policy.ceiling_for(posted)
        ruling = said.ask(thread, ask, policy, posted)
        standing = max(posted, said.highest or posted)
        assert ceiling >= posted
        assert ruling == said.ask(thread, ask, policy, posted)
        if ruling.decision is Decision.ACCEPTED:
            assert ruling.amount == ask <= ceiling
            assert ask <= standing or standing > ceiling or said.lowest is None or ask <= said.lowest
        elif ruling.decision is Decision.COUNTER:
            assert ruling.amount is not None
            assert standing <= ruling.amount < ask
            assert ruling.amount <= ceiling
            assert ruling.amount < ceiling or ceiling in {standing, said.lowest}
        never_does_worse(said, thread, ask, cent(posted * other), policy, posted)
        said.hear(thread, ask, ruling, policy)


def test_blanks_around_a_text_do_not_count() -> None:
    """So that two documents that say the same are the same."""
    one, other = (document(f"[[rule]]\norigin = '{text}'\nrounds = 2") for text in (" CA ", "CA"))
    assert one == other


def test_the_values_in_use_make_a_document() -> None:
    """So that a desk which goes by variables can begin with what it has."""
    policy = Policy(D("12.5"), 3, D(2), D("2.50"))
    assert document_of(policy).policy == policy


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (["rounds"], "it is not KEY=VALUE"),
        (["round=3"], "did you mean rounds?"),
        (["origin=CA"], "'origin' is no key"),
        (["rounds=3", "rounds=4"], "rounds is given twice"),
        (["rounds=three"], "the value is not a number"),
        (["rounds=2.5"], "not a whole number"),
        (["rounds=4%"], "the value is not a number"),
        (["firmness=0"], "the firmness is out of range"),
    ],
)
def test_a_value_that_cannot_be_set_is_told(texts: list[str], fault: str) -> None:
    """With what was typed."""
    with pytest.raises(InvalidPolicyError) as caught:
        parse_values(texts)
    assert fault in caught.value.message
    assert repr(texts[-1]) in caught.value.message


def test_values_are_set_as_they_are_typed() -> None:
    """And taken out when nothing is."""
    assert parse_values(["rounds=5", "firmness = 1.35", "increment=", "ceiling_percent=12.5%"]) == {
        "ceiling_percent": D("12.5"),
        "rounds": 5,
        "firmness": D("1.35"),
        "increment": None,
    }
