"""Bad input in bulk: whatever comes in, the promises of the command line hold."""

import json
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from negotiator import CallHandlingService, NegotiatorError
from negotiator.errors import (
    ConflictError,
    InvalidPolicyError,
    LoadTakenError,
    NoAgreementError,
    NothingToUndoError,
    OutlierError,
)
from negotiator.maintenance.create import init
from negotiator.policy.parsing import document_in, json_of, parse_document
from tests.conftest import NOW, contents, execute, run, select

DOCUMENTED = {0, 2, 3, 4, 5, 6, 75}
FEW = pytest.param(60, id="few")
MANY = pytest.param(500, id="many", marks=pytest.mark.soak)

words = st.one_of(  # a shell passes everything but NUL
    st.text(st.characters(exclude_characters="\0"), max_size=30),
    st.text("0123456789.,$-+eE_naif ", max_size=12),
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.sampled_from(
        ["--json", "--help", "-f", "csv", "--", "-", "", "sess_abcde", "1", "2300", "--db", "loads.db"]
    ),
)
commands = st.sampled_from(
    [
        *(["negotiate"], ["session", "history"], ["call", "history"], ["call", "reopen"], ["generate-id"]),
        *(["call", "undo"], ["call", "book"]),
        *(
            ["policy", "show"],
            ["policy", "set"],
            ["policy", "apply"],
            ["policy", "check"],
            ["policy", "revert"],
        ),
        *(["load", "set"], ["load", "set", "L1"], ["load", "lane"]),
        *(["load", "list"], ["load", "show"], ["load", "add"], ["load", "import"]),
        *(["validate-id"], ["check"], [], ["session"], ["negotiate", "1"], ["call", "history", "1"]),
    ]
)


def generated(number: int) -> settings:
    """Return settings for that many inputs."""
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("number", [FEW, MANY])
def test_arbitrary_arguments_are_never_a_traceback(desk: Path, number: int) -> None:
    """The exit code is documented; JSON is JSON; a refusal changes nothing."""

    @generated(number)
    @given(commands, st.lists(words, max_size=5))
    def check(command: list[str], arguments: list[str]) -> None:
        before = contents(desk)
        result = run(*command, *arguments)
        assert result.exit_code in DOCUMENTED, result.output
        assert isinstance(result.exception, SystemExit | None), result.exception
        if result.exit_code:
            assert contents(desk) == before
            assert result.stderr
        as_json = run(*command, "--json", *arguments)
        if as_json.exit_code in DOCUMENTED - {0} and "--" not in arguments:
            assert set(json.loads(as_json.stderr.splitlines()[-1])["error"]) == {
                "code",
                "exit_code",
                "message",
                "hint",
            }
        if as_json.exit_code == 0 and "--help" not in arguments:
            strictly(as_json.stdout)

    check()


def strictly(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Parse JSON that has neither NaN nor Infinity."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse) if text else None


@pytest.mark.parametrize("number", [FEW, MANY])
def test_arbitrary_values_through_the_api_are_refused_in_our_own_words(desk: Path, number: int) -> None:
    """Only a NegotiatorError is raised, and then nothing has changed."""
    values = st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.decimals(), st.booleans(), words)

    @generated(number)
    @given(values, values, st.one_of(st.none(), words), st.one_of(st.none(), st.text()))
    def check(call_id: Any, ask: Any, session: Any, notes: Any) -> None:  # noqa: ANN401
        before = contents(desk)
        with CallHandlingService.open(desk) as service:
            try:
                service.handle_negotiation(call_id, ask, session, notes=notes)
            except NegotiatorError:
                assert contents(desk) == before

    check()


