"""The command line: exit codes, formats, errors."""

import csv
import io
import json
import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import negotiator
from tests.conftest import OTHER_SESSION, SESSION, contents, data, execute, installed, run, select

ROUND_KEYS = [
    "id",
    "call_id",
    "session_id",
    "round_number",
    "carrier_offer",
    "system_response",
    "timestamp",
    "notes",
]
ANSWER_KEYS = [
    *("call_id", "session_id", "round_number", "rounds_left", "carrier_offer", "decision", "amount"),
    *("accepted", "should_transfer", "message"),
]


def test_the_answer_has_the_keys_of_the_contract(desk: Path) -> None:
    """In their order; amounts are numbers."""
    answer = data("negotiate", 1, "2,300", "--session", SESSION)
    assert list(answer) == ANSWER_KEYS
    assert answer == {
        "call_id": 1,
        "session_id": SESSION,
        "round_number": 1,
        "rounds_left": 3,
        "carrier_offer": 2300,
        "decision": "counter",
        "amount": 2125,
        "accepted": False,
        "should_transfer": False,
        "message": "We can do $2,125.00 on this load. Does that work for you?",
    }


def test_explain_adds_one_key(desk: Path) -> None:
    """The figures that the decision came from."""
    answer = data("negotiate", 1, 2300, "--explain")
    assert list(answer) == [*ANSWER_KEYS, "explain"]
    assert answer["explain"]["ceiling"] == 2310
    assert answer["explain"]["target"] == 2125
    assert answer["explain"]["share"] == 0.125


def test_a_transfer_has_no_amount_and_no_rounds_left(desk: Path) -> None:
    """`amount` is null."""
    answer = [data("negotiate", 1, 2500) for _ in range(4)][-1]
    assert (answer["decision"], answer["amount"], answer["rounds_left"]) == ("transfer", None, 0)


def test_a_person_sees_the_lane_the_round_the_offers_and_the_words(desk: Path) -> None:
    """The ceiling only when it is asked for."""
    run("negotiate", 1, 2300)
    shown = run("negotiate", 1, 2250)
    assert shown.exit_code == 0
    for expected in (
        "Chicago, IL to Dallas, TX",
        "2 of 4",
        "$2,300.00, $2,250.00",
        "$2,125.00",
        "COUNTER $2,150.00",
    ):
        assert expected in shown.stdout
    assert "2,310" not in shown.output
    explained = run("negotiate", 1, 2240, "--explain").stdout
    assert "$2,310.00 (never quoted)" in explained


def test_the_arithmetic_of_a_counter_is_explained(desk: Path) -> None:
    """As the documentation has it."""
    shown = run("negotiate", 1, 2300, "--explain").stdout
    assert "(1/4) to the power of 1.5 = 0.1250" in shown
    assert "$2,100.00 + 0.1250 x ($2,300.00 - $2,100.00) = $2,125.00" in shown


