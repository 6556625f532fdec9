"""What the file's own record tells of a lane and of a carrier."""

import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from negotiator.maintenance.check import query_plan
from negotiator.output import contract
from negotiator.reports.carrier import CARRIER_CALLS, CarrierPast, carrier_past
from negotiator.reports.lane import LOADS, PAIRS, LanePast, lane_past, past_of
from negotiator.storage.database import LoadsFile
from tests.conftest import contents, data, execute, run

D = Decimal
SPELLINGS = ("Chicago, IL", "CHICAGO IL 60601", " chicago , il", "Chicago,IL", "Chicago, Illinois")


def deal(path: Path, number: int, agreed: float | None, first_ask: float = 2500, **given: Any) -> None:  # noqa: ANN401 - cells
    """Add a load, a call about it, and its negotiation, which began at 2500."""
    cells = {
        "origin": SPELLINGS[number % len(SPELLINGS)],
        "destination": "Dallas, TX",
        "equipment": "53' Reefer",
        "miles": 1000,
        "carrier": ("MC 845561", "845561", "mc-00845561")[number % 3],
        "day": f"2025-08-{number % 28 + 1:02}",
    } | given
    call, name = 100 + number, f"P{number}"
    execute(
        path,
        f"""INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                               loadboard_rate, miles) VALUES
            ('{name}', '{cells["origin"]}', '{cells["destination"]}', '{cells["day"]}', '{cells["day"]}',
             '{str(cells["equipment"]).replace("'", "''")}', 2000, {cells["miles"]})""",
        f"""INSERT INTO calls (id, load_id, carrier_mc_number, call_start_time, final_rate_agreed) VALUES
            ({call}, '{name}', '{cells["carrier"]}', '{cells["day"]} 08:00', {agreed or "NULL"})""",
        f"""INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp) VALUES
            ({call}, 1, {first_ask}, 'counter_offer_2050.00', '{cells["day"]} 08:00:00')""",
    )
    if agreed:
        execute(
            path,
            f"""INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
                VALUES ({call}, 2, {agreed}, 'accepted', '{cells["day"]} 08:05:00')""",
        )


def past(path: Path, *arguments: str) -> LanePast:
    """Return what is on record of a lane."""
    with LoadsFile.open(path) as file:
        return lane_past(file, *arguments)


def settled(path: Path, carrier: object) -> CarrierPast | None:
    """Return what is on record of a carrier."""
    with LoadsFile.open(path) as file:
        return carrier_past(file, carrier)


def test_below_five_negotiations_nothing_is_said(desk: Path) -> None:
    """Neither here nor beside an answer; of fewer than five deals only that there were negotiations."""
    for number in range(4):
        deal(desk, number, 2100)
    assert past(desk, "Chicago, IL", "Dallas, TX") == LanePast("Chicago, IL", "Dallas, TX", None)
    assert settled(desk, "MC845561") is None
    assert run("load", "lane", "IL", "TX").stderr == "Nothing is said of fewer than 5 negotiations.\n"
    assert "so far" not in run("load", "show", "L1").stdout
    deal(desk, 4, None, first_ask=2300)
    found = past(desk, "Chicago, IL", "Dallas, TX")
    assert (found.threads, found.deals, found.first_ask_median) == (5, 4, D(2500))
    assert (found.agreed_median, found.latest, found.per_mile_median) == (None, None, None)
    assert "4 deals in 5 negotiations\n" in run("load", "show", "L1").stdout


def test_quartiles_are_those_that_are_worked_out_by_hand(desk: Path) -> None:
    """Of 2100, 2120, 2140, 2160, 2200, 2300: a quarter of the way from the first to the last, and so on."""
    for number, agreed in enumerate((2300, 2100, 2200, 2120, 2160, 2140)):
        deal(desk, number, agreed, first_ask=2400 + number)
    found = past(desk, "Chicago, IL", "Dallas, TX", "Reefer")
    assert (found.agreed_low, found.agreed_median, found.agreed_high) == (D(2125), D(2150), D(2190))
    assert (found.per_mile_median, found.over_posted_median) == (D("2.15"), D("0.075"))
    assert (found.threads, found.deals, found.first_ask_median) == (6, 6, D("2402.50"))
    assert f"{found.latest:%Y-%m-%d %H:%M} {found.half_since:%d}" == "2025-08-06 08:05 04"
    # 100, 301, 202, 283, 244, 265 under the first ask
    under = settled(desk, "mc 845561")
    assert under == CarrierPast("845561", 6, D("254.50"), D("0.1058"))


