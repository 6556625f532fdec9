"""Versions of the policy in the file, and the commands that make them."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from negotiator import CallHandlingService, InvalidPolicyError
from tests.conftest import contents, data, execute, run, select

DOCUMENT = """
[desk]
ceiling_percent = 12

[[rule]]
origin = "IL"
equipment = "Reefer"
rounds = 3
"""
AS_JSON = {
    "desk": {"ceiling_percent": 12},
    "rule": [{"origin": "IL", "equipment": "Reefer", "rounds": 3}],
}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """Give a document with one rule."""
    path = tmp_path / "desk.toml"
    path.write_text(DOCUMENT)
    return path


def versions(path: Path) -> list[tuple[object, ...]]:
    """Return what the file keeps of each version."""
    return select(path, "SELECT version, created_by, source, reason, document FROM policies ORDER BY version")


def test_every_version_stays_with_who_when_and_why(desk: Path, document: Path) -> None:
    """Going back makes a new one."""
    run("policy", "apply", document, "--by", "ann", "--reason", "new customer")
    run("policy", "set", "rounds=5", "increment=10", "--by", "bob")
    run("policy", "revert", "1", "--by", "ann", "--reason", "too dear")
    second = AS_JSON | {"desk": {"ceiling_percent": 12, "rounds": 5, "increment": 10}}
    assert versions(desk) == [
        (1, "ann", "applied", "new customer", json.dumps(AS_JSON)),
        (2, "bob", "set", None, json.dumps(second)),
        (3, "ann", "reverted", "as version 1: too dear", json.dumps(AS_JSON)),
    ]
    listed = data("policy", "history")
    assert [one["version"] for one in listed] == [3, 2, 1]
    assert listed[1] == data("policy", "show", "2")
    assert listed[0]["document"] == data("policy", "show")["document"] == AS_JSON
    assert listed[0]["created_at"].endswith("Z")


def test_what_changes_nothing_makes_no_version(desk: Path, document: Path) -> None:
    """A document can be applied every night."""
    run("policy", "apply", document)
    before = contents(desk)
    for again in (["apply", document], ["set", "ceiling_percent=12"], ["revert", "1"]):
        result = run("policy", *again)
        assert result.exit_code == 0
        assert "Nothing was written: version 1 says the same." in result.stderr
    assert contents(desk) == before


def test_a_value_that_is_set_to_nothing_is_the_default_again(desk: Path, document: Path) -> None:
    """The rules stay as they are."""
    run("policy", "apply", document)
    assert data("policy", "set", "ceiling_percent=", "rounds=6")["document"] == AS_JSON | {
        "desk": {"rounds": 6}
    }
    assert run("policy", "set", "origin=IL").exit_code == 2
    assert len(versions(desk)) == 2


def test_the_policy_is_printed_as_a_document_that_says_the_same(desk: Path, document: Path) -> None:
    """With whose it is as a comment."""
    run("policy", "apply", document, "--by", "ann", "--reason", "new\ncustomer")
    shown = run("policy", "show")
    assert shown.stdout.startswith("# Version 1, applied by ann on 20")
    assert shown.stdout.splitlines()[0].endswith(r": new\ncustomer")
    document.write_text(shown.stdout)
    assert "version 1 says the same" in run("policy", "apply", document).stderr
    assert len(versions(desk)) == 1


def test_a_file_without_a_policy_shows_what_counts_instead(desk: Path) -> None:
    """The desk's variables and the defaults, as a document to begin with."""
    shown = run("policy", "show", NEGOTIATOR_ROUNDS="3")
    assert shown.stdout.startswith("# The file has no policy.")
    assert "rounds = 3\n" in shown.stdout
    assert shown.stderr == ""
    assert data("policy", "show") == {
        "version": 0,
        **dict.fromkeys(["created_at", "created_by", "source", "reason"]),
        "document": {"desk": {"ceiling_percent": 10, "rounds": 4, "firmness": 1.5, "increment": 5}},
    }
    assert data("policy", "history") == []
    assert run("policy", "history").stderr == "No policy: the file never had one.\n"