@pytest.mark.parametrize("number", [FEW, MANY])
def test_arbitrary_values_in_the_file_are_read(old: Path, number: int) -> None:
    """Histories are lists, and JSON; an ask is answered or refused."""
    cell = st.one_of(
        st.none(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        st.binary(max_size=12),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        st.datetimes().map(str),
        st.sampled_from(
            ["accepted", "reopened", "counter_offer_2100.5", "counter_offer_", "transfer_to_human"]
        ),
    )
    columns = "round_number, carrier_offer, system_response, timestamp, session_id, notes"
    fresh = old.with_name("fresh.db")

    @generated(number)
    @given(st.lists(st.tuples(cell, cell, cell, cell, cell, cell), max_size=4), cell, cell)
    def check(rows: list[tuple[Any, ...]], rate: object, agreed: object) -> None:
        copyfile(old, fresh)
        with closing(sqlite3.connect(fresh)) as connection, connection:
            connection.executemany(
                f"INSERT OR IGNORE INTO negotiations (call_id, {columns}) VALUES (6, ?, ?, ?, ?, ?, ?)", rows
            )
            connection.execute("UPDATE OR IGNORE loads SET loadboard_rate = ? WHERE load_id = 'A4'", [rate])
            connection.execute("UPDATE calls SET final_rate_agreed = ? WHERE load_id = 'A4'", [agreed])
        for command in (["call", "history", "6"], ["check"]):
            result = run(*command, "--json", "--db", fresh)
            assert result.exit_code == 0, result.output
            strictly(result.stdout)
            assert run(*command, "--db", fresh).exit_code == 0
        result = run("negotiate", 6, 1500, "--json", "--db", fresh)
        assert result.exit_code in {0, 1, 2, 4}, result.output
        strictly(result.stdout)

    check()


@pytest.mark.parametrize("number", [FEW, MANY])
def test_arbitrary_documents_are_refused_in_our_own_words(desk: Path, number: int) -> None:
    """Whatever TOML or JSON holds, and whatever is neither; a refusal changes nothing."""
    keys = st.sampled_from(["desk", "rule", "rounds", "firmness", "origin", "carrier", "min_miles", "x", ""])
    leaves = st.one_of(
        *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates()),
        st.sampled_from(["CA", "Reno, NV", "reefer", 4, 1.5, 24]),
    )
    data = st.recursive(
        leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=4))
    )
    texts = st.one_of(
        st.binary(max_size=60),
        st.text("[]{}=\"'\n.#\\ desk rule rounds 0123", max_size=60).map(str.encode),
    )

    @generated(number)
    @given(data, texts)
    def check(tables: object, content: bytes) -> None:
        with suppress(InvalidPolicyError):
            document = parse_document(tables)
            assert document_in(json_of(document)) == document
        Path("some.toml").write_bytes(content)
        before = contents(desk)
        result = run("policy", "apply", "some.toml")
        assert result.exit_code in {0, 2}, result.output
        assert result.exit_code == 0 or contents(desk) == before

    check()


@pytest.mark.parametrize("number", [FEW, MANY])
def test_arbitrary_values_in_the_tables_of_the_policy_are_read(desk: Path, number: int) -> None:
    """An ask is answered or refused; what was written can be left."""
    cell = st.one_of(
        *(st.none(), st.integers(-(2**40), 2**40), st.floats(), st.binary(max_size=12)),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        st.sampled_from(['{"desk": {"rounds": 2}}', '{"desk": {}}', "[]", "2500", "$2,400.00"]),
    )
    fresh = desk.with_name("fresh.db")

    @generated(number)
    @given(cell, cell, cell, cell)
    def check(document: object, made: object, by: object, ceiling: object) -> None:
        copyfile(desk, fresh)
        with closing(sqlite3.connect(fresh)) as connection, connection:
            connection.execute("INSERT INTO policies VALUES (1, ?, ?, ?, ?, ?)", [made, by, by, by, document])
            connection.execute("INSERT INTO load_facts (load_id, ceiling) VALUES ('L1', ?)", [ceiling])
        for command in (["policy", "history"], ["load", "show", "L1"]):
            result = run(*command, "--json", "--db", fresh)
            assert result.exit_code == 0, result.output
            strictly(result.stdout)
            assert run(*command, "--db", fresh).exit_code == 0
        for command in (
            ["negotiate", "1", "2300"],
            ["check"],
            ["policy", "show"],
            ["policy", "show", "--call", "1"],
        ):
            assert run(*command, "--db", fresh).exit_code in {0, 5}, command
        assert run("policy", "revert", "0", "--by", "ann", "--db", fresh).exit_code == 0
        assert run("negotiate", 2, 2300, "--db", fresh).exit_code in {0, 4}

    check()


@dataclass(eq=False)
class Asked:
    """A round of the model: when it was made, and what came of it."""

    place_in_time: tuple[str, int]
    call: int
    session: str | None
    number: int
    ask: Decimal
    decision: str
    amount: Decimal | None
    withdrawn: bool = False
    reopened: bool = False


def load_of(call: int) -> int:
    """Return the load of a call: two calls are about each."""
    return (call - 1) // 2


