"""The commands in the README and in the guide, run as they stand; and the tables, compared with the code."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand

from negotiator import errors
from negotiator.cli import app, lazy
from negotiator.loads.columns import COLUMNS, meaning_of
from negotiator.maintenance.migrate import migrate
from negotiator.output import contract
from negotiator.reports.figures import FIGURES
from negotiator.service import CallHandlingService
from negotiator.values.settings import SETTINGS
from tests.conftest import ROOT, data, run, select
from tests.documentation import (
    PAGES,
    README,
    Block,
    blocks,
    read,
    replay,
    rewritten,
    scheduled,
    shell,
    steady,
)
from tests.e2e.test_phone import at_the_phone

TOPICS = [page.stem for page in PAGES if page != README and page.stem != "index"]


def test_the_readme_begins_with_the_two_command_lines_and_ends_soon() -> None:
    """The second is what CI runs; whoever wants to know more finds the guide."""
    first, second = blocks()[0].text.splitlines()
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install --quiet . && ")
    assert first.endswith("negotiator negotiate 1 2300)")
    assert re.findall(r"^python3 -m venv .*pytest -n auto$", read(README), re.MULTILINE) == [second]
    assert len(read(README).splitlines()) <= 150


def test_every_page_is_listed_and_every_link_leads_somewhere() -> None:
    """In the index, with one line each, and in the README."""
    listed = re.findall(r"^- \[(\w+)\]\((\w+)\.md\): \S.*$", read("index"), re.MULTILINE)
    assert sorted(listed) == [(topic, topic) for topic in sorted(TOPICS)]
    for page in PAGES:
        assert read(page).startswith("# "), page
        for target in re.findall(r"\]\(([^)]+)\)", read(page)):
            assert (page.parent / target).is_file(), (page, target)
    for topic in TOPICS:
        assert f"(negotiator/guide/{topic}.md)" in read(README), topic


def test_every_block_is_of_a_language_that_is_tested() -> None:
    """Nothing is shown that nobody runs."""
    tested = {"console", "sh", "bash", "crontab", "ini", "python", "sql", "text", "toml", "yaml", "systemd"}
    assert {block.language for block in blocks()} == tested
    assert len(blocks()) == sum(len(re.findall("^```", read(page), re.MULTILINE)) for page in PAGES) / 2
    alone = {
        (block.page.stem, block.language)
        for block in blocks("python", "sql", "text", "toml", "yaml", "systemd")
    }
    assert alone == {
        *(("python", "python"), ("reports", "sql"), ("files", "sql"), ("phone", "text"), ("policy", "toml")),
        *(("replication", "yaml"), ("replication", "systemd"), ("server", "systemd")),
    }


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_a_transcript_is_what_is_printed(block: Block, tmp_path: Path) -> None:
    """Command by command, in one shell."""
    assert replay(block.text, tmp_path) == block.text


def test_transcripts_can_be_written_anew() -> None:
    """And nothing but them changes."""
    page = "a\n```sh\nb\n```\n```console\n$ b\nold\n```\nc\n"
    assert rewritten(page, lambda old: old.replace("old", "new")) == page.replace("old", "new")


@pytest.mark.parametrize(
    "block", [block for block in blocks("sh", "bash") if "pip install" not in block.text], ids=str
)
def test_a_script_works(block: Block, tmp_path: Path) -> None:
    """From the first command to the last, on the sample. What installs something is for CI."""
    if "needs jq" in block.text and not shutil.which("jq"):
        pytest.skip("jq is not installed")
    run("init", "--sample")
    done = shell(block.text, tmp_path, program=block.language)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower()


@pytest.mark.parametrize("block", blocks("crontab", "ini"), ids=str)
def test_scheduled_commands_work(block: Block, tmp_path: Path) -> None:
    """In a folder of their own."""
    run("init", "--sample")
    (tmp_path / "reports").mkdir()
    commands = scheduled(block, tmp_path)
    assert commands
    assert "/tmp" not in block.text  # noqa: S108 - there others could put a file of that name before
    for command in commands:
        done = shell(command, tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), command


def test_the_desks_day_goes_on_with_its_session() -> None:
    """The second call of the carrier asks in the session of the first."""
    run("init", "--sample")
    (day,) = [block for block in blocks("sh") if "session start --call" in block.text]
    assert "Round     2 of 4" in shell(day.text, Path()).stdout


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_the_shell_script_says_what_to_say() -> None:
    """The words of a counter: 2950 + (1/4) ** 1.5 * 150 = 2968.75, down to 2965."""
    run("init", "--sample")
    (script,) = [block for block in blocks("sh") if "needs jq" in block.text]
    said = shell(script.text, Path()).stdout
    assert said == "We can do $2,965.00 on this load. Does that work for you?\n"


def test_the_way_of_many_asks_answers_each_once() -> None:
    """Sent again nothing differs, and the co-process answers."""
    run("init", "--sample")
    (script,) = blocks("bash")
    done = shell(script.text, Path(), program="bash")
    assert json.loads(done.stdout)["amount"] == 2965.0
    assert select(Path("loads.db"), "SELECT call_id FROM negotiations ORDER BY id") == [(2,), (5,), (4,)]


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_a_policy_of_the_guide_is_in_order(block: Block, desk: Path) -> None:
    """And shown as it was written, once it is applied."""
    desk.with_name("desk.toml").write_text(block.text)
    applied = run("policy", "apply", "desk.toml")
    assert applied.exit_code == 0, applied.stderr
    assert applied.stdout.split("\n\n", 1)[1] == block.text


def test_the_talk_at_the_phone_is_what_is_shown() -> None:
    """On a terminal of 80 columns; errors go to stderr, which a terminal shows between."""
    run("init", "--sample")
    (talk,) = blocks("text", page="phone")
    command, *shown = talk.text.splitlines()
    typed = [line.partition(": ")[2] + "\n" for line in shown if line.startswith("Ask ")]
    seen = at_the_phone(*command.split()[3:], typed=typed)
    errors_shown = [line for line in shown if line.startswith("Error: ")]
    words = next(line for line in shown if line.startswith("Type each ask"))
    lines = [line.rstrip() for line in steady(seen.seen).splitlines()]
    assert lines == [line for line in shown if line not in {*errors_shown, words}]
    assert seen.said.splitlines() == [words, *errors_shown]


def built() -> dict[str, TyperCommand]:
    """Return the program's commands, those of a group with its name before theirs."""
    found: dict[str, TyperCommand] = {}
    for name, deferred in lazy.commands().items():
        command = deferred.load()
        members = getattr(command, "commands", {})
        found |= {f"{name} {member}": members[member].load() for member in members} or {name: command}
    return found


