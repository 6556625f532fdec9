"""At the phone: one ask after another, on a pseudo-terminal."""

import json
import os
import pty
import re
import select as readiness
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from negotiator.values.ids import validate_session_id
from tests.conftest import OTHER_SESSION, SCRIPT, SESSION, contents, data, execute, installed, run, select
from tests.e2e.test_terminal import plain

Process = subprocess.Popen[bytes]
PROMPT = re.compile(rb"(Ask \d+|Call): $")
ROUNDS = (
    "SELECT round_number, carrier_offer, system_response, session_id, notes FROM negotiations ORDER BY id"
)
PATIENCE = 20  # seconds


class Talk(NamedTuple):
    """What was seen on the terminal, what was said on stderr, and the exit code."""

    seen: str
    said: str
    code: int


def read_until(master: int, enough: Callable[[bytes], object]) -> bytes:
    """Return what appears on a terminal until it is enough, or until the program ends."""
    seen = b""
    while not enough(seen):
        ready, _, _ = readiness.select([master], [], [], PATIENCE)
        assert ready, seen
        try:
            seen += os.read(master, 65536)
        except OSError:  # the other end is closed
            break
    return seen


def at_the_phone(*arguments: object, typed: Sequence[str | bytes | Callable[[Process], object]]) -> Talk:
    """Run `negotiate` on a terminal; wherever it asks, type the next text, or do what is to be done."""
    master, slave = pty.openpty()
    command = [str(SCRIPT), "negotiate", *map(str, arguments)]
    settings = os.environ | {"COLUMNS": "80", "TERM": "xterm"}
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=subprocess.PIPE, env=settings
    ) as process:
        os.close(slave)
        try:
            seen = read_until(master, PROMPT.search)
            for what in typed:
                if callable(what):
                    what(process)
                else:
                    os.write(master, what.encode() if isinstance(what, str) else what)
                    seen += read_until(master, PROMPT.search)
            seen += read_until(master, lambda _: False)
            assert process.stderr
            said = process.stderr.read().decode()
        except BaseException:
            process.kill()  # a program that waits for us would be waited for without end
            raise
    os.close(master)
    return Talk(plain(seen.decode(errors="replace")).replace("\r", ""), said, process.returncode)


def interrupt(process: Process) -> None:
    """Press Ctrl-C, and again if it fell into the moment before the program listens."""
    for _ in range(PATIENCE):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
            return


def test_asks_are_answered_one_by_one_until_one_is_accepted(desk: Path) -> None:
    """Each as a single `negotiate` answers it; then the program ends by itself."""
    talk = at_the_phone(1, "--session", SESSION, typed=["2300\n", "$2,250\n", " 2150 \n"])
    assert talk.code == 0, talk
    assert select(desk, ROUNDS) == [
        (1, 2300, "counter_offer_2125.00", SESSION, None),
        (2, 2250, "counter_offer_2150.00", SESSION, None),
        (3, 2150, "accepted", SESSION, None),
    ]
    for expected in ("COUNTER $2,125.00, 3 rounds left", "COUNTER $2,150.00", "ACCEPTED at $2,150.00"):
        assert expected in talk.seen
    assert talk.seen.count("Ask 4") == 0


def test_an_answer_takes_two_lines(desk: Path) -> None:
    """What was decided, and what to say: the rest stands above, or is shown on request."""
    execute(desk, "UPDATE loads SET miles = 1000")
    between = at_the_phone(1, typed=["2300\n", "\n"]).seen.split("Ask ")[1]
    assert [line.rstrip() for line in between.splitlines()] == [
        "1: 2300",
        "COUNTER $2,125.00 ($2.13/mi), 3 rounds left",
        '"We can do $2,125.00 on this load. Does that work for you?"',
    ]


def test_an_explained_answer_looks_as_that_to_a_single_ask(desk: Path) -> None:
    """Word by word: on a terminal, lines are folded."""
    single = run("negotiate", 1, 2300, "--dry-run", "--explain").stdout.split()
    between = at_the_phone(1, "--explain", typed=["2300\n", "\n"]).seen.split("Ask ")[1].split()
    assert between[2 : len(single) + 2] == single


def test_what_is_at_stake_is_shown_before_the_first_ask(desk: Path) -> None:
    """Load, lane, posted rate, round, and what was offered already; never the ceiling."""
    run("negotiate", 1, 2300)
    seen = at_the_phone(1, typed=["\n"]).seen.split("Ask 2: ")[0]
    for expected in ("L1", "Chicago, IL to Dallas, TX", "$2,100.00", "2 of 4", "$2,125.00"):
        assert expected in seen
    assert "2,310" not in seen