def decide(
    posted: Decimal, ask: Decimal, place: int, binding: list[Asked], *, had_last: bool
) -> tuple[str, Decimal | None]:
    """Return the answer by the rules, four rounds and ten percent."""
    ceiling = (posted * Decimal("1.1")).quantize(Decimal("0.01"), ROUND_FLOOR)
    standing = max([posted, *(done.amount for done in binding if done.amount)])
    lowest = min((done.ask for done in binding), default=ask)
    if ask <= standing:
        return "accepted", ask
    if place < 4:
        share = (Decimal(place**3) / 64).sqrt()
        target = max(standing, posted + share * (min(ask, lowest, ceiling) - posted))
        if ask <= min(lowest, ceiling) and ask - target <= 5:
            return "accepted", ask
        return "counter", max(standing, target // 5 * 5)
    if ask > lowest and standing < lowest <= ceiling and not had_last:
        return "counter", lowest
    return ("accepted", ask) if ask <= min(lowest, ceiling) else ("transfer", None)


class Model(RuleBasedStateMachine):
    """Random sequences of commands against the rules, kept in plain Python."""

    calls = st.integers(1, 4)
    sessions = st.sampled_from([None, "sess_aaaaa", "sess_bbbbb"])
    factors = st.decimals("0.9", "1.3", places=3)

    @initialize()
    def start(self) -> None:
        """Two loads with two calls each."""
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "desk.db"
        init(self.path, now=NOW)
        execute(
            self.path,
            """INSERT INTO loads (load_id, origin, destination, pickup_datetime, delivery_datetime, equipment_type,
                                  loadboard_rate, status)
               VALUES ('0', '', '', '', '', '', 2100, 'available'), ('1', '', '', '', '', '', 1234.5, 'available')""",
            "INSERT INTO calls (id, load_id) VALUES (1, '0'), (2, '0'), (3, '1'), (4, '1')",
        )
        self.posted = [Decimal(2100), Decimal("1234.50")]
        self.rounds: list[Asked] = []
        self.agreed: dict[int, Asked | None] = {}
        self.counted = dict.fromkeys(range(1, 5), 0)
        self.now = NOW

    def teardown(self) -> None:
        """Remove the file."""
        if hasattr(self, "folder"):
            self.folder.cleanup()

    def clock(self) -> datetime:
        """Go on by a second, or back by an hour now and then."""
        self.now += timedelta(seconds=1) if self.now.second % 7 else -timedelta(hours=1, seconds=-1)
        return self.now

    @rule(call=calls, session=sessions, factor=factors)
    def ask(self, call: int, session: str | None, factor: Decimal) -> None:
        """Make an ask, and expect what the rules say."""
        ask = (self.posted[load_of(call)] * factor).quantize(Decimal("0.01"))
        expected = self.expected(call, session, ask)
        with CallHandlingService.open(self.path, clock=self.clock) as service:
            try:
                answer = service.negotiate(call, ask, session)
                got: object = (str(answer.decision), answer.amount, answer.round_number)
            except NegotiatorError as error:
                got = error.code
        assert got == expected, (call, session, ask, self.rounds)
        if isinstance(expected, tuple):
            self.made(call, session, ask, *expected)

    def made(self, call: int, session: str | None, ask: Decimal, decision: str, *more: Any) -> None:  # noqa: ANN401
        """Keep a round that was made, with the time that it has in the file."""
        amount, number = more
        (id_, time), *_ = select(self.path, "SELECT id, timestamp FROM negotiations ORDER BY id DESC LIMIT 1")
        asked = Asked((time, id_), call, session, number, ask, decision, amount)
        self.rounds.append(asked)
        self.counted[call] += 1
        if decision == "accepted":
            self.agreed[call] = asked

    def thread(self, call: int, session: str | None) -> list["Asked"]:
        """Return the rounds of a thread, those that were withdrawn among them."""
        return [
            done
            for done in self.rounds
            if done.session == session and (session is not None or done.call == call)
        ]

    def taken(self, call: int) -> bool:
        """Return whether the call's load is agreed on any call."""
        return any(load_of(other) == load_of(call) for other in self.agreed)

    def expected(self, call: int, session: str | None, ask: Decimal) -> Any:  # noqa: ANN401
        """Return what the rules say: a code, or decision, amount and round."""
        thread = self.thread(call, session)
        standing = [done for done in thread if not done.withdrawn]
        if any(load_of(done.call) != load_of(call) for done in standing):
            return "session_about_another_load"
        if standing and not standing[-1].reopened and standing[-1].decision != "counter":
            return {"accepted": "thread_closed", "transfer": "thread_transferred"}[standing[-1].decision]
        if self.taken(call):
            return "load_taken"
        number = max((done.number for done in thread), default=0) + 1
        withdrawn = {done.number for done in thread if done.withdrawn}

        def place(number: int) -> int:
            return number - sum(taken_back < number for taken_back in withdrawn)

        binding = [
            done
            for done in self.rounds
            if not done.withdrawn
            and done.decision == "counter"
            and (done.call == call or (session is not None and done.session == session))
        ]
        had_last = any(done.decision == "counter" and place(done.number) >= 4 for done in standing)
        decision, amount = decide(self.posted[load_of(call)], ask, place(number), binding, had_last=had_last)
        return (decision, amount, number)

    @rule(call=calls)
    def reopen(self, call: int) -> None:
        """Take an agreement back; the thread goes on."""
        with CallHandlingService.open(self.path, clock=self.clock) as service:
            if call in self.agreed:
                service.reopen_call(call, "a slip")
                asked = self.agreed.pop(call)
                assert asked
                asked.reopened = True
            else:
                with pytest.raises(NoAgreementError):
                    service.reopen_call(call, "a slip")

    @rule(call=calls)
    def undo(self, call: int) -> None:
        """Take the last round of a call back, whatever it was, unless its session has gone on elsewhere."""
        standing = [done for done in self.rounds if done.call == call and not done.withdrawn]
        last = max(standing, key=lambda done: done.place_in_time, default=None)
        with CallHandlingService.open(self.path, clock=self.clock) as service:
            if last is None:
                with pytest.raises(NothingToUndoError):
                    service.undo_round(call, "a slip")
                return
            later = [done for done in self.thread(call, last.session) if not done.withdrawn][-1]
            if later is not last:
                with pytest.raises(ConflictError):
                    service.undo_round(call, "a slip")
                return
            assert service.undo_round(call, "a slip").round_number == last.number
        last.withdrawn = True
        self.counted[call] -= 1
        if self.agreed.get(call) is last:
            del self.agreed[call]

    @rule(call=calls, factor=factors)
    def book(self, call: int, factor: Decimal) -> None:
        """Record a deal that a person made, whatever the policy says."""
        rate = (self.posted[load_of(call)] * factor).quantize(Decimal("0.01"))
        standing = [done for done in self.rounds if done.call == call and not done.withdrawn]
        handed_over = [done for done in standing if done.decision == "transfer"]
        last = max(handed_over or standing, key=lambda done: done.place_in_time, default=None)
        with CallHandlingService.open(self.path, clock=self.clock) as service:
            if self.taken(call):
                with pytest.raises(LoadTakenError):
                    service.book_call(call, rate, by="kim")
                return
            done = service.book_call(call, rate, by="kim")
        session = None if last is None else last.session
        thread = self.thread(call, session)
        number = max((asked.number for asked in thread), default=0) + 1
        assert (done.session_id, done.round_number) == (session, number)
        self.made(call, session, rate, "accepted", rate, number)

    @rule(call=calls)
    def slip(self, call: int) -> None:
        """Mistype an ask: it is refused, whatever the thread's state."""
        with CallHandlingService.open(self.path) as service, pytest.raises(NegotiatorError) as caught:
            service.negotiate(call, 10, "sess_new_one")
        assert self.taken(call) or caught.type is OutlierError

    @invariant()
    def the_file_agrees(self) -> None:
        """Agreements, bookings and counts are those of the model; histories are in order."""
        if not hasattr(self, "path"):
            return
        agreed = select(self.path, "SELECT id FROM calls WHERE final_rate_agreed > 0 ORDER BY id")
        assert [row[0] for row in agreed] == sorted(self.agreed)
        taken = {str((call - 1) // 2) for call in self.agreed}
        assert {
            row[0] for row in select(self.path, "SELECT load_id FROM loads WHERE status = 'booked'")
        } == taken
        counts = dict(select(self.path, "SELECT id, coalesce(negotiation_rounds, 0) FROM calls"))
        assert counts == self.counted
        with CallHandlingService.open(self.path) as service:
            for call in self.counted:
                stamps = [done.timestamp for done in service.call_history(call) if done.session_id is None]
                assert stamps == sorted(stamps, key=lambda stamp: stamp or NOW)


@pytest.mark.parametrize("number", [pytest.param(25, id="few"), MANY])
def test_random_sequences_of_commands_keep_the_rules(number: int) -> None:
    """Asks that move, sessions that span calls, agreements taken back, a clock that jumps."""
    run_state_machine_as_test(Model, settings=settings(generated(number), stateful_step_count=20))