def test_the_policy_can_be_taken_out_of_the_file(desk: Path, document: Path) -> None:
    """Version 0 is none; the versions stay, and any of them can come back."""
    assert run("policy", "revert", "0").exit_code == 3
    run("policy", "apply", document)
    assert data("policy", "revert", "0")["document"] is None
    assert data("policy", "show")["version"] == 0
    assert "It takes the policy out" in run("policy", "show", "2").stdout
    assert data("policy", "revert", "1")["document"] == AS_JSON
    assert [version for version, *_ in versions(desk)] == [1, 2, 3]


def test_variables_that_do_not_count_are_said_once(desk: Path, document: Path) -> None:
    """And those that are misspelled."""
    run("policy", "apply", document)
    for command in (["show"], ["set", "rounds=5"], ["revert", "1"]):
        said = run("policy", *command, NEGOTIATOR_FIRMNESS="2", NEGOTIATOR_INCREMENT="").stderr
        assert said.count("NEGOTIATOR_FIRMNESS does not count: the file has a policy") == 1
        assert "INCREMENT" not in said
    assert "did you mean NEGOTIATOR_ROUNDS?" in run("policy", "show", NEGOTIATOR_RONDS="2").stderr
    # one that cannot be used is in nobody's way while it does not count
    assert run("policy", "show", NEGOTIATOR_ROUNDS="many").exit_code == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[desk]\nround = 3", "desk: 'round' is no key (did you mean rounds?)"),
        (b"[[rule]]\norigin = 'Texas'\nrounds = 0", "rule 1: rounds = 0"),
        (b"[desk", "it is not TOML: Expected ']'"),
        (b"[desk]\nrounds = 3\nrounds = 4", "it is not TOML: Cannot overwrite a value"),
        (b"\xff\xfe[", "it is not UTF-8"),
        (b"a = " + b"[" * 100_000, "it is not TOML: it is nested too deeply"),
        (b"a = " + b"1" * 5_000, "it is not TOML: Exceeds the limit"),
        (b"[desk]\nrounds = 0x" + b"f" * 5_000, "the number of rounds is out of range"),
        (b"#" * 1_000_001, "has more than 1,000,000 bytes"),
        (b"\0", "it is not TOML"),
    ],
)
def test_a_document_with_a_mistake_changes_nothing(
    desk: Path, document: Path, content: bytes, message: str
) -> None:
    """It is refused with what is wrong and where, whether it is checked or applied."""
    document.write_bytes(content)
    before = contents(desk)
    for command in ("check", "apply"):
        result = run("policy", command, document)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert f"Error: '{document}'" in result.stderr
        assert message in result.stderr
    assert contents(desk) == before


def test_a_document_is_found_in_order_without_a_file(document: Path) -> None:
    """The check is of the document alone."""
    assert run("policy", "check", document).stderr == f"{document} is in order: 1 rule.\n"
    assert data("policy", "check", document) == {"file": str(document), "rules": 1, "valid": True}
    assert run("policy", "check", "missing.toml").exit_code == 3
    assert run("policy", "check", document.parent).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["revert", "7"], 3, "there is no version 7 of the policy"),
        (["show", "7"], 3, "there is no version 7 of the policy"),
        (["set", "rounds=0"], 2, "the number of rounds is out of range"),
        (["set"], 2, "KEY=VALUE"),
        (["set", "rounds=3", "--by", "policy"], 2, "stands for what the policy decides"),
        (["set", "rounds=3", "--by", " "], 2, "name is empty"),
        (["set", "rounds=3", "--reason", "x" * 10_001], 2, "10,001 characters"),
    ],
)
def test_what_cannot_be_is_refused(desk: Path, arguments: list[str], code: int, message: str) -> None:
    """Nothing is written."""
    before = contents(desk)
    result = run("policy", *arguments)
    assert (result.exit_code, message in result.stderr) == (code, True), result.output
    assert contents(desk) == before


