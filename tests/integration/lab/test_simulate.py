"""``policy simulate``, and whether simulated threads are those of the product."""

import json
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from negotiator.lab.carriers import draw
from negotiator.lab.markets import MARKETS
from negotiator.lab.play import by_policy, play
from negotiator.lab.rules import RULES
from negotiator.output import contract
from negotiator.policy.decide import Policy
from tests.conftest import data, run
from tests.lab_desk import record

POLICIES = [
    Policy(),
    Policy(rounds=2, firmness=Decimal("0.7")),
    Policy(rounds=5, firmness=Decimal(1), increment=Decimal(25)),
    Policy(ceiling_percent=Decimal("3.3"), rounds=3, firmness=Decimal(3), increment=Decimal("0.01")),
]


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("market", ["mixed", "firm"])
def test_a_simulated_thread_is_the_thread_of_the_product(desk: Path, policy: Policy, market: str) -> None:
    """The same carriers talk to the product: each round ends alike, to the cent."""
    carriers = draw(MARKETS[market], 17, 60)
    played = play(by_policy(policy), carriers)
    for place, thread in enumerate(record(desk, carriers, policy)):
        assert (thread.booked, thread.rounds) == (played.booked[place], played.rounds[place]), place
        assert (np.nan if thread.paid is None else thread.paid) == pytest.approx(
            played.paid[place], nan_ok=True
        )


def test_policies_stand_beside_each_other(desk: Path, tmp_path: Path) -> None:
    """The one in force first, then the document and each of its rules, then the field's."""
    document = tmp_path / "new.toml"
    document.write_text("[desk]\nrounds = 3\n[[rule]]\norigin = 'CA'\nrounds = 1\n")
    rows = data("policy", "simulate", document, "--market", "base")
    assert [row["policy"] for row in rows] == ["in force", "document", "document, rule 1", *RULES]
    assert all(tuple(row) == contract.SIMULATED for row in rows)
    in_force, three, one = rows[:3]
    assert in_force["of_oracle"] > three["of_oracle"] > one["of_oracle"]
    assert [len(row["silent"]) for row in (in_force, three, one)] == [3, 2, 0]
    assert one["booked"] == pytest.approx(rows[3]["booked"])  # one round: to take what is payable
    assert data("policy", "simulate", document, "--market", "base") == rows
    assert desk.exists()


def test_one_market_is_shown_in_figures_and_as_a_picture(desk: Path) -> None:
    """All within 80 columns."""
    result = run("policy", "simulate", "--market", "soft")
    assert result.exit_code == 0, result.output
    assert "Oracle" in result.stdout
    assert "|####" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "Simulated carriers, no record" in result.stderr
    assert desk.exists()


def test_all_markets_are_shown_side_by_side(desk: Path) -> None:
    """Once for the share of the oracle, once for that of the best plan."""
    result = run("policy", "simulate")
    lines = result.stdout.splitlines()
    headings = [line for line in lines if all(market in line for market in MARKETS)]
    assert len(headings) == 2
    assert max(map(len, lines)) <= 80
    assert desk.exists()


def test_a_load_is_worth_the_ceiling_in_force(desk: Path) -> None:
    """With another one the best plan is not known, and that is said."""
    run("policy", "set", "ceiling_percent=12")
    rows = data("policy", "simulate", "--market", "base")
    assert {row["of_bound"] for row in rows} == {None}
    result = run("policy", "simulate", "--market", "base")
    assert "12 %" in result.stderr
    assert "share of the best plan is left out" in result.stderr
    assert desk.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--market", "bass"], 2, "no market 'bass'"),
        (["--market", "record"], 2, "the record has 0 threads, and 200 are needed"),
        (["missing.toml"], 3, "missing.toml"),
        (["--db", "nowhere.db"], 3, "nowhere.db"),
    ],
)
def test_what_cannot_be_simulated_is_refused(desk: Path, arguments: list[str], code: int, said: str) -> None:
    """With what there is instead."""
    result = run("policy", "simulate", *arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.output
    assert desk.exists()


def test_without_numpy_the_extra_is_named(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a report in HTML."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    result = run("policy", "simulate", "--json")
    assert result.exit_code == 2
    assert "pip install 'freight-negotiator[lab]'" in result.stderr
    assert desk.exists()


def test_the_record_is_a_market_of_its_own(desk: Path, tmp_path: Path) -> None:
    """Policies are ranked as in the market that made it; rounds that it never tried are left out, and named."""
    run("policy", "set", "rounds=3", "firmness=0.75")
    record(desk, draw(MARKETS["soft"], 3, 260), Policy(rounds=3, firmness=Decimal("0.75")))
    document = tmp_path / "firmer.toml"
    document.write_text("[desk]\nrounds = 3\nfirmness = 2\n[[rule]]\norigin = 'CA'\nrounds = 4\n")
    result = run("policy", "simulate", document, "--market", "record", "--json")
    assert result.exit_code == 0, result.output
    rows = {row["policy"]: row for row in json.loads(result.stdout)}
    assert "document, rule 1; up to ceiling; up 2, 4, 6 %" in result.stderr
    assert (
        rows["document"]["of_oracle"] > rows["in force"]["of_oracle"] > rows["take if payable"]["of_oracle"]
    )
    assert set(rows) == {"in force", "document", *RULES} - {"up to ceiling", "up 2, 4, 6 %"}
    shown = run("policy", "simulate", "--market", "record")
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "an order, no forecast" in shown.stderr
