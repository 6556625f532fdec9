"""``policy backtest``: which answers of the record another policy would give otherwise."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from negotiator.lab.carriers import draw
from negotiator.lab.markets import MARKETS
from negotiator.output import contract
from negotiator.policy.decide import Policy
from negotiator.policy.parsing import document_of
from negotiator.policy.toml import toml_of
from tests.conftest import data, execute, run
from tests.lab_desk import LANES, record

PRESENT = Policy(rounds=4, firmness=Decimal("1.5"))


def backtested(folder: Path, document: Policy | str, *options: object) -> Any:  # noqa: ANN401 - JSON
    """Return what the record says of a policy."""
    text = document if isinstance(document, str) else toml_of(document_of(document))
    (folder / "other.toml").write_text(text)
    return data("policy", "backtest", folder / "other.toml", *options)


def changes(made: Any) -> dict[int, dict[str, int]]:  # noqa: ANN401 - JSON
    """Return what changes in each round, without what does not."""
    return {
        row["round"]: {key: row[key] for key in contract.ROUND_CHANGES[3:] if row[key]}
        for row in made["by_round"]
    }


@pytest.mark.parametrize("market", ["mixed", "norm"])
def test_the_policy_that_decided_would_decide_alike(desk: Path, tmp_path: Path, market: str) -> None:
    """Each round of the record, as the product wrote it: nothing differs, and all is known."""
    record(desk, draw(MARKETS[market], 5, 120), PRESENT)
    made = backtested(tmp_path, PRESENT)
    assert made["threads"] == 120
    assert made["compared"] == made["rounds"] > 200
    assert (made["changed_threads"], made["unknown"], made["left_out"], made["outside"]) == (0, 0, 0, 0)
    assert not any(changes(made).values())


CASES = [
    ("rounds = 1", {1: {"transferred": 1}}),
    ("rounds = 1\nceiling_percent = 30", {1: {"accepted_earlier": 1}}),
    ("firmness = 1", {1: {"higher_counter": 1, "outside": 1}}),
    ("firmness = 9", {1: {}, 2: {"lower_counter": 1, "outside": 1}}),
    ("rounds = 5\nfirmness = 9", {1: {}, 2: {"lower_counter": 1, "outside": 1}}),
    ("rounds = 4\nincrement = 400", {1: {}, 2: {"lower_counter": 1, "outside": 1}}),
]


@pytest.fixture
def haggled(desk: Path) -> Path:
    """Give a file with one thread: countered at 2100 and 2175, accepted at 2250."""
    rows = [(1, 2500, "counter_offer_2100.00"), (2, 2400, "counter_offer_2175.00"), (3, 2250, "accepted")]
    for number, ask, response in rows:
        execute(
            desk,
            f"""INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
                VALUES (1, {number}, {ask}, '{response}', '2025-09-01 12:0{number}:00.000000')""",
        )
    return desk


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_the_first_answer_that_differs_is_counted(
    haggled: Path, tmp_path: Path, document: str, expected: dict[int, dict[str, int]]
) -> None:
    """After it nobody knows what the carrier would have said."""
    made = backtested(tmp_path, f"[desk]\n{document}")
    assert changes(made) == expected
    assert made["unknown"] == 3 - len(made["by_round"])
    assert made["changed_threads"] == 1
    assert haggled.exists()


def test_what_was_accepted_can_be_countered_or_handed_over(haggled: Path, tmp_path: Path) -> None:
    """Where the record agreed."""
    execute(
        haggled, "UPDATE negotiations SET system_response = 'counter_offer_2100.00' WHERE round_number = 2"
    )
    made = backtested(tmp_path, "[desk]\nrounds = 9\nfirmness = 9")
    assert changes(made) == {1: {}, 2: {}, 3: {"accepted_later": 1, "outside": 1}}
    execute(haggled, "INSERT INTO load_facts (load_id, ceiling) VALUES ('L1', 2200)")
    made = backtested(tmp_path, "[desk]\nrounds = 3\nfirmness = 9")
    assert changes(made)[3] == {"transferred": 1}


def test_a_counter_is_untried_beyond_all_that_were_offered_in_its_round(desk: Path, tmp_path: Path) -> None:
    """At least thirty carriers have to have heard one; and what lies between two that were tried is inside."""
    record(desk, draw(MARKETS["base"], 5, 300), PRESENT)
    higher = backtested(tmp_path, Policy(rounds=4, firmness=Decimal("0.4")))
    assert higher["by_round"][0]["outside"] == higher["by_round"][0]["higher_counter"] > 200
    more = backtested(tmp_path, Policy(rounds=6, firmness=PRESENT.firmness))
    first = more["by_round"][0]
    assert 0 <= first["outside"] < first["lower_counter"]


def test_rounds_that_no_policy_decided_are_left_out(haggled: Path, tmp_path: Path) -> None:
    """A person's, free text, and those without an ask; after a person's all is open."""
    execute(haggled, "UPDATE negotiations SET decided_by = 'kim' WHERE round_number = 2")
    made = backtested(tmp_path, "[desk]\nfirmness = 9")
    assert (made["compared"], made["left_out"], made["unknown"]) == (1, 2, 0)
    execute(
        haggled, "UPDATE negotiations SET decided_by = NULL, system_response = 'Hm.' WHERE round_number = 2"
    )
    made = backtested(tmp_path, "[desk]\nfirmness = 9")
    assert (made["compared"], made["left_out"]) == (2, 1)


def test_a_withdrawn_round_does_not_count(haggled: Path, tmp_path: Path) -> None:
    """The next one takes its place, whatever its number."""
    before = changes(backtested(tmp_path, "[desk]\nfirmness = 1"))
    execute(
        haggled,
        "UPDATE negotiations SET round_number = round_number + 2 WHERE round_number > 1",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp) VALUES
             (1, 2, 2450, 'counter_offer_2300.00', '2025-09-01 12:01:10.000000'),
             (1, 2, 2450, 'withdrawn', '2025-09-01 12:01:20.000000')""",
    )
    assert changes(backtested(tmp_path, "[desk]\nfirmness = 1")) == before