@pytest.mark.parametrize(
    "stored", ["{", "[]", '{"desk": {"rounds": 0}}', '{"desk": {}, "lanes": []}', b"\xff"]
)
def test_a_policy_that_another_program_spoiled_is_told_and_can_be_left(desk: Path, stored: object) -> None:
    """Nothing is decided by half a policy; another version brings the desk back to work."""
    run("policy", "set", "rounds=5")
    execute(desk, "INSERT INTO policies (version) VALUES (2)")
    run("policy", "revert", "1")
    execute(desk, f"UPDATE policies SET document = {stored!r} WHERE version = 3".replace("b'\\xff'", "x'ff'"))
    for command in (["show"], ["set", "rounds=4"]):
        result = run("policy", *command)
        assert result.exit_code == 5
        assert "of the policy" in result.stderr or "policy in the file, version 3" in result.stderr
        assert "`negotiator policy revert VERSION`" in result.stderr
    assert data("policy", "history")[0]["version"] == 3
    assert data("policy", "revert", "1")["version"] == 4
    assert run("policy", "show").exit_code == 0


def test_a_check_looks_at_the_policy_and_at_ceilings_of_loads(desk: Path) -> None:
    """Whether they can be used."""
    found = {item["check"]: item for item in data("check")}
    assert found["policy"]["detail"] == "the file has none, so that variables and defaults count"
    run("policy", "set", "rounds=5")
    execute(
        desk, "INSERT INTO load_facts (load_id, ceiling) VALUES ('L1', 'low'), ('L2', 1200), ('L3', NULL)"
    )
    found = {item["check"]: item for item in data("check")}
    assert (found["policy"]["result"], found["policy"]["detail"]) == (
        "ok",
        "it can be used: version 1, 0 rules",
    )
    assert (found["ceilings of loads"]["result"], found["ceilings of loads"]["ids"]) == ("note", ["L1"])
    execute(desk, "UPDATE policies SET document = '[]'")
    result = run("check")
    assert result.exit_code == 5
    assert "policy: the policy in the file, version 1, cannot be used" in result.stderr
    assert "go back to another version of the policy" in result.stderr


@pytest.mark.parametrize(
    ("table", "action", "command"),
    [
        ("policies", "DELETE FROM policies WHERE version = new.version", ["policy", "set", "rounds=5"]),
        ("policies", "UPDATE policies SET document = '{}'", ["policy", "set", "rounds=5"]),
        ("load_facts", "UPDATE load_facts SET ceiling = 9000", ["load", "set", "L1", "--ceiling", "2400"]),
    ],
)
def test_what_is_said_to_be_written_is_in_the_file(
    desk: Path, table: str, action: str, command: list[str]
) -> None:
    """A trigger that somebody planted is noticed, and nothing is kept."""
    execute(desk, f"CREATE TRIGGER planted AFTER INSERT ON {table} BEGIN {action}; END")
    before = contents(desk)
    result = run(*command)
    assert (result.exit_code, result.stdout) == (5, "")
    assert "`negotiator check` names them" in result.stderr
    assert contents(desk) == before
    assert "planted" in {item["check"]: item for item in data("check")}["triggers"]["detail"]


def test_python_reaches_the_policy(service: CallHandlingService, desk: Path) -> None:
    """A document is a dictionary, as TOML or JSON makes it."""
    first = service.apply_policy(AS_JSON, by="ann", reason="new customer")
    assert (first.version, first.document) == (1, AS_JSON)
    assert service.apply_policy(AS_JSON, by="bob") == first
    assert service.revert_policy(0, by="ann").document is None
    assert [version.version for version in service.policy_history()] == [2, 1]
    service.revert_policy(1, by="ann")
    applied = service.policy_for_call(1)
    assert (applied.rule, applied.rounds, applied.ceiling) == (1, 3, Decimal(2352))
    with pytest.raises(InvalidPolicyError, match="'rules' is no key"):
        service.apply_policy({"rules": []}, by="ann")


@pytest.mark.parametrize("document", ["1e999", '{"desk": {"rounds": 1e999}}', "[" * 100_000, "NaN"], ids=len)
def test_a_document_that_json_could_not_say_again_is_shown_as_it_stands(desk: Path, document: str) -> None:
    """Whoever wrote it: a history is valid JSON, and an ask says what is wrong."""
    execute(desk, f"INSERT INTO policies (version, document) VALUES (1, '{document}')")
    assert data("policy", "history")[0]["document"] == document
    assert run("negotiate", 1, 2300).exit_code == 5