def test_a_transfer_ends_it_too(desk: Path) -> None:
    """Exit 0: it is a result."""
    talk = at_the_phone(1, typed=["2500\n"] * 4)
    assert (talk.code, len(select(desk, ROUNDS))) == (0, 4)
    assert "TRANSFER to a person" in talk.seen


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        ("abc", "'abc' is not an amount"),
        ("0", "'0' is not an amount"),
        ("-5", "'-5' is not an amount"),
        ("2300 2250", "'2300 2250' is not an amount"),
        ("2300 -50", "'2300 -50' is not an amount"),
        ("rings back", "? shows what else can be typed"),
        ("9000 wants fuel paid", "type 9000! wants fuel paid instead"),
        ("note", "the note is empty"),
        ("undo", "no round"),
        ("!", "'' is not an amount"),
        ("abc!", "'abc' is not an amount"),
        (b"23\xff", "is not an amount"),
        ("9000", "type 9000! instead"),
        ("$1,000", "type $1,000! instead"),
    ],
)
def test_a_bad_ask_is_said_in_one_line_and_asked_for_again(
    desk: Path, ask: str | bytes, expected: str
) -> None:
    """Nothing is recorded, and the same round is asked for."""
    before = contents(desk)
    line = ask + b"\n" if isinstance(ask, bytes) else f"{ask}\n"
    talk = at_the_phone(1, typed=[line, "\n"])
    (problem,) = [line for line in talk.said.splitlines() if line.startswith("Error")]
    assert expected in problem
    assert (talk.code, talk.seen.count("Ask 1: "), talk.seen.count("Ask 2: ")) == (0, 2, 0)
    assert contents(desk) == before


def test_an_exclamation_mark_takes_an_outlier(desk: Path) -> None:
    """For this ask alone."""
    talk = at_the_phone(1, typed=["9000!\n", "9100\n", "\n"])
    assert "type 9100!" in talk.said
    assert [done[1] for done in select(desk, ROUNDS)] == [9000]


@pytest.mark.parametrize(
    ("leaving", "code"),
    [
        pytest.param("\n", 0, id="an empty line"),
        pytest.param("  \n", 0, id="a blank line"),
        pytest.param("\x04", 0, id="Ctrl-D"),
        pytest.param(interrupt, 130, id="Ctrl-C"),
    ],
)
def test_it_is_left_cleanly_and_what_was_said_is_on_record(
    desk: Path, leaving: str | Callable[[Process], object], code: int
) -> None:
    """By an empty line, Ctrl-D, or Ctrl-C."""
    talk = at_the_phone(1, typed=["2300\n", leaving])
    assert talk.code == code
    assert "Traceback" not in talk.seen + talk.said
    assert [done[:2] for done in select(desk, ROUNDS)] == [(1, 2300)]
    assert data("negotiate", 1, 2250)["round_number"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["99"], 3, "there is no call 99"),
        (["one"], 2, "not a call ID"),
        (["1", "--db", "missing.db"], 3, "there is no file"),
        (["1", "--db", "old.db"], 6, "negotiator migrate"),
        (["1", "--session", "x"], 2, "not a session ID"),
        (["3", "--session", OTHER_SESSION], 4, "is about load L1"),
        (["1", "--session", OTHER_SESSION], 4, "closed"),
        (["1", "--notes", "n" * 10_001], 2, "the notes have"),
        (["1", "--ceiling", "2000"], 2, "is below the posted rate"),
        (["1", "--json"], 2, "--format json needs an ASK"),
        (["1", "--format", "csv"], 2, "--format csv needs an ASK"),
        (["1", "--dry-run"], 2, "--dry-run needs an ASK"),
    ],
)
def test_what_forbids_every_ask_is_said_before_the_first(
    desk: Path, unmigrated: Path, arguments: list[str], code: int, expected: str
) -> None:
    """With its usual exit code, and nothing is changed."""
    execute(
        desk,
        f"""INSERT INTO negotiations (call_id, session_id, round_number, system_response)
            VALUES (2, '{OTHER_SESSION}', 1, 'transfer_to_human')""",
    )
    before = contents(desk)
    talk = at_the_phone(*arguments, typed=[])
    assert (talk.code, talk.seen.count("Ask")) == (code, 0), talk
    assert expected in talk.said
    assert talk.said.count("\n") == 1
    assert contents(desk) == before


def test_a_load_that_is_taken_meanwhile_ends_it(desk: Path) -> None:
    """Exit 4, as a single ask would."""
    booked = "UPDATE loads SET status = 'booked' WHERE load_id = 'L1'"
    talk = at_the_phone(1, typed=["2300\n", lambda _: execute(desk, booked), "2250\n"])
    assert talk.code == 4
    assert "load L1 is booked" in talk.said
    assert len(select(desk, ROUNDS)) == 1


