"""Many asks, a line of JSON each: the same answers as one by one."""

import errno
import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from negotiator.cli import app
from negotiator.errors import BusyError, ConflictError, DiskFullError, NegotiatorError, UnusableFileError
from negotiator.negotiation.ask import answer_ask
from negotiator.negotiation.batch import replies
from negotiator.negotiation.models import Answer, Ask
from negotiator.policy.decide import Policy
from negotiator.policy.terms import PolicySource
from negotiator.service import CallHandlingService
from negotiator.storage import transactions
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, SCRIPT, SESSION, contents, data, execute, installed, run, select

COUNT = "SELECT count(*) FROM negotiations"


def batch(*lines: object, options: tuple[object, ...] = (), **environment: str) -> Result:
    """Run `batch` on these lines: text and bytes as they are, all else as JSON."""
    content = b"\n".join(as_line(line) for line in lines) + b"\n"
    arguments = ["batch", *map(str, options)]
    return CliRunner().invoke(app, arguments, input=content, env=environment)


def as_line(line: object) -> bytes:
    """Return a line of the input."""
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


def printed(result: Result) -> list[dict[str, Any]]:
    """Return the lines that were printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def ask(call: int, offer: float, **more: object) -> dict[str, object]:
    """Return an ask."""
    return {"call_id": call, "carrier_offer": offer, **more}


def many(count: int, path: Path) -> list[dict[str, object]]:
    """Put so many calls into a file, each about a load of its own, and return an ask for each."""
    with closing(sqlite3.connect(path)) as db, db:
        for number in range(100, 100 + count):
            db.execute(
                """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime,
                                      equipment_type, loadboard_rate) VALUES (?, '', '', '', '', '', 2100)""",
                [f"M{number}"],
            )
            db.execute("INSERT INTO calls (id, load_id) VALUES (?, ?)", [number, f"M{number}"])
    return [ask(number, 2300, request_id=f"r{number}") for number in range(100, 100 + count)]


def test_answers_are_those_of_negotiate_in_the_same_order(desk: Path) -> None:
    """Key by key, over a thread that closes."""
    asks = [(1, 2300, SESSION), (3, 1150, None), (1, 2250, SESSION), (1, 2200, SESSION)]
    first = contents(desk)
    expected = [
        data("negotiate", call, offer, *(["--session", session] if session else []))
        for call, offer, session in asks
    ]
    assert first != contents(desk)
    execute(
        desk,
        "DELETE FROM negotiations",
        "UPDATE calls SET final_rate_agreed = NULL",
        "UPDATE loads SET status = NULL",
    )
    result = batch(*(ask(call, offer, session_id=session) for call, offer, session in asks))
    assert (result.exit_code, result.stderr) == (0, "")
    assert printed(result) == expected


def test_a_line_that_fails_is_said_in_its_place_and_the_rest_go_on(desk: Path) -> None:
    """The exit code is that of the first failure; stderr says how many there were."""
    result = batch(ask(1, 2300), "", ask(99, 2300), "nonsense", ask(1, 2250))
    assert result.exit_code == 3
    answers = printed(result)
    assert [set(answer) == {"error", "line"} for answer in answers] == [False, True, True, False]
    assert [(found["error"]["code"], found["line"]) for found in answers[1:3]] == [
        ("call_not_found", 3),
        ("invalid_ask", 4),
    ]
    assert set(answers[1]["error"]) == {"code", "exit_code", "message", "hint"}
    assert answers[3]["round_number"] == 2
    assert "2 of 4 asks failed, first line 3: there is no call 99" in result.stderr


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("{", "invalid_ask", "not JSON"),
        ('{"call_id": 1, "carrier_offer": 2300', "invalid_ask", "not JSON"),
        ("[" * 100_000, "invalid_ask", "nested too deeply"),
        ('{"call_id": ' + "9" * 5000 + "}", "invalid_ask", "not JSON"),
        ("[1, 2300]", "invalid_ask", "not a JSON object"),
        ("null", "invalid_ask", "not a JSON object"),
        (b'{"call_id": 1, "carrier_offer": 2300, "notes": "\xff"}', "invalid_ask", "not UTF-8"),
        ({"carrier_offer": 2300}, "invalid_ask", "no call_id"),
        ({"call_id": 1}, "invalid_ask", "no carrier_offer"),
        (ask(1, 2300, note="x"), "invalid_ask", "'note' is no key"),
        ('{"call_id": 1, "call_id": 2, "carrier_offer": 2300}', "invalid_ask", "twice"),
        (ask(1, 2300, notes="x" * 200_000), "invalid_ask", "more than 200,000 bytes"),
        (ask(1, 2300, notes="x" * 10_001), "invalid_notes", "10,001 characters"),
        (ask(1, 2300, notes=["x"]), "invalid_notes", '["x"]'),
        (ask(1, 9000, allow_outlier="yes"), "invalid_ask", "allow_outlier"),
        ('{"call_id": 1, "carrier_offer": NaN}', "invalid_amount", "nan"),
        ('{"call_id": 1, "carrier_offer": 1e999}', "invalid_amount", "1E+999"),
        ('{"call_id": 1, "carrier_offer": true}', "invalid_amount", "true is not"),
        (ask(1, 0), "invalid_amount", "0 is not"),
        (ask(1, 2300.125), "invalid_amount", "2300.125 is not an amount"),
        (ask(1, 2300, ceiling=2500.125), "invalid_amount", "2500.125 is not an amount"),
        ('{"call_id": 1, "carrier_offer": 1e-400}', "invalid_amount", "1E-400"),
        ('{"call_id": 1, "carrier_offer": 1e99999999999999999999}', "invalid_ask", "not JSON"),
        (as_line(ask(1, 2300)) + b" " * 200_000 + b"x", "invalid_ask", "more than 200,000 bytes"),
        (b" " * 200_001 + as_line(ask(1, 2300)), "invalid_ask", "more than 200,000 bytes"),
        ({"call_id": 1.5, "carrier_offer": 2300}, "invalid_call_id", "1.5 is not"),
        ({"call_id": None, "carrier_offer": 2300}, "invalid_call_id", "null is not"),
        (ask(1, 2300, session_id="x"), "invalid_session_id", "'x'"),
        (ask(1, 2300, session_id={}), "invalid_session_id", "{} is not"),
        (ask(1, 2300, request_id="a b"), "invalid_request_id", "'a b'"),
        (ask(1, 2300, ceiling="x"), "invalid_amount", "'x'"),
        (ask(1, 2300, ceiling=2000), "invalid_policy", "below the posted rate"),
        (ask(1, 9000), "outlier", "far from the posted"),
    ],
)
@pytest.mark.parametrize("size", ["1", "10"])
def test_a_bad_line_changes_nothing(desk: Path, line: object, code: str, message: str, size: str) -> None:
    """And says why; a good one after it is answered."""
    before = contents(desk)
    asks = desk.with_name("asks")
    asks.write_bytes(as_line(line) + b"\n")
    failed = run("batch", asks, "--commit-every", size)
    (found,) = printed(failed)
    assert (failed.exit_code, found["error"]["code"], found["line"]) == (2, code, 1)
    assert message in found["error"]["message"]
    assert contents(desk) == before
    asks.write_bytes(as_line(line) + b"\n" + as_line(ask(1, 2300)))
    assert printed(run("batch", asks, "--commit-every", size))[1]["round_number"] == 1


def test_amounts_may_be_spelled_as_on_the_command_line(desk: Path) -> None:
    """As text, with a ceiling of their own, and null for what isn't given."""
    lines = [
        {"call_id": "1", "carrier_offer": "$2,300.50", "session_id": None, "notes": None, "request_id": None},
        ask(2, 9000, allow_outlier=True, ceiling="9,500.00"),
    ]
    first, second = printed(batch(*lines))
    assert (first["carrier_offer"], second["decision"]) == (2300.5, "counter")


