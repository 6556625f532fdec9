"""A load's ID may be typed in another case, wherever one is asked for."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from negotiator.storage.load_ids import known_load_id
from tests.conftest import data, execute, run


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("LD1", "LD1"),
        ("ld1", "LD1"),
        ("Ld1", "LD1"),
        ("ab", "ab"),
        ("AB", "AB"),
        ("aB", "aB"),
        ("nothing", "nothing"),
        ("", ""),
        ("l_1", "l_1"),
        ("%", "%"),
        ("x\udcff", "x\ufffd\ufffd\ufffd"),
    ],
)
def test_an_id_is_what_is_typed_or_the_only_one_in_another_case(typed: str, known: str) -> None:
    """Where several differ in case alone, none is guessed."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE loads (load_id)")
        db.executemany("INSERT INTO loads VALUES (?)", [["LD1"], ["ab"], ["AB"], ["L_1x"]])
        assert known_load_id(db, typed) == known


@pytest.mark.parametrize("typed", ["L2", "l2"])
def test_every_command_that_takes_a_loads_id_takes_it_in_any_case(desk: Path, typed: str) -> None:
    """What is recorded and shown is the file's own spelling."""
    execute(
        desk,
        "INSERT INTO negotiations (call_id, session_id, round_number) VALUES (3, 'sess_known', 1)",
        "INSERT INTO calls (id, load_id) VALUES (9, 'GONE')",
    )
    assert data("load", "show", typed)["load_id"] == "L2"
    assert [call["id"] for call in data("call", "list", "--load", typed)] == [3]
    assert [session["session_id"] for session in data("session", "list", "--load", typed)] == ["sess_known"]
    started = run("call", "start", "--load", typed, "--carrier", "MC 1")
    assert started.stderr == ("" if typed == "L2" else "The load is L2.\n")
    assert data("call", "show", started.stdout.strip())["load_id"] == "L2"


def test_an_id_that_no_load_has_is_not_found_and_filters_as_it_stands(desk: Path) -> None:
    """The calls about a load that is gone can still be listed."""
    execute(desk, "INSERT INTO calls (id, load_id) VALUES (9, 'GONE')")
    assert run("load", "show", "L").exit_code == 3
    assert run("call", "start", "--load", "L", "--carrier", "MC 1").exit_code == 3
    assert [call["id"] for call in data("call", "list", "--load", "GONE")] == [9]
    assert data("call", "list", "--load", "gone") == []
    assert data("session", "list", "--load", "") == []