def test_the_file_is_free_while_a_person_thinks(desk: Path) -> None:
    """Even for one who wants it alone, and does not wait."""

    def take_alone(_: Process) -> None:
        with closing(sqlite3.connect(desk, timeout=0, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            other.execute("UPDATE loads SET notes = 'mine' WHERE load_id = 'L2'")
            other.execute("COMMIT")

    talk = at_the_phone(1, typed=[take_alone, "2300\n", take_alone, "\n"])
    assert (talk.code, len(select(desk, ROUNDS))) == (0, 1)


def test_one_new_session_and_its_notes_go_with_all_asks(desk: Path) -> None:
    """The ID is shown from the beginning."""
    talk = at_the_phone(1, "--new-session", "--notes", "rang twice", typed=["2300\n", "2250\n", "\n"])
    first, second = select(desk, ROUNDS)
    assert first[3:] == second[3:]
    assert validate_session_id(first[3])
    assert first[4] == "rang twice"
    assert first[3] in talk.seen.split("Ask 1: ")[0]


def test_a_new_session_is_made_for_a_single_ask_too(desk: Path) -> None:
    """It stands in the answer."""
    made = [data("negotiate", 1, 2300, "--new-session")["session_id"] for _ in range(2)]
    assert len(set(made)) == 2
    for session in made:
        assert len(data("session", "history", session)) == 1


@pytest.mark.parametrize("form", [[], ["--json"], ["--dry-run"]])
def test_without_a_terminal_an_ask_must_be_given(desk: Path, form: list[str]) -> None:
    """A script must not hang; an ask that is piped in is not read."""
    result = installed("negotiate", 1, *form, input="2300\n")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "issing argument 'ASK'" in result.stderr
    if form == ["--json"]:
        assert json.loads(result.stderr)["error"]["code"] == "usage"
    assert not select(desk, ROUNDS)


def test_a_terminal_that_only_shows_is_not_a_phone(desk: Path) -> None:
    """Both ends are needed: here stdin is empty."""
    master, slave = pty.openpty()
    ended = subprocess.run(
        [SCRIPT, "negotiate", "1"],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(slave)
    os.close(master)
    assert (ended.returncode, b"missing argument 'ASK'" in ended.stderr) == (2, True)


def test_the_heading_tells_what_the_lane_has_cost(desk: Path) -> None:
    """Once, before the first ask; answers stay as short as they are."""
    for number in range(5):
        execute(
            desk,
            f"""INSERT INTO loads SELECT 'P{number}', origin, destination, pickup_datetime, delivery_datetime,
                       equipment_type, 2000, NULL, NULL, NULL, NULL, NULL, NULL, 'booked', NULL, NULL
                  FROM loads WHERE load_id = 'L1'""",
            f"INSERT INTO calls (id, load_id, carrier_mc_number) VALUES ({100 + number}, 'P{number}', 'MC1')",
            f"UPDATE calls SET final_rate_agreed = 2150 WHERE id = {100 + number}",
        )
    talk = at_the_phone(1, typed=["2300\n", "\n"])
    assert (
        " ".join(talk.seen.split()).count("Lane so far 5 deals in 5 negotiations: half of them $2,150.00")
        == 1
    )
    assert talk.seen.index("Lane so far") < talk.seen.index("Ask 1:")


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("2300 wants fuel paid", (2300, "wants fuel paid")),
        ("$2,300.50 USD   Élan's truck, 2 stops", (2300.5, "Élan's truck, 2 stops")),
        ("2.3k wants fuel!", (2300, "wants fuel!")),
        ("2.30 per mile wants fuel", (2300, "wants fuel")),
        ("9000! is serious", (9000, "is serious")),
        ("9000 ! is serious", (9000, "is serious")),
        ("2300 dollars", (2300, "dollars")),
    ],
)
def test_words_after_an_ask_are_kept_as_its_note(
    desk: Path, typed: str, recorded: tuple[object, str]
) -> None:
    """The amount is the longest beginning that is one, and ! belongs to the amount."""
    execute(desk, "UPDATE loads SET miles = 1000")
    talk = at_the_phone(1, typed=[f"{typed}\n", "\n"])
    assert [(done[1], done[4]) for done in select(desk, ROUNDS)] == [recorded], talk


def test_the_note_of_an_ask_comes_after_that_of_all_asks(desk: Path) -> None:
    """Each on a line of its own."""
    at_the_phone(1, "--notes", "rang twice", typed=["2300 wants fuel\n", "2290\n", "\n"])
    assert [done[4] for done in select(desk, ROUNDS)] == ["rang twice\nwants fuel", "rang twice"]


def test_a_question_mark_shows_what_can_be_typed(desk: Path) -> None:
    """In 80 columns, and nothing is recorded."""
    before = contents(desk)
    talk = at_the_phone(1, typed=["?\n", "\n"])
    for expected in ("3150 wants fuel paid", "6000!", "undo", "note TEXT", "ceiling", "lane", "empty line"):
        assert expected in talk.said
    assert max(map(len, talk.said.splitlines())) <= 80
    assert contents(desk) == before


def test_the_ceiling_is_shown_on_request_alone(desk: Path) -> None:
    """Before an ask and after one."""
    talk = at_the_phone(1, typed=["2300\n", "ceiling\n", "\n"])
    assert talk.seen.count("$2,310.00 (never quoted)") == 1
    assert "2,310" not in at_the_phone(1, typed=["2290\n", "\n"]).seen


def test_the_lane_is_shown_on_request(desk: Path) -> None:
    """Where there is too little on record, that is said."""
    assert "Too little is on record" in at_the_phone(1, typed=["lane\n", "\n"]).said


def test_a_round_is_taken_back_at_the_phone(desk: Path) -> None:
    """It counts no more, its number is not given again, and the reason is kept."""
    asks = ["2300\n", "2350 too high\n", "undo heard 2350, said 2250\n", "2250\n", "\n"]
    talk = at_the_phone(1, "--new-session", typed=asks)
    assert talk.code == 0, talk
    assert "Taken back: round 2, the ask of $2,350.00." in talk.seen
    assert [(done[0], done[2]) for done in select(desk, ROUNDS)] == [
        (1, "counter_offer_2125.00"),
        (2, "counter_offer_2170.00"),
        (2, "withdrawn"),
        (3, "counter_offer_2150.00"),
    ]
    assert select(desk, ROUNDS)[2][4] == "heard 2350, said 2250"


def test_a_note_of_the_call_is_kept_at_the_phone(desk: Path) -> None:
    """After those that are there."""
    talk = at_the_phone(1, typed=["note driver is Kim\n", "note rings at noon\n", "\n"])
    assert talk.said.count("Noted.") == 2
    assert select(desk, "SELECT notes FROM calls WHERE id = 1") == [("driver is Kim\nrings at noon",)]
    assert not select(desk, ROUNDS)


def test_without_arguments_the_call_is_asked_for(desk: Path) -> None:
    """The newest open call first; one that ended, was agreed, or whose load is gone is not among them."""
    run("negotiate", 3, 1200)
    execute(
        desk,
        "INSERT INTO calls (id, load_id, carrier_mc_number) VALUES (4, 'L1', 'MC9'), (5, 'GONE', 'MC9')",
        "INSERT INTO calls (id, load_id, outcome) VALUES (6, 'L1', 'Rejected'), (7, 'L1', 'transferred')",
        "INSERT INTO calls (id, load_id, call_end_time) VALUES (8, 'L1', '2025-09-01 10:00:00')",
    )
    talk = at_the_phone(typed=["abc\n", "4\n", "2300\n", "\n"])
    assert talk.code == 0, talk
    shown = [line.split()[:1] for line in talk.seen.split("Call: ")[0].splitlines()]
    listed = [word for words in shown for word in words if word.isdigit()]
    assert listed == ["4", "3", "2", "1"]
    assert "'abc' is not a call ID" in talk.said
    assert "$1,200.00" in talk.seen.split("Call: ")[0]
    assert max(map(len, talk.seen.splitlines())) <= 80
    assert select(desk, "SELECT call_id FROM negotiations ORDER BY id") == [(3,), (4,)]


def test_no_call_need_be_chosen(desk: Path) -> None:
    """An empty line leaves, and where no call is open, that is said."""
    execute(desk, "UPDATE loads SET status = 'booked'")
    talk = at_the_phone(typed=["\n"])
    assert (talk.code, "No call is open" in talk.said) == (0, True)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_without_a_terminal_a_call_must_be_given(desk: Path, form: list[str]) -> None:
    """Exit 2, as for every missing argument."""
    result = installed("negotiate", *form, input="1\n2300\n")
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "missing argument 'CALL_ID'" in result.stderr


def test_a_new_session_of_the_phone_may_expire(desk: Path) -> None:
    """From its first ask on; one of which no ask was recorded is not begun."""
    at_the_phone(1, "--new-session", "--expires-in", "2h", typed=["\n"])
    assert not select(desk, "SELECT * FROM negotiation_sessions")
    at_the_phone(1, "--new-session", "--expires-in", "2h", typed=["2300\n", "2250\n", "\n"])
    ((session, hours),) = select(
        desk,
        """SELECT session_id, round(24 * (julianday(expires_at) - julianday(timestamp)), 1)
             FROM negotiation_sessions JOIN negotiations USING (session_id) WHERE round_number = 1""",
    )
    assert hours == 2
    assert {done[3] for done in select(desk, ROUNDS)} == {session}