def test_a_byte_order_mark_and_windows_line_ends_are_no_trouble(desk: Path) -> None:
    """Some editors write them."""
    result = batch(b"\xef\xbb\xbf" + as_line(ask(1, 2300)) + b"\r", b"\r", as_line(ask(3, 1150)) + b"\r")
    assert (result.exit_code, len(printed(result))) == (0, 2)


def test_nothing_to_answer_is_no_failure(desk: Path) -> None:
    """As for any program that reads lines."""
    result = batch("", "  ")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_groups_make_no_difference_to_the_answers(desk: Path, size: int) -> None:
    """Seven asks, of which two are refused, among them two that follow from one another."""
    lines = [ask(1, 2300), ask(1, 2290), ask(99, 1), ask(3, 1150), ask(1, 20), ask(2, 2310), ask(1, 2250)]
    file = desk.with_name("asks.jsonl")
    file.write_bytes(b"\n".join(map(as_line, lines)))
    result = run("batch", file, "--commit-every", size)
    assert result.exit_code == 3
    assert [answer.get("round_number") for answer in printed(result)] == [1, 2, None, 1, None, 1, 3]
    assert select(desk, "SELECT call_id, round_number FROM negotiations ORDER BY id") == [
        (1, 1),
        (1, 2),
        (3, 1),
        (2, 1),
        (1, 3),
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_an_answer_is_given_when_it_is_on_record(desk: Path, size: int) -> None:
    """Another program sees the round by then, and may write."""
    lines = [(n, as_line(line)) for n, line in enumerate(many(7, desk), 1)]
    with LoadsFile.open(desk) as file:
        given = 0
        for group in replies(
            file, lines, PolicySource.from_policy(Policy()), commit_every=size, clock=lambda: NOW
        ):
            given += len(group)
            assert select(desk, COUNT) == [(given,)]
            execute(desk, "UPDATE loads SET notes = 'written'")
    assert given == 7


@pytest.mark.parametrize(
    ("size", "seen"), [(1, [0, 1, 2, 3, 4, 5, 6]), (3, [0, 0, 0, 3, 3, 3, 6]), (7, [0] * 7), (100, [0] * 7)]
)
def test_another_program_sees_a_group_at_once(desk: Path, size: int, seen: list[int]) -> None:
    """Before each ask it sees the rounds of the groups before, and none of the group's own."""
    lines = [(n, as_line(line)) for n, line in enumerate(many(7, desk), 1)]
    counted: list[int] = []

    def look() -> datetime:
        counted.append(select(desk, COUNT)[0][0])
        return NOW

    with LoadsFile.open(desk) as file:
        source = PolicySource.from_policy(Policy())
        groups = [len(group) for group in replies(file, lines, source, commit_every=size, clock=look)]
    assert (counted, sum(groups), max(groups)) == (seen, 7, min(size, 7))


@pytest.mark.parametrize("how", ["ABORT, 'no'", "IGNORE", "ROLLBACK, 'no'", "FAIL, 'no'"])
@pytest.mark.parametrize("size", [1, 4, 6])
def test_after_one_that_cannot_be_written_none_is_attempted(desk: Path, how: str, size: int) -> None:
    """Here another program's trigger prevents it; what stood before it in its group is answered."""
    lines = [(n, as_line(line)) for n, line in enumerate(many(6, desk), 1)]
    execute(
        desk,
        f"""CREATE TRIGGER t BEFORE UPDATE ON calls WHEN NEW.id = 102
            BEGIN SELECT RAISE({how}); END""",
    )
    with LoadsFile.open(desk) as file:
        made = [
            reply
            for group in replies(file, lines, PolicySource.from_policy(Policy()), commit_every=size)
            for _, reply in group
        ]
    assert [isinstance(reply, Answer) for reply in made] == [True, True, False, False, False, False]
    assert isinstance(made[2], UnusableFileError)
    assert {(error.code, error.exit_code) for error in made[3:] if isinstance(error, NegotiatorError)} == {
        ("not_attempted", 5)
    }
    assert select(desk, "SELECT call_id FROM negotiations") == [(100,), (101,)]


@pytest.mark.parametrize("size", ["1", "2", "10"])
@pytest.mark.parametrize(
    ("problem", "code", "exit_code"),
    [
        (BusyError("locked"), "busy", 75),
        (DiskFullError("full"), "disk_full", 5),
        (MemoryError(), "out_of_resources", 1),
        (OSError(errno.EMFILE, "Too many open files"), "out_of_resources", 1),
    ],
)
def test_sent_again_after_a_failure_all_get_what_a_clean_run_gives(
    desk: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, code: str, exit_code: int, size: str
) -> None:
    """The first line fails; the others, of the same call and of another about the load, would be answered wrongly."""
    lines = [ask(1, 2300), ask(3, 1150), ask(1, 2250), ask(2, 2200), ask(1, 2240), ask(99, 1)]
    file, saved = desk.with_name("asks"), desk.with_name("saved.db")
    file.write_bytes(b"\n".join(as_line(line | {"request_id": f"r{n}"}) for n, line in enumerate(lines)))
    copyfile(desk, saved)
    expected = run("batch", file).stdout
    copyfile(saved, desk)
    with monkeypatch.context() as broken:
        broken.setattr("negotiator.negotiation.record.Recorder.insert", raising(problem, times=2))
        result = run("batch", file, "--commit-every", size)
    assert result.exit_code == exit_code
    codes = [found["error"]["code"] for found in printed(result)]
    assert codes == [code, *["not_attempted"] * 5]
    assert select(desk, COUNT) == [(0,)]
    assert run("batch", file, "--commit-every", size).stdout == expected


def raising(problem: Exception, times: int) -> Callable[..., None]:
    """Return what raises the first few times it is called; in a group, a failure is met twice."""
    left = iter([problem] * times)

    def fail(*_: object) -> None:
        for found in left:
            raise found

    return fail


@pytest.mark.parametrize("size", ["1", "10"])
def test_a_file_that_stays_locked_costs_one_wait(
    desk: Path, monkeypatch: pytest.MonkeyPatch, size: str
) -> None:
    """With the code for trying again; later lines are not attempted."""
    file = desk.with_name("asks")
    file.write_bytes(b"\n".join(map(as_line, many(3, desk))))
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waited: list[str] = []
        original = transactions.patiently

        def counted(db: sqlite3.Connection, sql: str, *more: Any) -> None:  # noqa: ANN401 - as it is called
            waited.append(sql)
            original(db, sql, *more)

        monkeypatch.setattr(transactions, "patiently", counted)
        result = run("batch", file, "--commit-every", size, NEGOTIATOR_BUSY_TIMEOUT="0")
    codes = [found["error"]["code"] for found in printed(result)]
    assert (result.exit_code, codes) == (75, ["busy", "not_attempted", "not_attempted"])
    assert waited.count("BEGIN IMMEDIATE") == 1


def test_asks_together_are_all_on_record_or_none(service: CallHandlingService, desk: Path) -> None:
    """A refusal among them is an answer like another."""
    with service.together():
        service.negotiate(1, 2300)
        service.negotiate(1, 2290, request_id="a")
        with pytest.raises(ConflictError):
            service.negotiate(1, 2250, request_id="a")
        assert select(desk, COUNT) == [(0,)]
    assert select(desk, COUNT) == [(2,)]
    with pytest.raises(ZeroDivisionError), service.together():  # noqa: PT012 - what was done before it is the point
        service.negotiate(3, 1150)
        raise ZeroDivisionError
    assert select(desk, COUNT) == [(2,)]
    assert service.negotiate(3, 1150).round_number == 1


def test_a_failure_to_write_can_not_be_overlooked(service: CallHandlingService, desk: Path) -> None:
    """Whoever goes on as if nothing had been loses all, and is told so."""
    execute(
        desk, "CREATE TRIGGER t BEFORE UPDATE ON calls WHEN NEW.id = 3 BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    seen: list[str] = []
    with pytest.raises(UnusableFileError), service.together():  # noqa: PT012 - what happens inside is the point
        service.negotiate(1, 2300)
        for call in (3, 2):
            try:
                service.negotiate(call, 1150, allow_outlier=True)
            except UnusableFileError as problem:
                seen.append(problem.message)
    assert len(seen) == 2
    assert select(desk, COUNT) == [(0,)]


def test_sent_again_the_whole_file_changes_nothing(desk: Path) -> None:
    """And prints the same."""
    file = desk.with_name("asks")
    file.write_bytes(b"\n".join(map(as_line, many(20, desk))))
    first = run("batch", file, "--commit-every", 6)
    before = contents(desk)
    assert len(first.stdout.splitlines()) == 20
    assert run("batch", file, "--commit-every", 7).stdout == first.stdout
    assert contents(desk) == before


def test_many_batches_of_the_same_asks_make_each_round_once(shared: Path) -> None:
    """In both journal modes; all print the same."""
    file = shared.with_name("asks")
    file.write_bytes(b"\n".join(map(as_line, many(60, shared))))
    commands = [
        [SCRIPT, "batch", file, "--db", shared, "--commit-every", size] for size in ("1", "7", "1", "60")
    ]
    running = [subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE) for command in commands]
    told = {process.communicate(timeout=60)[0] for process in running}
    assert [process.returncode for process in running] == [0] * 4
    assert len(told) == 1
    assert select(shared, COUNT) == [(60,)]


@contextmanager
def coprocess(path: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Give a `batch` that reads a pipe, and end it."""
    command = [str(SCRIPT), "batch", "--db", str(path), *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


def test_a_pipe_that_stays_open_gets_each_answer_at_once(desk: Path) -> None:
    """Between two asks the file is nobody's."""
    with coprocess(desk) as process:
        assert process.stdin
        assert process.stdout
        for round_number, offer in enumerate((2300, 2250, 2200), 1):
            process.stdin.write(as_line(ask(1, offer, session_id=SESSION)) + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["round_number"] == round_number
            execute(desk, f"UPDATE loads SET notes = 'written {round_number}'")
        process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_an_interrupt_ends_it(desk: Path) -> None:
    """What was answered stays on record."""
    with coprocess(desk) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(as_line(ask(1, 2300)) + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 130
    assert select(desk, COUNT) == [(1,)]


def test_a_reader_that_goes_away_ends_it(desk: Path) -> None:
    """With the code for that; what was answered until then is on record."""
    file = desk.with_name("asks")
    file.write_bytes(b"\n".join(map(as_line, many(300, desk))))
    result = installed("batch", file, "--db", desk, "--commit-every", 10, stdin=subprocess.DEVNULL)
    assert result.returncode == 0
    command = f"'{SCRIPT}' batch '{file}' --db '{desk}'; echo $? >&2"
    piped = subprocess.run(
        ["bash", "-c", f"({command}) | head -n 1"], capture_output=True, text=True, check=True, timeout=60
    )
    assert (piped.stdout.count("\n"), piped.stderr) == (1, "141\n")


def test_groups_are_for_regular_files(desk: Path) -> None:
    """A pipe would be waited for with the file locked; a file on standard input is a file."""
    many(3, desk)
    refused = installed("batch", "--commit-every", 2, "--db", desk, input=json.dumps(ask(1, 2300)))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--commit-every needs a regular file" in refused.stderr
    asks = desk.with_name("asks")
    asks.write_bytes(as_line(ask(1, 2300)))
    with asks.open("rb") as stream:
        assert installed("batch", "-", "--commit-every", 2, "--db", desk, stdin=stream).returncode == 0


def test_without_asks_a_terminal_is_told_so(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for a person who waits for it."""
    monkeypatch.setattr("negotiator.cli.commands.batch.is_terminal", lambda _stream: True)
    result = run("batch")
    assert (result.exit_code, "there are no asks to read" in result.stderr) == (2, True)


def test_progress_is_told_in_bytes_and_not_between_answers(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal of its own; on the same one the answers would be torn."""
    told: list[tuple[str, int, int]] = []

    @contextmanager
    def bar() -> Iterator[Any]:
        yield lambda *heard: told.append(heard)

    monkeypatch.setattr("negotiator.output.printing.progress", bar)
    asks = desk.with_name("asks")
    asks.write_bytes(as_line(ask(1, 2300)) + b"\n")
    size = asks.stat().st_size
    run("batch", asks)
    assert told == [("answering", size, size)]
    monkeypatch.setattr("negotiator.cli.commands.batch.is_terminal", lambda stream: stream is os.sys.stdout)  # type: ignore[attr-defined]
    run("batch", asks)
    assert len(told) == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [(["missing"], 3), (["."], 2), (["--format", "csv"], 2), (["--json"], 0), (["-f", "jsonl"], 0)],
)
def test_what_is_wrong_with_the_whole_is_said_once(desk: Path, options: list[str], code: int) -> None:
    """A file that isn't there, a folder; answers are JSON lines, whatever is asked for."""
    result = batch(ask(1, 2300), options=tuple(options))
    assert result.exit_code == code
    assert len(result.stdout.splitlines()) == (1 if code == 0 else 0)


def test_a_file_with_pending_migrations_is_named_once(unmigrated: Path) -> None:
    """Not for each line."""
    result = batch(ask(1, 2300), options=("--db", unmigrated))
    assert (result.exit_code, result.stdout) == (6, "")


def test_a_bad_policy_is_named_once(desk: Path) -> None:
    """It is the same for all."""
    result = batch(ask(1, 2300), NEGOTIATOR_ROUNDS="none")
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("size", ["1", "25"])
@pytest.mark.parametrize(
    "kills", [pytest.param(3, id="3 kills"), pytest.param(50, id="50 kills", marks=pytest.mark.soak)]
)
def test_after_a_kill_the_whole_file_can_be_sent_again(shared: Path, kills: int, size: str) -> None:
    """Every printed answer is on record, and the end is that of a run that nobody killed."""
    file = shared.with_name("asks")
    lines = many(200, shared)
    file.write_bytes(b"\n".join(map(as_line, lines)))
    command = [str(SCRIPT), "batch", str(file), "--db", str(shared), "--commit-every", size]
    for kill in range(kills):
        execute(shared, "DELETE FROM negotiations")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            said = [process.stdout.readline() for _ in range(1 + 37 * kill % 150)]
            process.kill()
            said += process.stdout.readlines()
        told = {line for line in said if line.endswith("\n")}
        on_record = {call for (call,) in select(shared, "SELECT call_id FROM negotiations")}
        assert {json.loads(line)["call_id"] for line in told} <= on_record
        whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert told <= set(whole.splitlines(keepends=True))
        assert select(shared, "SELECT count(*), count(DISTINCT request_id) FROM negotiations") == [(200, 200)]
        assert select(shared, "SELECT DISTINCT round_number FROM negotiations") == [(1,)]


def test_whatever_else_is_done_among_asks_is_a_part_of_them(service: CallHandlingService, desk: Path) -> None:
    """Reading, taking back; and a refusal of those leaves the others as well."""
    with service.together():
        service.negotiate(1, 2100)
        assert [done.round_number for done in service.call_history(1)] == [1]
        with pytest.raises(ConflictError):
            service.reopen_call(3, "never agreed")
        assert service.reopen_call(1, "a slip").load_status == "available"
        with pytest.raises(RuntimeError), service.together():
            pass
        assert service.negotiate(2, 2300, dry_run=True).round_number == 1
        assert service.negotiate(2, 2300).round_number == 1
        assert select(desk, COUNT) == [(0,)]
    assert select(desk, COUNT) == [(3,)]


@pytest.mark.parametrize(
    "problem",
    [
        PermissionError("mine"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "mine"),
        sqlite3.OperationalError("mine"),
        KeyError(1),
    ],
)
def test_what_the_caller_raises_among_asks_stays_what_it_is(
    service: CallHandlingService, desk: Path, problem: Exception
) -> None:
    """It says nothing about the file, in which nothing of the asks is."""
    with pytest.raises(type(problem)) as caught, service.together():  # noqa: PT012 - what was done before it is the point
        service.negotiate(1, 2300)
        raise problem
    assert caught.value is problem
    assert select(desk, COUNT) == [(0,)]
    assert service.negotiate(1, 2300).round_number == 1


@pytest.mark.parametrize("size", ["1", "5"])
def test_a_line_that_is_no_ask_is_none_on_a_locked_file_too(desk: Path, size: str) -> None:
    """To try it again would be no use."""
    file = desk.with_name("asks")
    file.write_bytes(b"nonsense\n" + as_line(ask(1, 2300)))
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = run("batch", file, "--commit-every", size, NEGOTIATOR_BUSY_TIMEOUT="0")
    assert [found["error"]["code"] for found in printed(result)] == ["invalid_ask", "busy"]
    assert result.exit_code == 2


@pytest.mark.parametrize("size", [1, 5])
def test_what_nobody_thought_of_fails_one_line(
    desk: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """The others are answered; and no error keeps all that it came from in memory."""

    def sometimes(file: LoadsFile, asked: Ask, *rest: Any, **more: Any) -> Answer:  # noqa: ANN401
        if asked.call_id == 2:
            raise ZeroDivisionError("never thought of")
        return answer_ask(file, asked, *rest, **more)

    monkeypatch.setattr("negotiator.negotiation.batch.answer_ask", sometimes)
    lines = [
        (n, as_line(ask(call, offer))) for n, (call, offer) in enumerate([(1, 2300), (2, 2300), (3, 1150)])
    ]
    with LoadsFile.open(desk) as file:
        made = [
            reply
            for group in replies(file, lines, PolicySource.from_policy(Policy()), commit_every=size)
            for _, reply in group
        ]
    assert [isinstance(reply, Answer) for reply in made] == [True, False, True]
    assert isinstance(made[1], NegotiatorError)
    assert (made[1].exit_code, "never thought of" in made[1].message) == (1, True)
    assert (made[1].__traceback__, made[1].__cause__, made[1].__context__) == (None, None, None)
    assert select(desk, COUNT) == [(2,)]


def test_rounds_without_a_decision_are_warned_of(old: Path) -> None:
    """As `negotiate` does, by line."""
    result = batch(ask(99, 1), ask(1, 2150), options=("--db", old))
    assert "Warning: line 2: this continues 4 earlier rounds that have no recorded decision." in result.stderr


def test_with_json_what_failed_is_said_in_json(desk: Path) -> None:
    """On stderr, as for every command."""
    result = batch(ask(99, 2300), options=("--json",))
    error = json.loads(result.stderr)["error"]
    assert (result.exit_code, error["code"]) == (3, "asks_failed")
    assert "1 of 1 asks failed, first line 1: there is no call 99" in error["message"]


def test_answers_are_not_written_to_the_file_of_asks(desk: Path) -> None:
    """They would be read as asks, and answered, without end."""
    file = desk.with_name("asks")
    file.write_bytes(as_line(ask(1, 2300)) + b"\n")
    with file.open("ab") as same:
        done = subprocess.run(
            [str(SCRIPT), "batch", str(file), "--db", str(desk)],
            stdout=same,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=30,
        )
    assert (done.returncode, "write them to another file" in done.stderr) == (2, True)


def test_a_pipe_that_does_not_wait_is_refused(desk: Path) -> None:
    """It looks like the end of the asks before there is one."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with os.fdopen(reader) as stdin, os.fdopen(writer):
        done = installed("batch", "--db", desk, stdin=stdin, timeout=30)
    assert (done.returncode, "blocking mode" in done.stderr) == (2, True)


def test_a_batch_keeps_more_of_the_file_in_memory(desk: Path) -> None:
    """Its asks are here and there in it; an ask alone has as little as usual."""
    with LoadsFile.open(desk) as file:
        usual = file.connection.execute("PRAGMA main.cache_size").fetchone()
        assert list(replies(file, [], PolicySource.from_environment({}))) == []
        assert usual > file.connection.execute("PRAGMA main.cache_size").fetchone() == (-16384,)