def test_histories_have_the_keys_of_the_contract_in_every_format(desk: Path) -> None:
    """The same rows, whatever the form."""
    run("negotiate", 1, 2300, "--session", SESSION, "--notes", 'a "quoted", note')
    run("negotiate", 1, 2250, "--session", SESSION)
    (first, second) = data("session", "history", SESSION)
    assert list(first) == ROUND_KEYS
    assert first["notes"] == 'a "quoted", note'
    assert second["system_response"] == "counter_offer_2150.00"
    lines = run("session", "history", SESSION, "-f", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == [first, second]
    table = list(csv.DictReader(io.StringIO(run("call", "history", 1, "--format", "csv").stdout)))
    assert list(table[0]) == ROUND_KEYS
    assert table[0]["notes"] == 'a "quoted", note'
    assert "counter $2,150.00" in run("call", "history", 1).stdout


def test_a_history_is_in_order_of_real_time(old: Path) -> None:
    """Unknown times first; 18:00+02:00 is before 17:26; then the ID."""
    execute(
        old,
        "INSERT INTO negotiations (id, call_id, round_number, timestamp) VALUES "
        "(20, 6, 1, '2025-08-20 17:26:00.5'), (21, 6, 1, '2025-08-20T18:00:00+02:00'), (22, 6, 1, 'soon'), "
        "(23, 6, 1, '2025-08-20 17:26:00.5')",
    )
    assert [found["id"] for found in data("call", "history", 6, "--db", old)] == [22, 21, 20, 23]


def test_rounds_of_a_call_that_is_gone_are_shown(old: Path) -> None:
    """Foreign keys of old files are broken here and there."""
    assert [found["id"] for found in data("call", "history", 99, "--db", old)] == [8]


def test_no_rounds_is_an_empty_list_and_a_word_on_stderr(desk: Path) -> None:
    """For a call, and for a known session that has none on it."""
    run("negotiate", 1, 2300, "--session", SESSION)
    for command in (["call", "history", "2"], ["call", "history", "2", "--session", SESSION]):
        result = run(*command, "--json")
        assert (result.exit_code, json.loads(result.stdout)) == (0, [])
        assert result.stderr == "No rounds.\n"
        assert run(*command, "-f", "csv").stdout.strip() == ",".join(ROUND_KEYS)
        assert not run(*command, "-f", "jsonl").stdout


def test_a_table_in_a_pipe_is_never_cut(desk: Path) -> None:
    """However long a note is."""
    note = "words and\ttabs " * 600
    run("negotiate", 1, 2300, "--notes", note)
    lines = run("call", "history", 1).stdout.splitlines()
    assert len(lines) == 3
    assert lines[2].endswith(note.replace("\t", r"\t").rstrip())


def test_data_is_never_read_as_markup_and_control_characters_never_reach_the_output_raw(desk: Path) -> None:
    """Kept as given in the file, written out on the way to the terminal."""
    note = "[bold]x[/bold] \x1b[31mred\x07\x9b \u202e [/nothing]\ttab\x7f"
    run("negotiate", 1, 2300, "--notes", note)
    execute(desk, "UPDATE loads SET origin = '[red]' || char(27) || '[0m' WHERE load_id = 'L1'")
    table = run("call", "history", 1).stdout
    assert r"[bold]x[/bold] \x1b[31mred\x07\x9b \u202e [/nothing]\ttab\x7f" in table
    everything = table + run("negotiate", 1, 2250).output + run("call", "history", 1, "--json").stdout
    assert all(character.isprintable() or character == "\n" for character in everything)
    assert data("call", "history", 1)[0]["notes"] == note


def test_generate_id_prints_one_a_line() -> None:
    """For `$(...)` in a shell."""
    assert run("generate-id").stdout.startswith("sess_2")
    lines = run("generate-id", "--uuid", "--count", 3).stdout.splitlines()
    assert len(set(lines)) == 3
    assert all(run("validate-id", line).exit_code == 0 for line in lines)
    assert [list(item) for item in data("generate-id", "--count", 2)] == [["session_id"], ["session_id"]]


def test_validate_id_says_what_is_wrong_and_what_is_expected() -> None:
    """Exit code 0 or 2."""
    assert data("validate-id", SESSION) == {"session_id": SESSION, "valid": True}
    result = run("validate-id", "invalid")
    assert result.exit_code == 2
    assert "'invalid' is not a session ID" in result.stderr
    assert "5 to 45" in result.stderr


def test_init_makes_a_current_file_in_wal_mode_for_the_owner_alone(tmp_path: Path) -> None:
    """Nothing is left beside it."""
    assert run("init", "--db", "new.db").exit_code == 0
    path = tmp_path / "new.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert select(path, "PRAGMA journal_mode") == [("wal",)]
    assert run("migrate", path, "--json").stderr == f"Nothing to do: {path} is up to date.\n"
    assert [found.name for found in tmp_path.iterdir()] == ["new.db"]


def test_the_sample_can_be_negotiated_at_once(tmp_path: Path) -> None:
    """A dozen loads, carriers, calls that wait; the README begins with it."""
    run("init", "--sample")
    path = tmp_path / "loads.db"
    assert select(path, "SELECT count(*) FROM loads") == [(12,)]
    calls = select(path, "SELECT id FROM calls")
    assert len(calls) >= 5
    assert all(
        run("negotiate", call, 3000, "--allow-outlier", "--dry-run").exit_code == 0 for (call,) in calls
    )
    assert data("negotiate", 1, 2300)["amount"] == 2125


def test_a_file_argument_goes_before_db_and_db_before_the_environment(tmp_path: Path) -> None:
    """And loads.db is the default."""
    for arguments, environ, made in [
        ([], {}, "loads.db"),
        ([], {"NEGOTIATOR_DB": "env.db"}, "env.db"),
        (["--db", "option.db"], {"NEGOTIATOR_DB": "never.db"}, "option.db"),
        (["argument.db", "--db", "never.db"], {"NEGOTIATOR_DB": "never.db"}, "argument.db"),
    ]:
        assert run("init", *arguments, **environ).exit_code == 0
        assert (tmp_path / made).exists()
    assert not (tmp_path / "never.db").exists()


def test_odd_names_of_files_are_names(tmp_path: Path) -> None:
    """Spaces, ?, #, %, a leading dash, other scripts."""
    for name in ("a b.db", "what?.db", "a#b.db", "100%41.db", "-dash.db", "città.db", "a'b\".db"):
        assert run("init", "--sample", "--db", name).exit_code == 0
        assert run("negotiate", 1, 2300, "--db", name).exit_code == 0
        assert run("migrate", "--", name).exit_code == 0
        assert (tmp_path / name).exists()


def make_unusable(tmp_path: Path, kind: str) -> str:
    """Put something that is no file of ours at unusable.db."""
    path = tmp_path / "unusable.db"
    match kind:
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "text":
            path.write_text("load_id,origin\nL1,Chicago\n" * 100)
        case "other":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE loads (load_id)")
        case "fifo":
            os.mkfifo(path)
    return str(path)


@pytest.mark.parametrize("kind", ["folder", "empty", "text", "other", "fifo"])
@pytest.mark.parametrize(
    "command", [["negotiate", "1", "2300"], ["call", "history", "1"], ["migrate"], ["backup"]]
)
def test_what_is_no_file_of_ours_cannot_be_used(tmp_path: Path, kind: str, command: list[str]) -> None:
    """Exit 5, and it is left as it is."""
    path = make_unusable(tmp_path, kind)
    result = run(*command, "--db", path)
    assert result.exit_code == 5, result.output
    assert path in result.stderr
    assert result.stderr.count("\n") == 1
    assert [str(found) for found in tmp_path.iterdir()] == [path]


@pytest.mark.parametrize(
    "command",
    [
        ["negotiate", "1", "2300"],
        ["session", "history", SESSION],
        ["call", "history", "1"],
        ["migrate"],
        ["backup"],
    ],
)
def test_a_missing_file_is_not_found_and_not_made(tmp_path: Path, command: list[str]) -> None:
    """Reading never creates a file, and nor does negotiating."""
    result = run(*command)
    assert result.exit_code == 3
    assert "loads.db" in result.stderr
    assert not list(tmp_path.iterdir())


BAD_ASKS = ["0", "nan", "inf", "1e400", "12.345", "abc", "２０００", "2_000", "", "10000001", "2,30"]
BAD_SESSIONS = [
    "",
    "sess_",
    f"sess_{'x' * 46}",
    "sess_abcdef\n",
    "sess_abc'def",
    "sess_abc/def",
    "sess_abcdéf",
]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        *[(["negotiate", "1", ask], 2, "invalid_amount") for ask in BAD_ASKS],
        (["negotiate", "1", "-5"], 2, "usage"),
        (["negotiate", "1", "--", "-5"], 2, "invalid_amount"),
        (["negotiate", "3", "100"], 2, "outlier"),
        (["negotiate", "1", "2300", "--ceiling", "2000"], 2, "invalid_policy"),
        (["negotiate", "1", "2300", "--ceiling", "lots"], 2, "invalid_amount"),
        *[(["negotiate", "1", "2300", "--session", text], 2, "invalid_session_id") for text in BAD_SESSIONS],
        *[(["session", "history", text], 2, "invalid_session_id") for text in BAD_SESSIONS],
        *[(["call", "history", "1", "--session", text], 2, "invalid_session_id") for text in BAD_SESSIONS],
        *[(["validate-id", text], 2, "invalid_session_id") for text in BAD_SESSIONS],
        (["negotiate", "1", "2300", "--notes", "n" * 10_001], 2, "invalid_notes"),
        (["negotiate", "1", "2300", "--notes", "a\0b"], 2, "invalid_notes"),
        (["negotiate", "1", "2300", "--notes", "a\udcffb"], 2, "invalid_notes"),
        (["negotiate", "one", "2300"], 2, "invalid_call_id"),
        (["call", "history", "1.5"], 2, "invalid_call_id"),
        (["generate-id", "--count", "0"], 2, "usage"),
        (["generate-id", "--count", "many"], 2, "usage"),
        (["negotiate", "1"], 2, "usage"),
        (["negotiate", "1", "2300", "--session", SESSION, "--new-session"], 2, "usage"),
        (["negotiate", "1", "2300", "--colour"], 2, "usage"),
        (["call", "nonsense"], 2, "usage"),
        (["nonsense"], 2, "usage"),
        (["negotiate", "99", "2300"], 3, "call_not_found"),
        (["negotiate", "4", "2300"], 3, "load_not_found"),
        (["negotiate", "5", "2300"], 3, "load_not_found"),
        (["call", "history", "99"], 3, "call_not_found"),
        (["session", "history", SESSION], 3, "session_not_found"),
        (["call", "history", "1", "--session", SESSION], 3, "session_not_found"),
        (["init", "--db", "no/folder/new.db"], 3, "file_not_found"),
        (["negotiate", "6", "1500"], 4, "load_taken"),
        (["negotiate", "7", "1500"], 4, "no_posted_rate"),
        (["negotiate", "8", "1500"], 4, "thread_closed"),
        (["negotiate", "9", "1500"], 4, "thread_transferred"),
        (["negotiate", "3", "1150", "--session", OTHER_SESSION], 4, "session_about_another_load"),
        (["init"], 4, "file_exists"),
        (["backup", "--to", "loads.db"], 4, "file_exists"),
    ],
)
def test_bad_input_gets_its_exit_code_one_sentence_and_changes_nothing(
    desk: Path, arguments: list[str], exit_code: int, code: str
) -> None:
    """In words, and as JSON with --json."""
    execute(
        desk,
        "INSERT INTO loads SELECT 'L3', '', '', '', '', '', 1500, '', 0, '', 0, 0, '', 'booked', '', ''",
        "INSERT INTO loads SELECT 'L4', '', '', '', '', '', 0, '', 0, '', 0, 0, '', NULL, '', ''",
        "INSERT INTO calls (id, load_id) VALUES (4, NULL), (5, 'GONE'), (6, 'L3'), (7, 'L4'), (8, 'L1'), (9, 'L1')",
        f"""INSERT INTO negotiations (call_id, session_id, round_number, system_response) VALUES
            (8, NULL, 1, 'accepted'), (9, NULL, 1, 'transfer_to_human'), (1, '{OTHER_SESSION}', 1, 'hello')""",
    )
    before = contents(desk)
    end = arguments.index("--") if "--" in arguments else len(arguments)
    plain, as_json = run(*arguments), run(*arguments[:end], "--json", *arguments[end:])
    assert (plain.exit_code, as_json.exit_code) == (exit_code, exit_code), plain.output
    assert plain.stderr.startswith("Error: ")
    assert plain.stderr.count("\n") == 1
    assert not plain.stdout
    problem = json.loads(as_json.stderr)["error"]
    assert list(problem) == ["code", "exit_code", "message", "hint"]
    assert problem["code"] == code
    assert contents(desk) == before
    assert sorted(found.name for found in desk.parent.iterdir()) == ["loads.db"]