@pytest.mark.parametrize(
    ("origin", "destination", "equipment", "threads"),
    [
        ("Chicago, IL", "Dallas, TX", None, 6),
        ("chicago il", "DALLAS TX 75201", None, 6),
        ("IL", "TX", None, 6),
        ("Chicago", "TX", None, 6),
        ("IL", "Dallas, TX", "reefer", 6),
        ("Chicago, IL", "Dallas, TX", "dry van", None),
        ("Chicago, IL", "Dallas, GA", None, None),
        ("Dallas, TX", "Chicago, IL", None, None),
        ("Chicago Heights, IL", "Dallas, TX", None, None),
        ("IN", "TX", None, None),
    ],
)
def test_a_lane_is_found_however_it_is_spelled(
    desk: Path, origin: str, destination: str, equipment: str | None, threads: int | None
) -> None:
    """And no other lane with it."""
    for number in range(6):
        deal(desk, number, 2100)
    deal(desk, 6, 2100, origin="St. Louis, MO")
    arguments = ["load", "lane", origin, destination, *(["--equipment", equipment] if equipment else [])]
    found = data(*arguments)
    assert list(found) == list(contract.LANE)
    assert found["threads"] == threads


def test_a_city_with_full_stops_is_found_without(desk: Path) -> None:
    """St. Louis is St Louis."""
    for number in range(5):
        deal(desk, number, 2100, origin=("St. Louis, MO", "ST LOUIS MO", "Saint Louis, MO")[number % 2])
    assert past(desk, "st louis, mo", "TX").threads == 5


def test_a_deal_that_another_program_recorded_without_a_round_counts(desk: Path) -> None:
    """It is what the lane cost; and a round that was withdrawn is none."""
    for number in range(5):
        deal(desk, number, 2100 + number)
    execute(desk, "DELETE FROM negotiations WHERE call_id IN (100, 101)")
    found = past(desk, "Chicago, IL", "Dallas, TX")
    assert (found.threads, found.deals, found.agreed_median) == (5, 5, D(2102))
    execute(desk, "UPDATE calls SET final_rate_agreed = NULL WHERE id = 104")
    assert past(desk, "Chicago, IL", "Dallas, TX").deals == 4


def test_what_is_on_record_stands_beside_an_explanation_and_decides_nothing(desk: Path) -> None:
    """The same ask has the same answer without it."""
    for number in range(6):
        deal(desk, number, 2100)
    execute(desk, "UPDATE calls SET carrier_mc_number = 'MC845561' WHERE id = 1")
    plain = data("negotiate", 1, 2300, "--dry-run")
    explained = data("negotiate", 1, 2300, "--dry-run", "--explain")
    assert {key: explained[key] for key in plain} == plain
    assert explained["explain"]["lane"] == data(
        "load", "lane", "Chicago, IL", "Dallas, TX", "--equipment", "Reefer"
    )
    assert explained["explain"]["carrier"] == {
        "carrier": "845561",
        "deals": 6,
        "under_first_ask": 400,
        "under_first_ask_share": 0.16,
    }
    text = " ".join(run("negotiate", 1, 2300, "--explain").stdout.split())
    assert (
        "Lane so far 6 deals in 6 negotiations: half of them $2,100.00 to $2,100.00, median $2,100.00" in text
    )
    assert "Carrier so far settles $400.00 (16.0%) under its first ask, the median of 6 deals" in text
    assert "so far" not in run("negotiate", 1, 2290).stdout
    assert "Lane so far" in run("load", "show", "L1").stdout
    empty = data("negotiate", 3, 1200, "--dry-run", "--explain")["explain"]
    assert (empty["lane"], empty["carrier"]) == (None, None)


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (PAIRS, "idx_loads_lane (<expr>>? AND <expr><?)"),
        (LOADS, "idx_loads_lane (<expr>=? AND origin=? AND destination=?)"),
        (CARRIER_CALLS, "idx_calls_carrier (<expr>=?)"),
    ],
)
def test_somebody_on_the_line_does_not_wait_for_a_whole_table(desk: Path, sql: str, index: str) -> None:
    """The index is used."""
    with closing(sqlite3.connect(desk)) as db:
        (search, *_) = query_plan(db, re.sub(r":\w+", "?", sql))
    assert search.startswith("SEARCH")
    assert index in search


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Texas", "CA"], "name of a state"),
        (["CA", "XX"], "no state"),
        (["", "CA"], "no place"),
        (["CA"], "DESTINATION"),
    ],
)
def test_what_is_no_place_is_refused(desk: Path, arguments: list[str], message: str) -> None:
    """With how a place is written."""
    before = contents(desk)
    result = run("load", "lane", *arguments)
    assert (result.exit_code, message in result.stderr) == (2, True)
    assert contents(desk) == before


