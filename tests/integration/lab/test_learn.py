"""``policy learn``: what a record that the product wrote recommends, and what it must not."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from negotiator.lab.carriers import draw
from negotiator.lab.learn import LEAST_GAIN
from negotiator.lab.markets import MARKETS, Market
from negotiator.lab.record import read_record
from negotiator.policy.decide import Policy
from negotiator.policy.parsing import parse_document
from negotiator.policy.toml import toml_of
from negotiator.storage.database import LoadsFile
from tests.conftest import contents, data, execute, run, select
from tests.lab_desk import LANES, record
from tests.lab_record import recorded

LATER = datetime(2025, 10, 1, tzinfo=UTC)
EASY = Policy(rounds=3, firmness=Decimal("0.75"))


@pytest.fixture
def learned_from(desk: Path) -> Path:
    """Give a file on which an easy-going policy talked to 260 carriers of a market that rewards firmness."""
    run("policy", "set", "rounds=3", "firmness=0.75", "--by", "ann")
    record(desk, draw(MARKETS["soft"], 3, 260), EASY)
    return desk


@pytest.mark.parametrize("market", ["mixed", "norm"])
def test_the_fast_record_is_that_of_the_product(desk: Path, market: str) -> None:
    """Number by number: what is learned from the one is learned from the other."""
    carriers = draw(MARKETS[market], 29, 80)
    record(desk, carriers, EASY)
    with LoadsFile.open(desk) as file:
        read = read_record(file, now=LATER)
    made = recorded(carriers, EASY)
    assert np.allclose(np.sort(read.first_ask), np.sort(made.first_ask))
    assert read.heard() == made.heard()
    for one, other in zip(read.steps, made.steps, strict=True):
        for name in ("ask", "counter", "response", "next_ask"):  # the file has cents
            assert np.allclose(np.sort(getattr(one, name)), np.sort(getattr(other, name)), atol=6e-6), name


def test_one_step_is_recommended_with_its_evidence(learned_from: Path) -> None:
    """Firmer, in a market of cheap trucks; ceilings and the file stay as they are."""
    before = contents(learned_from)
    desk = data("policy", "learn")[0]
    assert (desk["rounds"], desk["firmness"], desk["threads"]) == (3, 0.75, 260)
    assert (desk["new_rounds"], desk["new_firmness"]) == (3, 1.0)
    assert len(desk["silence_foretold"]) == len(desk["silence_seen"]) == 2
    best = next(one for one in desk["ranked"] if one["firmness"] == 1.0 and one["rounds"] == 3)
    assert best["is_step"]
    assert best["gain"] >= LEAST_GAIN
    assert best["gain_low"] > 0
    assert contents(learned_from) == before
    table = run("policy", "learn")
    assert max(map(len, table.stdout.splitlines())) <= 80
    assert "no forecast" in table.stderr


def test_what_is_applied_is_a_version_that_can_be_undone(learned_from: Path) -> None:
    """With its evidence, in the name of who applied it."""
    assert run("policy", "learn", "--apply", "--by", "ann").exit_code == 0
    rows = select(learned_from, "SELECT version, created_by, source, reason FROM policies ORDER BY version")
    version, by, source, reason = rows[-1]
    assert (version, by, source) == (2, "ann", "learned")
    assert "firmness 0.75 to 1.0" in reason
    assert "260 threads" in reason
    document = data("policy", "show")["document"]
    assert document["desk"]["firmness"] == 1
    assert document["desk"]["learned"] == "firmness from 260 threads of the desk"
    shown = run("policy", "show").stdout
    Path("again.toml").write_text(shown)
    assert run("policy", "apply", "again.toml").stderr.startswith("Nothing was written")
    run("policy", "set", "increment=10")
    assert "learned" not in data("policy", "show")["document"]["desk"]
    run("policy", "revert", "1")
    assert data("policy", "show")["document"]["desk"] == {"rounds": 3, "firmness": 0.75}


def test_more_rounds_are_not_recommended_where_none_were_tried(desk: Path) -> None:
    """Carriers that go silent at the third counter, and a record of two: nobody knows."""
    run("policy", "set", "rounds=3", "firmness=1.5")
    record(desk, draw(Market(1.04, 0.06, patience=3), 3, 260), Policy(rounds=3))
    desk_lesson = data("policy", "learn")[0]
    assert desk_lesson["new_rounds"] in {None, 3}
    assert max(one["rounds"] for one in desk_lesson["ranked"]) == 3


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("DELETE FROM negotiations WHERE call_id > 1150", "200 threads are needed"),
        ("DELETE FROM negotiations WHERE round_number > 2", "carriers were heard after counter 2"),
        (
            "DELETE FROM negotiations WHERE round_number > 1 AND call_id > 1175 AND call_id % 2",
            "went silent after counter",
        ),
    ],
)
def test_what_is_missing_is_said(learned_from: Path, change: str, missing: str) -> None:
    """Too few threads, too few carriers heard, silence that nobody foretold."""
    execute(learned_from, change)
    lesson = data("policy", "learn")[0]
    assert missing in lesson["why"]
    assert lesson["new_rounds"] is None
    result = run("policy", "learn", "--apply")
    assert result.exit_code == 0
    assert "Nothing was written" in result.stderr


def test_a_lane_with_enough_threads_gets_a_rule_of_its_own(desk: Path) -> None:
    """Before the rest of its trailer; what a person wrote for it stays, and is said."""
    run("policy", "set", "rounds=3", "firmness=0.75", "--by", "ann")
    record(desk, draw(MARKETS["soft"], 3, 420), EASY)
    lessons = data("policy", "learn", "--apply")
    lanes = [lesson for lesson in lessons if lesson["origin"]]
    assert {(lesson["origin"], lesson["equipment"]) for lesson in lanes} == {(o, e) for o, _, e in LANES}
    rules = data("policy", "show")["document"]["rule"]
    assert rules[0]["learned"] == "firmness from 210 threads of this lane"
    assert set(rules[0]) == {"origin", "destination", "equipment", "rounds", "firmness", "learned"}
    Path("own.toml").write_text(
        '[desk]\nrounds = 3\nfirmness = 0.75\n[[rule]]\nequipment = "van"\nfirmness = 3\n'
    )
    run("policy", "apply", "own.toml")
    van = next(lesson for lesson in data("policy", "learn") if lesson["origin"] == "Reno, NV")
    assert "a person wrote it" in van["why"]


def test_bad_usage_is_refused(desk: Path) -> None:
    """Nobody applies what is not applied."""
    assert run("policy", "learn", "--by", "ann").exit_code == 2
    assert data("policy", "learn")[0]["why"] == "200 threads are needed, and there are 0"
    assert desk.exists()


def test_an_explanation_says_what_a_learned_value_rests_on(learned_from: Path) -> None:
    """Until a person sets it; a rule that a person wrote rests on nothing."""
    run("policy", "learn", "--apply")
    execute(learned_from, "INSERT INTO calls (id, load_id, negotiation_rounds) VALUES (9, 'L1', 0)")
    explained = run("negotiate", 9, 2300, "--dry-run", "--explain").stdout
    assert "Learned   firmness 1: policy 2, learned from 260 threads of the desk" in explained
    assert data("negotiate", 9, 2300, "--dry-run", "--explain")["explain"]["learned"] == (
        "firmness from 260 threads of the desk"
    )
    document = data("policy", "show")["document"]
    for setting, learned in (("ceiling_percent", True), ("firmness", False)):
        rule = {"equipment": "Reefer", setting: 5}
        Path("own.toml").write_text(toml_of(parse_document({**document, "rule": [rule]})))
        assert run("policy", "apply", "own.toml").exit_code == 0
        explained = run("negotiate", 9, 2300, "--dry-run", "--explain").stdout
        assert ("Learned" in explained) == learned
    run("policy", "revert", "2")
    run("policy", "set", "firmness=1.5")
    assert "Learned" not in run("negotiate", 9, 2300, "--dry-run", "--explain").stdout