@pytest.mark.parametrize("name", ["CEILING_PERCENT", "ROUNDS", "FIRMNESS", "INCREMENT", "BUSY_TIMEOUT"])
def test_a_bad_setting_is_named(desk: Path, name: str) -> None:
    """Exit 2, and nothing is changed."""
    before = contents(desk)
    result = run("negotiate", 1, 2300, **{f"NEGOTIATOR_{name}": "many"})
    assert result.exit_code == 2
    assert f"NEGOTIATOR_{name} is 'many'" in result.stderr
    assert contents(desk) == before


@pytest.mark.parametrize(
    "command", [["negotiate", "1", "2300"], ["session", "history", SESSION], ["call", "history", "1"]]
)
def test_an_old_file_has_to_be_migrated_first(unmigrated: Path, command: list[str]) -> None:
    """Exit 6, and the command to run is named."""
    result = run(*command, "--db", unmigrated)
    assert result.exit_code == 6
    assert f"negotiator migrate {unmigrated}" in result.stderr


def test_a_locked_file_is_waited_for_and_then_given_up(desk: Path) -> None:
    """Exit 75: try again."""
    with closing(sqlite3.connect(desk, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = run("negotiate", 1, 2300, "--json", NEGOTIATOR_BUSY_TIMEOUT="0.2")
    assert result.exit_code == 75
    assert json.loads(result.stderr)["error"]["code"] == "busy"
    assert run("negotiate", 1, 2300).exit_code == 0


def test_a_file_opened_for_reading_alone_cannot_be_negotiated_on(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 5, while histories can still be read. (Root may write what is read-only: so by SQLite's own mode.)."""
    monkeypatch.setattr(
        "negotiator.storage.database.file_uri", lambda path, _mode: f"{path.as_uri()}?mode=ro"
    )
    result = run("negotiate", 1, 2150, "--db", old)
    assert (result.exit_code, "can't be written" in result.stderr) == (5, True)
    assert len(data("call", "history", 1, "--db", old)) == 4
    assert data("negotiate", 1, 2000, "--db", old, "--dry-run")["accepted"]


def test_json_and_another_format_cannot_both_be_had() -> None:
    """Rather than a guess."""
    assert run("generate-id", "--json", "-f", "csv").exit_code == 2
    assert run("generate-id", "--json", "--format", "json").exit_code == 0


def test_an_unexpected_error_has_no_traceback_unless_it_is_asked_for(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1, and the hint says how to see more."""

    def fail(*_: Any) -> None:  # noqa: ANN401
        raise RuntimeError("oh")

    monkeypatch.setattr("negotiator.negotiation.repository.Repository.call", fail)
    result = run("negotiate", 1, 2300)
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert "NEGOTIATOR_DEBUG" in result.stderr
    assert "Traceback" in run("negotiate", 1, 2300, NEGOTIATOR_DEBUG="1").stderr


def test_every_command_that_a_text_names_exists() -> None:
    """In hints and docstrings of the program."""
    groups = {"session", "call", "load"}
    for path in Path(negotiator.__file__).parent.rglob("*.py"):
        for words in re.findall(r"`negotiator ((?:[a-z-]+ ?)+)", path.read_text()):
            command = words.split()[: 2 if words.split()[0] in groups else 1]
            assert run(*command, "--help").exit_code == 0, f"{path}: {words}"


def test_tab_completes_commands() -> None:
    """In bash, by what `--install-completion` sets up."""
    result = installed(
        env=os.environ
        | {"_NEGOTIATOR_COMPLETE": "complete_bash", "COMP_WORDS": "negotiator ne", "COMP_CWORD": "1"}
    )
    assert result.stdout.split() == ["negotiate"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["negotiate", "1", "2300"], True),
        (["negotiate", "1", "2300", "--json"], True),
        (["batch", "asks.jsonl"], True),
        (["report"], False),
        (["call", "list"], False),
    ],
)
def test_a_misspelled_setting_is_said_where_it_would_decide(
    desk: Path, command: list[str], said: object
) -> None:
    """On stderr, with the one that was meant; not by what cron runs, which mails all that is said."""
    desk.with_name("asks.jsonl").write_text('{"call_id": 1, "carrier_offer": 2300}\n')
    result = run(*command, NEGOTIATOR_CIELING_PERCENT="5", NEGOTIATOR_OTHER="1")
    assert result.exit_code == 0
    warnings = (
        "Warning: NEGOTIATOR_CIELING_PERCENT is not a setting of this program; did you mean "
        "NEGOTIATOR_CEILING_PERCENT?\nWarning: NEGOTIATOR_OTHER is not a setting of this program.\n"
    )
    assert (warnings in result.stderr) is said
    assert "Warning" not in run(*command, NEGOTIATOR_CEILING_PERCENT="5").stderr


@pytest.mark.parametrize(
    "command",
    [
        "load list",
        "load list --pickup-from today",
        "load show L1",
        "call list --since 24h",
        "report --since 7d",
    ],
)
def test_a_machine_s_zone_that_is_none_is_said_once(desk: Path, command: str) -> None:
    """However often the command needs a zone: to read what is typed, and for each of its tables."""
    fault = "Warning: TZ is 'Garbage/Zone', which is no time zone: the machine's time is UTC.\n"
    for _ in range(2):  # each run says it
        assert run(*command.split(), TZ="Garbage/Zone").stderr.count(fault) == 1
    assert "Warning" not in run(*command.split(), TZ="America/Chicago").stderr


def test_a_history_tells_the_ceiling_only_when_it_is_asked_for(desk: Path) -> None:
    """Histories get passed on."""
    run("negotiate", 1, 2300, "--session", SESSION)
    for command in (["session", "history", SESSION], ["call", "history", 1]):
        for form in ("table", "json", "jsonl", "csv"):
            assert "2310" not in run(*command, "-f", form).stdout.replace(",", "")
            assert "2310" in run(*command, "-f", form, "--explain").stdout.replace(",", "")
        (explained,) = data(*command, "--explain")
        assert list(explained) == [
            *ROUND_KEYS,
            *("load_id", "posted_rate", "ceiling", "policy_version", "decided_by"),
        ]
        assert (explained["load_id"], explained["posted_rate"], explained["decided_by"]) == (
            "L1",
            2100,
            "policy",
        )
    assert run("session", "history", SESSION, "--chart", "--explain").exit_code == 2