def test_what_the_deals_of_a_lane_lack_is_left_out(desk: Path) -> None:
    """No times, no posted rates, no miles: the rates stay."""
    for number in range(5):
        deal(desk, number, 2000 + number * 100)
    execute(
        desk,
        "UPDATE loads SET loadboard_rate = 0, miles = 0 WHERE load_id LIKE 'P%'",
        "UPDATE calls SET call_start_time = NULL",
        "UPDATE negotiations SET timestamp = NULL",
    )
    found = past(desk, "IL", "TX")
    assert (found.agreed_low, found.agreed_median, found.agreed_high) == (D(2100), D(2200), D(2300))
    assert (found.latest, found.half_since, found.per_mile_median, found.over_posted_median) == (None,) * 4


def test_a_load_without_a_place_has_no_lane(desk: Path) -> None:
    """What is on record of all the others is not its past."""
    for number in range(5):
        deal(desk, number, 2100)
    for origin, destination in (("", "Dallas, TX"), ("Chicago, IL", ""), ("", "")):
        load = SimpleNamespace(origin=origin, destination=destination, equipment_type=None, load_id="X")
        with LoadsFile.open(desk) as file:
            assert past_of(file, load, None).lane == LanePast(origin, destination, None)  # type: ignore[arg-type]


def test_of_many_deals_the_latest_count(desk: Path) -> None:
    """300 of a lane's loads, by pick-up, and 300 of a carrier's calls."""
    execute(
        desk,
        """WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
           INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate)
           SELECT 'M' || i, 'Reno, NV', 'Boise, ID', printf('2025-01-01 %02d:%02d:00', i / 60, i % 60), '', 'Van', 2000
             FROM n""",
        """INSERT INTO calls (id, load_id, carrier_mc_number, final_rate_agreed)
           SELECT 1000 + substr(load_id, 2), load_id, 'MC9', 2000 + substr(load_id, 2)
             FROM loads WHERE load_id LIKE 'M%'""",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
           SELECT id, 1, 3000, 'counter_offer_1900.00', '2025-01-02' FROM calls WHERE id >= 1000""",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
           SELECT id, 2, final_rate_agreed, 'accepted', '2025-01-02' FROM calls WHERE id >= 1000""",
    )
    found = past(desk, "Reno, NV", "Boise, ID")
    assert (found.threads, found.deals, found.agreed_median) == (300, 300, D("2150.50"))
    carrier = settled(desk, "9")
    assert carrier is not None
    assert (carrier.deals, carrier.under_first_ask) == (300, D("849.50"))


def test_of_many_calls_about_a_lane_the_latest_count(desk: Path) -> None:
    """3,000 of them."""
    execute(
        desk,
        """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                              loadboard_rate) VALUES ('M', 'Reno, NV', 'Boise, ID', '', '', 'Van', 2000)""",
        """WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
           INSERT INTO calls (id, load_id) SELECT i, 'M' FROM n""",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response)
           SELECT id, 1, id, 'counter_offer_1900.00' FROM calls WHERE id >= 1000""",
    )
    found = past(desk, "Reno, NV", "Boise, ID")
    assert (found.threads, found.deals, found.first_ask_median) == (3_000, 0, D("2500.50"))


def test_the_load_that_is_asked_about_is_not_its_own_past(desk: Path) -> None:
    """Neither of its lane nor of the carrier; a call about no load has a carrier all the same."""
    for number in range(5):
        deal(desk, number, 2100)
    load = SimpleNamespace(origin="Chicago, IL", destination="Dallas, TX", equipment_type=None, load_id="P0")
    with LoadsFile.open(desk) as file:
        assert past_of(file, load, "845561") == (LanePast("Chicago, IL", "Dallas, TX", None), None)  # type: ignore[arg-type]
        load.load_id = "X"
        lane, carrier = past_of(file, load, "845561")  # type: ignore[arg-type]
        assert (lane.deals, carrier and carrier.deals) == (5, 5)
        assert past_of(file, None, "845561") == (LanePast("", "", None), carrier)
        assert past_of(file, None, "nobody").carrier is None