def options() -> set[str]:
    """Return the names of all options."""
    parameters = [*typer.main.get_command(app).params]
    parameters += [parameter for command in built().values() for parameter in command.params]
    return {name for parameter in parameters for name in parameter.opts}


def test_every_option_is_explained_or_shown() -> None:
    """On some page."""
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", "\n".join(map(read, PAGES))))
    own = {name for name in options() if name.startswith("--")} - {"--show-completion"}  # Typer's
    assert own <= told


def test_every_command_is_shown() -> None:
    """Each stands in one of the README's tables, and among the examples."""
    examples = "\n".join(block.text for block in blocks("sh", "bash", "console"))
    rows = re.findall(r"^\| (`.*?) \|", read(README), re.MULTILINE)
    shown = {command for row in rows for command in re.findall(r"`([a-z -]+)", row)}
    for command in built():
        assert any(re.match(rf"{command}\b", text) for text in shown), command
        assert re.search(rf"negotiator {command}\b", examples), command


def test_migrating_by_hand_is_recognised(unmigrated: Path) -> None:
    """And nothing but the views is added to what is there."""
    (script,) = blocks("sql", page="files")
    with closing(sqlite3.connect(unmigrated)) as connection:
        connection.executescript(script.text)
    schema = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite%' ORDER BY name"
    before = select(unmigrated, schema)
    migrate(unmigrated)
    added = set(select(unmigrated, schema)) - set(before)
    assert {name for name, _ in added} == {"round_facts", "thread_facts"}
    assert migrate(unmigrated).pending == ()


def test_the_queries_on_the_views_work() -> None:
    """On the sample, after one negotiation."""
    run("init", "--sample")
    run("negotiate", 1, 2300)
    run("negotiate", 1, 2125)
    (queries,) = blocks("sql", page="reports")
    with closing(sqlite3.connect("loads.db")) as connection:
        by_lane, longest = (connection.execute(query).fetchall() for query in queries.text.split(";")[:2])
    assert by_lane == [("Chicago, IL", "Dallas, TX", 1, 200.0)]
    assert [row[:3] for row in longest] == [("call 1", "accepted", 2)]


def test_every_figure_is_explained() -> None:
    """By its key, or by that of its family."""
    families = ("outcome_", "sentiment_", "closed_in_")
    for spec in FIGURES:
        assert f"| `{spec.key}` | {spec.of} |" in read("reports") or spec.key.startswith(families), spec.key


def test_the_python_examples_work() -> None:
    """As programs of their own."""
    run("init", "--sample")
    said = [
        "1 1900.00 counter_offer_1810.00",
        "We can do $1,815.00 on this load. Does that work for you?\nactive",
    ]
    for program, expected in zip(blocks("python"), said, strict=True):
        command = [sys.executable, "-c", program.text]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert printed == expected + "\n"


