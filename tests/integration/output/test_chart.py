"""Pictures: asks and counters that close in on each other."""

import os
import re
from pathlib import Path

import pytest

from tests.conftest import SESSION, execute, installed, run
from tests.e2e.test_terminal import on_a_terminal, plain

MARKS = set("*o@")


def insert(path: Path, *rounds: tuple[int, float | None, str | None]) -> None:
    """Put rounds of a session into a file: number, ask, response."""
    for number, ask, response in rounds:
        shown = "NULL" if response is None else f"'{response}'"
        execute(
            path,
            f"""INSERT INTO negotiations (call_id, session_id, round_number, carrier_offer, system_response)
                VALUES (1, '{SESSION}', {number}, {"NULL" if ask is None else ask}, {shown})""",
        )


def drawn() -> list[str]:
    """Return the lines of the picture in a pipe, without the legend."""
    result = run("session", "history", SESSION, "--chart")
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    assert result.stdout.isascii()
    assert max(map(len, result.stdout.splitlines())) <= 80
    *lines, blank, legend = result.stdout.splitlines()
    assert (blank, legend[:9]) == ("", "o counter")
    return lines


def marks(line: str) -> str:
    """Return the marks on a line, without words, gaps and spaces."""
    drawing = re.sub("no decision|reopened", "", line)
    return "".join(character for character in drawing if character in MARKS)


def test_a_negotiation_is_drawn_round_by_round(desk: Path) -> None:
    """Counters on the left, asks on the right, the gap between them, the accepted ask."""
    for ask in (2300, 2250, 2150):
        run("negotiate", 1, ask, "--session", SESSION)
    assert drawn() == [
        "Round     Answer  $2,125.00                                 $2,300.00        Ask",
        "    1  $2,125.00  o-------------------------------------------------*  $2,300.00",
        "    2  $2,150.00         o----------------------------*                $2,250.00",
        "    3   accepted         @                                             $2,150.00",
    ]


def test_one_round_is_in_the_middle(desk: Path) -> None:
    """There is no scale of a single amount."""
    insert(desk, (1, 2100, "accepted"))
    heading, line = drawn()
    assert heading.split() == ["Round", "Answer", "Ask"]
    assert 30 < line.index("@") < 60
    assert line.split() == ["1", "accepted", "@", "$2,100.00"]


@pytest.mark.parametrize(
    ("rounds", "expected"),
    [
        ([(1, 2300, "counter_offer_2300.00")], ["*"]),
        ([(1, 2300, "counter_offer_2300.00"), (2, 2300, "accepted")], ["*", "@"]),
        ([(1, 2300, "counter_offer_2100.00"), (2, 2500, "transfer_to_human")], ["o*", "*"]),
        ([(1, 2000, "counter_offer_2100.00")], ["*o"]),
        ([(1, None, "counter_offer_2100.00"), (2, 2300, None)], ["o", "*"]),
        ([(1, None, None)], [""]),
        ([(1, None, "Would 2050 work?")], [""]),
        ([(1, 2300, "accepted"), (1, None, "reopened"), (2, 2290, "accepted")], ["@", "", "@"]),
        ([(1, 0.01, "counter_offer_9999999.99"), (2, 10_000_000, "accepted")], ["*o", "@"]),
    ],
)
def test_each_round_has_its_marks_and_its_amounts(
    desk: Path, rounds: list[tuple[int, float | None, str | None]], expected: list[str]
) -> None:
    """Equal amounts, no ask, free text, what was taken back, an ask below the counter."""
    insert(desk, *rounds)
    _, *lines = drawn()
    assert list(map(marks, lines)) == expected
    for (number, ask, response), line in zip(rounds, lines, strict=True):
        assert line.startswith(f"{number:>5}  ")
        assert line.endswith("" if ask is None else f"  ${ask:,.2f}")
        assert {"accepted": "accepted", "transfer_to_human": "transferred", "reopened": "reopened"}.get(
            response or "", "$" if "counter" in (response or "") else "no decision"
        ) in line


def test_a_gap_never_widens_where_the_amounts_close_in(desk: Path) -> None:
    """Thirty rounds, a line each."""
    insert(desk, *((n, 3000 - 20 * n, f"counter_offer_{2000 + 10 * n}.00") for n in range(1, 31)))
    _, *lines = drawn()
    gaps = [line.count("-") for line in lines]
    assert len(gaps) == 30
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 40
    assert gaps[-1] < 10


def test_a_terminal_gets_colour_and_its_own_width(desk: Path) -> None:
    """Unless colour is not wanted; a picture that is too wide for the eye is not drawn."""
    for ask in (2300, 2250):
        run("negotiate", 1, ask, "--session", SESSION)
    command = ["session", "history", SESSION, "--chart"]
    seen = on_a_terminal(*command)
    assert "\x1b[36mo" in seen
    assert "\x1b[3" not in on_a_terminal(*command, NO_COLOR="1")
    for columns, longest in ((60, 60), (80, 80), (300, 120)):
        lines = plain(on_a_terminal(*command, columns=columns)).splitlines()
        assert max(map(len, lines)) == longest
    assert "Traceback" not in on_a_terminal(*command, columns=10)


def test_a_pipe_gets_ascii_without_colour_whatever_is_forced(desk: Path) -> None:
    """And the encoding of stdout does not matter."""
    run("negotiate", 1, 2300, "--session", SESSION)
    plainly = run("session", "history", SESSION, "--chart").stdout
    for forced in ({"FORCE_COLOR": "1"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"COLUMNS": "200"}):
        assert installed("session", "history", SESSION, "--chart", env=os.environ | forced).stdout == plainly


@pytest.mark.parametrize("form", [["--json"], ["-f", "json"], ["-f", "jsonl"], ["-f", "csv"]])
def test_a_picture_is_no_data(form: list[str]) -> None:
    """Exit 2, before any file is looked for."""
    result = run("session", "history", SESSION, "--chart", *form)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "--chart" in result.stderr


def test_a_picture_of_an_unknown_session_is_not_found(desk: Path) -> None:
    """As its history is."""
    assert run("session", "history", SESSION, "--chart").exit_code == 3


def test_a_table_can_be_named_with_it(desk: Path) -> None:
    """It is what a person gets anyway."""
    run("negotiate", 1, 2300, "--session", SESSION)
    assert run("session", "history", SESSION, "--chart", "-f", "table").exit_code == 0
