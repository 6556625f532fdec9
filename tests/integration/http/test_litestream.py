"""With Litestream, a write is answered when it is copied: the real program, killed and thrown away with the primary."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest

from negotiator.http.api.problems import refusal_of
from negotiator.http.desk import OpenDesk
from negotiator.http.litestream import Litestream, NotCopiedError
from negotiator.maintenance.create import init
from negotiator.negotiation.ask import answer_ask, parse_ask
from negotiator.negotiation.models import Answer
from negotiator.policy.decide import Policy
from negotiator.policy.terms import PolicySource
from negotiator.storage.database import LoadsFile
from tests.conftest import execute, select
from tests.integration.http.test_desk import all_of, do, note, refused
from tests.litestream import Machine
from tests.waiting import eventually

T = TypeVar("T")
ROUNDS = "SELECT call_id, request_id FROM negotiations ORDER BY id"
SECONDS = 0.3
"""How long Litestream is waited for here."""


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Give a machine with the sample, and calls from 100 to 199."""
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder))
        init(machine.path, sample=True)
        values = ", ".join(f"({number}, 'LD001', 0)" for number in range(100, 200))
        execute(machine.path, f"INSERT INTO calls (id, load_id, negotiation_rounds) VALUES {values}")
        yield machine


def ask(call: int) -> Callable[[LoadsFile], Answer]:
    """Return an ask on a call, which can be sent again."""
    asked = parse_ask(call, 2000, request_id=f"ask-{call}")
    return lambda file: answer_ask(file, asked, PolicySource.from_policy(Policy()))


def use_copied(
    machine: Machine, use: Callable[[OpenDesk], Coroutine[Any, Any, T]], seconds: float = SECONDS
) -> T:
    """Run what uses a desk that is open and has Litestream copy."""
    with closing(Litestream(machine.socket, machine.path, seconds)) as litestream:
        return do(machine.path, use, after_commit=litestream)


def test_what_was_answered_is_in_the_replica(machine: Machine, tmp_path: Path) -> None:
    """At once, however soon both are killed and the primary is thrown away; 64 clients at a time."""
    with machine.replicating() as litestream:

        async def use(desk: OpenDesk) -> list[object]:
            await all_of(desk, *(ask(call) for call in range(100, 136)))
            answers = await all_of(desk, *(ask(call) for call in range(136, 200)))
            litestream.kill()
            return answers

        assert refused(use_copied(machine, use, seconds=60)) == []
        shutil.rmtree(machine.path.parent)
    found = select(machine.restored(tmp_path / "restored.db"), ROUNDS)
    assert sorted(call for call, _ in found) == list(range(100, 200))


def test_without_litestream_an_answer_waits_and_is_an_error(machine: Machine) -> None:
    """The ask is on record. Sent again, it is refused until it is copied, then it gets its answer; no round is added."""

    async def away(desk: OpenDesk) -> list[object]:
        first = await all_of(desk, ask(100))
        again = await all_of(desk, ask(100))
        assert await desk.fault() == "what is answered is not copied elsewhere"
        return first + again

    async def back(desk: OpenDesk) -> object:
        answer = await desk.write(ask(100))
        assert await desk.fault() is None
        return answer.decision

    results = use_copied(machine, away)
    assert refused(results) == ["not_copied"] * 2
    assert "it is on record, and not copied elsewhere yet" in str(results[0])
    assert select(machine.path, ROUNDS) == [(100, "ask-100")]
    with machine.replicating():
        assert use_copied(machine, back, seconds=60) == "counter"
    assert select(machine.path, ROUNDS) == [(100, "ask-100")]


def test_that_it_is_away_is_logged_once_and_that_it_is_back(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    """With the reason, which clients are not told."""
    caplog.set_level("INFO")
    with closing(Litestream(machine.socket, machine.path, SECONDS)) as litestream:
        for _ in range(2):
            with pytest.raises(NotCopiedError):
                litestream()
        with machine.replicating():
            eventually(lambda: copies(litestream))
    assert [record.getMessage() for record in caplog.records] == ["not copied: answers wait", "copied again"]


def copies(litestream: Litestream) -> bool:
    """Return whether all is copied."""
    try:
        litestream()
    except NotCopiedError:
        return False
    return True


def test_a_litestream_that_is_started_again_is_waited_for(machine: Machine, tmp_path: Path) -> None:
    """Nobody hears of it, with connections that it had and has no more."""

    async def use(desk: OpenDesk) -> None:
        with machine.replicating():
            await desk.write(ask(100))
        asking = asyncio.ensure_future(desk.write(ask(101)))
        await asyncio.to_thread(eventually, lambda: len(select(machine.path, ROUNDS)) == 2)
        with machine.replicating():
            await asking

    use_copied(machine, use, seconds=60)
    assert [call for call, _ in select(machine.restored(tmp_path / "restored.db"), ROUNDS)] == [100, 101]


def test_litestream_may_know_the_file_by_another_name(machine: Machine) -> None:
    """It is found by what it is."""
    link = machine.folder / "link.db"
    link.symlink_to(machine.path)
    with machine.replicating(), closing(Litestream(machine.socket, link, 60)) as litestream:
        litestream()


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda machine: (machine.folder / "none.sock", machine.path), "does not answer (No such file"),
        (lambda machine: (machine.socket, machine.folder / "other.db"), "does not copy '/"),
    ],
)
def test_what_is_wrong_is_said(
    machine: Machine, spoilt: Callable[[Machine], tuple[Path, Path]], said: str
) -> None:
    """Such as a socket of another name, or a file that Litestream was not told of."""
    control, path = spoilt(machine)
    with machine.replicating(), pytest.raises(NotCopiedError) as raised:
        Litestream(control, path, SECONDS)()
    assert said in str(raised.value.facts["fault"])
    assert str(path) not in raised.value.message


def test_a_copy_that_fails_is_no_copy(machine: Machine) -> None:
    """The replica's place cannot be written: what Litestream says of it is handed on."""
    with machine.replicating(), closing(Litestream(machine.socket, machine.path, SECONDS)) as litestream:
        machine.sync()
        replica = machine.folder / "mnt/replica/loads"
        shutil.rmtree(replica)
        replica.write_text("no folder")
        asyncio.run(_written(machine))
        with pytest.raises(NotCopiedError) as raised:
            litestream()
    assert "not a directory" in str(raised.value.facts["fault"])


async def _written(machine: Machine) -> None:
    async with OpenDesk(machine.path) as desk:
        await desk.write(note("LD001"))


def test_nobody_else_empties_the_log(machine: Machine) -> None:
    """What is asked first starts the transaction that keeps them from it, and it has to outlast the request."""
    with machine.replicating(), closing(Litestream(machine.socket, machine.path, 60)) as litestream:
        litestream()
        execute(machine.path, "UPDATE loads SET notes = 'seen'")
        with closing(sqlite3.connect(machine.path, timeout=0)) as db:
            busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    assert busy


def test_a_client_is_told_to_send_it_again(machine: Machine) -> None:
    """503, with when; no path and no reason of ours."""
    with (
        pytest.raises(NotCopiedError) as raised,
        closing(Litestream(machine.socket, machine.path, SECONDS)) as litestream,
    ):
        litestream()
    refusal = refusal_of(raised.value, machine.path)
    assert (refusal.status, refusal.headers) == (503, {"retry-after": "1"})
    assert refusal.body == {"detail": "it is on record, and not copied elsewhere yet", "code": "not_copied"}