def test_every_method_of_the_service_is_listed() -> None:
    """In the table of the page about Python."""
    rows = re.findall(r"^\| (`.*?) \|", read("python"), re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == {name for name in dir(CallHandlingService) if not name.startswith("_")}


def test_every_package_is_explained() -> None:
    """In the table of the page for contributors."""
    rows = re.findall(r"^\| (`[a-z].*?) \| ", read("contributing"), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    found = {
        path.stem
        for path in (ROOT / "negotiator").iterdir()
        if path.name[0] not in "_." and path.name != "py.typed"
    }
    assert found <= explained


def test_the_exit_codes_are_those_of_the_errors() -> None:
    """Each code that a class carries stands in the table."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.NegotiatorError)}
    table = re.search(r"^\| exit .*?\n\n", read("scripts"), re.MULTILINE | re.DOTALL)
    assert table
    listed = re.findall(r"^\| ([\d, ]+) \|", table[0], re.MULTILINE)
    assert {int(code) for row in listed for code in row.split(",")} == codes | {0, 130}


def test_the_json_keys_are_those_that_are_printed() -> None:
    """Row by row of the table, in the order in which they are printed."""
    run("init", "--sample")
    loads = Path("board.jsonl")
    loads.write_text(run("load", "list", "--format", "jsonl").stdout)
    answer = data("negotiate", 1, 2300, "--explain")
    run("negotiate", 6, 2600)
    run("negotiate", 3, 1800)
    reopened = data("call", "reopen", 3, "--reason", "slip")
    alone = data("load", "show", "LD002")
    card = data("carrier", "show", "401122")
    blocked = data("carrier", "block", "1", "--reason", "fraud")
    carriers = Path("carriers.csv")
    carriers.write_text("mc\n5\n")
    error = json.loads(run("negotiate", 1, "x", "--json").stderr)
    Path("other.toml").write_text("[desk]\nrounds = 3\n")
    backtest = data("policy", "backtest", "other.toml")
    printed = {
        "a round, in histories": list(data("call", "history", 1, "--explain")[0]),
        "an answer": [*answer, "better_offer"],
        "a round taken back": list(data("call", "undo", 1, "--reason", "slip")),
        "a person's deal": list(data("call", "book", 1, 2300, "--by", "kim")),
        "a load in a list": list(data("load", "list")[0]),
        "a load alone": list(alone)[-7:],
        "an offer": list(data("load", "offers", "LD002")[0]),
        "an agreement taken back": list(reopened),
        "a cancelled load": list(data("load", "cancel", "LD003", "--reason", "rail")),
        "a carrier in a list": list(data("carrier", "list")[0]),
        "a carrier alone": [key for key in card if key not in data("carrier", "list")[0]],
        "a block": [*blocked, *data("carrier", "unblock", "1")],
        "an import of carriers": list(data("carrier", "import", carriers)),
        "an import": list(data("load", "import", loads)),
        "a lane": list(data("load", "lane", "CA", "TX")),
        "a version of the policy": list(data("policy", "set", "rounds=5")),
        "a policy that applies, by `policy show --call`": list(data("policy", "show", "--call", 1)),
        "a backtest": [key for key in backtest if key != "by_round"] + ["by_round", *backtest["by_round"][0]],
        "a lesson of the record": [*data("policy", "learn")[0], *contract.RANKED],
        "a policy in a simulation": list(data("policy", "simulate", "--market", "base")[0]),
        "an error, on stderr": [*error, *error["error"]],
    }
    rows = dict(re.findall(r"^\| (an? .*?) \| (.*) \|$", read("scripts"), re.MULTILINE))
    assert {what: re.findall(r"`(\w+)`", keys) for what, keys in rows.items()} == printed


def test_every_environment_variable_is_explained() -> None:
    """Whatever the code reads."""
    rows = "\n".join(line for line in read("scripts").splitlines() if line.startswith("| `N"))
    assert SETTINGS | {"NO_COLOR"} == set(re.findall(r"`(\w+)`", rows))


def test_every_option_that_a_text_names_exists() -> None:
    """On some command; the pages about our own tools name options of theirs."""
    known = options()
    for page in PAGES:
        if page.stem not in {"speed", "contributing"}:
            text = re.sub(r"^```.*?^```|`pip .*?`", "", read(page), flags=re.MULTILINE | re.DOTALL)
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))
            assert named <= known | {"--help"}, page


def test_the_columns_of_a_load_are_explained() -> None:
    """Each with spellings that are understood, and those that are required are said to be."""
    table = re.search(r"^\| column .*?\n\n", read("loads"), re.MULTILINE | re.DOTALL)
    assert table
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) ?\|$", table[0], re.MULTILINE)
    assert [column for column, _, _ in rows] == list(COLUMNS)
    for column, spellings, words in rows:
        meanings = map(meaning_of, re.split(r", |; or | and ", spellings))
        assert {meaning and meaning.column for meaning in meanings} == {column}
        assert words.startswith("required") == COLUMNS[column].required
