"""Bad input in bulk: whatever comes in, the promises of the command line hold."""

import json
import tempfile
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
from negotiator.errors import NoAgreementError, OutlierError
from negotiator.maintenance.create import init
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
        import sqlite3  # noqa: PLC0415
        from contextlib import closing  # noqa: PLC0415

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
        self.threads: dict[object, dict[str, Any]] = {}
        self.agreed: dict[int, object] = {}
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
        load = (call - 1) // 2
        posted = self.posted[load]
        ask = (posted * factor).quantize(Decimal("0.01"))
        thread = self.threads.get(
            session or call, {"load": load, "round": 0, "counter": posted, "closed": None}
        )
        expected = self.expected(load, thread, ask)
        with CallHandlingService.open(self.path, clock=self.clock) as service:
            try:
                answer = service.negotiate(call, ask, session)
                got: object = (str(answer.decision), answer.amount, answer.round_number)
            except NegotiatorError as error:
                got = error.code
        assert got == expected, (call, session, ask, thread)
        if not isinstance(expected, tuple):
            return
        decision, amount, number = expected
        thread |= {"round": number, "closed": None if decision == "counter" else decision}
        self.counted[call] += 1
        if decision == "counter":
            thread["counter"] = amount
        if decision == "accepted":
            self.agreed[call] = session or call
        self.threads[session or call] = thread

    def expected(self, load: int, thread: dict[str, Any], ask: Decimal) -> Any:  # noqa: ANN401, PLR0911
        """Return what the rules say: a code, or decision, amount and round."""
        if thread["load"] != load:
            return "session_about_another_load"
        if thread["closed"]:
            return {"accepted": "thread_closed", "transfer": "thread_transferred"}[thread["closed"]]
        if any((call - 1) // 2 == load for call in self.agreed):
            return "load_taken"
        posted, number, standing = self.posted[load], thread["round"] + 1, thread["counter"]
        ceiling = (posted * Decimal("1.1")).quantize(Decimal("0.01"), ROUND_FLOOR)
        if ask <= standing or (number >= 3 and ask <= ceiling):
            return ("accepted", ask, number)
        if number >= 3:
            return ("transfer", None, number)
        share = Decimal(number**3) / 27
        target = max(standing, posted + share.sqrt() * (min(ask, ceiling) - posted))
        if ask <= ceiling and ask - target <= 5:
            return ("accepted", ask, number)
        return ("counter", max(standing, target // 5 * 5), number)

    @rule(call=calls)
    def reopen(self, call: int) -> None:
        """Take an agreement back; the thread goes on."""
        with CallHandlingService.open(self.path, clock=self.clock) as service:
            if call in self.agreed:
                service.reopen_call(call, "a slip")
                self.threads[self.agreed.pop(call)]["closed"] = None
            else:
                with pytest.raises(NoAgreementError):
                    service.reopen_call(call, "a slip")

    @rule(call=calls)
    def slip(self, call: int) -> None:
        """Mistype an ask: it is refused, whatever the thread's state."""
        with CallHandlingService.open(self.path) as service, pytest.raises(NegotiatorError) as caught:
            service.negotiate(call, 10, "sess_new_one")
        load_is_taken = any((other - 1) // 2 == (call - 1) // 2 for other in self.agreed)
        assert load_is_taken or caught.type is OutlierError

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