def test_rules_and_spans_are_heeded(desk: Path, tmp_path: Path) -> None:
    """A rule holds for its lane alone; a thread counts from its first round."""
    record(desk, draw(MARKETS["base"], 5, 40), PRESENT)
    origin = LANES[0][0]
    made = backtested(tmp_path, f'[desk]\n[[rule]]\norigin = "{origin}"\nrounds = 1\n')
    assert made["by_round"][0]["compared"] == 40
    assert made["changed_threads"] == 20
    assert backtested(tmp_path, PRESENT, "--since", "2025-08-31")["threads"] == 40
    execute(desk, "UPDATE negotiations SET timestamp = '2020-01-01 00:00:00.000000' WHERE call_id <= 1010")
    assert backtested(tmp_path, PRESENT, "--since", "2025-08-31")["threads"] == 30


def test_a_person_reads_first_what_was_never_tried(desk: Path, tmp_path: Path) -> None:
    """Within 80 columns."""
    record(desk, draw(MARKETS["base"], 5, 40), PRESENT)
    (tmp_path / "other.toml").write_text("[desk]\nrounds = 3\n")
    result = run("policy", "backtest", tmp_path / "other.toml")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Never tried")
    assert max(map(len, lines)) <= 80
    assert run("policy", "backtest", tmp_path / "none.toml").exit_code == 3
    (tmp_path / "other.toml").write_text("[desk]\nrounds = 0\n")
    assert run("policy", "backtest", tmp_path / "other.toml").exit_code == 2


def test_a_round_without_an_ask_or_a_posted_rate_is_left_out(haggled: Path, tmp_path: Path) -> None:
    """Nobody can say what another policy had answered."""
    execute(haggled, "UPDATE negotiations SET carrier_offer = 'n/a' WHERE round_number = 1")
    made = backtested(tmp_path, PRESENT)
    assert (made["rounds"], made["left_out"]) == (3, 3)
    execute(haggled, "UPDATE negotiations SET carrier_offer = 2500 WHERE round_number = 1")
    execute(
        haggled, "UPDATE negotiations SET posted_rate = NULL", "UPDATE loads SET loadboard_rate = 'call us'"
    )
    made = backtested(tmp_path, PRESENT)
    assert (made["compared"], made["left_out"]) == (0, 3)


def test_where_fewer_than_thirty_heard_a_counter_each_new_one_is_untried(desk: Path, tmp_path: Path) -> None:
    """However near it lies to those that were offered."""
    record(desk, draw(MARKETS["base"], 5, 25), PRESENT)
    first = backtested(tmp_path, Policy(rounds=6, firmness=PRESENT.firmness))["by_round"][0]
    assert first["outside"] == first["lower_counter"] > 10
