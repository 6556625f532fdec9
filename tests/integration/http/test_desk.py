"""One writer for many: a commit for each group, a refusal that leaves the others, a file that is opened again."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest

from negotiator.errors import BadInputError, DiskFullError, NegotiatorError, UnusableFileError
from negotiator.http.desk import Limits, OpenDesk
from negotiator.http.waiting import TooManyWaitingError
from negotiator.maintenance.backup import back_up
from negotiator.maintenance.restore import restore
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, execute, select
from tests.waiting import PATIENCE

T = TypeVar("T")
NOTES = "SELECT notes FROM loads WHERE notes IS NOT NULL ORDER BY load_id"


def do(path: Path, use: Callable[[OpenDesk], Coroutine[Any, Any, T]], **options: Any) -> T:  # noqa: ANN401 - those of OpenDesk
    """Run what uses a desk that is open."""

    async def opened() -> T:
        async with OpenDesk(path, **options) as desk:
            return await use(desk)

    return asyncio.run(opened())


def note(load_id: str, notes: str = "seen", problem: Exception | None = None) -> Callable[[LoadsFile], str]:
    """Return what notes something down about a load, and then may fail."""

    def write(file: LoadsFile) -> str:
        with file.write() as db:
            db.execute("UPDATE loads SET notes = ? WHERE load_id = ?", (notes, load_id))
        if problem is not None:
            raise problem
        return load_id

    return write


async def all_of(desk: OpenDesk, *functions: Callable[[LoadsFile], object]) -> list[object]:
    """Return the results, or the errors, of functions that wait at the same time."""
    return await asyncio.gather(*map(desk.write, functions), return_exceptions=True)


def refused(results: list[object]) -> list[str]:
    """Return the codes of those that failed with an error of ours."""
    return [result.code for result in results if isinstance(result, NegotiatorError)]


def test_what_waits_at_the_same_time_shares_a_commit(shared: Path) -> None:
    """The first may go alone: the others came while it was written."""

    async def use(desk: OpenDesk) -> int:
        assert await all_of(desk, *[note("L1", str(number)) for number in range(64)]) == ["L1"] * 64
        return desk.groups

    assert do(shared, use) < 8
    assert select(shared, NOTES) == [("63",)]


def test_an_answer_is_given_after_the_commit(shared: Path) -> None:
    """What another program reads then has it."""

    async def use(desk: OpenDesk) -> list[tuple[Any, ...]]:
        await desk.write(note("L1"))
        return select(shared, NOTES)

    assert do(shared, use) == [("seen",)]


def test_a_refusal_takes_back_its_own_and_leaves_the_others(shared: Path) -> None:
    """Each has a savepoint of its own."""

    async def use(desk: OpenDesk) -> list[object]:
        return await all_of(
            desk, note("L1"), note("L2", problem=BadInputError("no")), note("L1", "again"), note("L3")
        )

    results = do(shared, use)
    assert refused(results) == ["bad_input"]
    assert [results[0], *results[2:]] == ["L1", "L1", "L3"]
    assert select(shared, NOTES) == [("again",)]


@pytest.mark.parametrize(
    "problem", [RuntimeError("a slip"), UnusableFileError("a trigger"), sqlite3.Error("x")]
)
def test_any_other_failure_is_that_of_one_alone(shared: Path, problem: Exception) -> None:
    """The group is done again, each by itself; what failed has written nothing."""

    async def use(desk: OpenDesk) -> list[object]:
        return await all_of(desk, note("L1", "first"), note("L2", problem=problem), note("L1", "last"))

    results = do(shared, use)
    assert results[0] == results[2] == "L1"
    assert results[1] is problem
    assert select(shared, NOTES) == [("last",)]


def test_a_commit_that_fails_is_the_answer_of_all_in_it(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next ones are written again."""

    def fail(_file: LoadsFile) -> None:
        raise DiskFullError("no room")

    async def use(desk: OpenDesk) -> list[object]:
        with monkeypatch.context() as patch:
            patch.setattr(LoadsFile, "_require_same_file", fail)
            failed = await all_of(desk, note("L1"), note("L2"), note("L1"))
        assert select(shared, NOTES) == []
        assert await desk.write(note("L2")) == "L2"
        return failed

    assert refused(do(shared, use)) == ["disk_full"] * 3
    assert select(shared, NOTES) == [("seen",)]


def test_what_follows_a_commit_comes_before_the_answers_and_may_fail(shared: Path) -> None:
    """It is called for what was done, not for refusals alone."""
    seen: list[list[tuple[Any, ...]]] = []

    def after_commit() -> None:
        seen.append(select(shared, NOTES))
        if len(seen) > 1:
            raise UnusableFileError("no copy")

    async def use(desk: OpenDesk) -> list[object]:
        await all_of(desk, note("L1", problem=BadInputError("no")))
        assert seen == []
        first = await all_of(desk, note("L1"))
        return first + await all_of(desk, note("L2"))

    results = do(shared, use, after_commit=after_commit)
    assert seen == [[("seen",)], [("seen",), ("seen",)]]
    assert results[0] == "L1"
    assert refused(results) == ["file_unusable"]


def test_a_reader_cannot_write(shared: Path) -> None:
    """Its connection refuses it."""

    async def use(desk: OpenDesk) -> None:
        await desk.read(note("L1"))

    with pytest.raises(UnusableFileError):
        do(shared, use)
    assert select(shared, NOTES) == []


def test_so_many_may_wait_and_no_more(shared: Path) -> None:
    """The others are told to send again, at once."""

    async def use(desk: OpenDesk) -> list[object]:
        taken, go_on = threading.Event(), threading.Event()

        def hold(_file: LoadsFile) -> str:
            taken.set()
            assert go_on.wait(PATIENCE)
            return "L1"

        first = asyncio.ensure_future(desk.write(hold))
        assert await asyncio.to_thread(taken.wait, PATIENCE)
        waiting = [asyncio.ensure_future(desk.write(note("L1"))) for _ in range(3)]
        await asyncio.sleep(0)
        done = [future for future in waiting if future.done()]
        go_on.set()
        assert [type(future.exception()) for future in done] == [TooManyWaitingError]
        return await asyncio.gather(first, *(future for future in waiting if future not in done))

    assert do(shared, use, limits=Limits(most_waiting=2)) == ["L1"] * 3


def test_what_waits_is_done_before_the_desk_closes(shared: Path) -> None:
    """And nothing is taken in after that."""

    async def use() -> list[object]:
        async with OpenDesk(shared) as desk:
            waiting = [asyncio.ensure_future(desk.write(note("L1", str(number)))) for number in range(9)]
            await asyncio.sleep(0)
        with pytest.raises(TooManyWaitingError):
            await desk.write(note("L2"))
        return await asyncio.gather(*waiting)

    assert asyncio.run(use()) == ["L1"] * 9
    assert select(shared, NOTES) == [("8",)]


def test_a_file_that_is_replaced_is_opened_again(desk: Path) -> None:
    """By the writer, by a reader, and by whoever asks after its health."""
    other = desk.with_name("other.db")
    shutil.copy(desk, other)
    execute(other, "UPDATE loads SET notes = 'other' WHERE load_id = 'L2'")

    def read(file: LoadsFile) -> list[Any]:
        with file.read() as db:
            return db.execute(NOTES).fetchall()

    async def use(opened: OpenDesk) -> list[Any]:
        await opened.write(note("L1", "lost"))
        assert await opened.read(read) == [("lost",)]
        assert await opened.fault() is None
        for beside in desk.parent.glob("loads.db-*"):
            beside.unlink()
        shutil.move(other, desk)
        await opened.write(note("L1", "kept"))
        assert await opened.fault() is None
        return await opened.read(read)

    assert do(desk, use) == [("kept",), ("other",)]


def test_a_file_that_is_moved_away_is_said_and_found_again(desk: Path) -> None:
    """Nothing is written to the file under its other name, and no new one is made."""
    away = desk.with_name("away.db")

    async def use(opened: OpenDesk) -> str | None:
        await opened.write(note("L1"))
        shutil.move(desk, away)
        with pytest.raises(UnusableFileError):
            await opened.write(note("L2"))
        with pytest.raises(UnusableFileError):
            await opened.read(lambda _: None)
        words = await opened.fault()
        assert not list(desk.parent.glob(desk.name))
        shutil.move(away, desk)
        await opened.write(note("L2"))
        assert await opened.fault() is None
        return words

    assert do(desk, use) == "the file is missing, was moved, or cannot be used"


def test_a_locked_file_is_said_in_time(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when nobody writes; and it is well again when the lock is gone."""
    monkeypatch.setattr("negotiator.http.health.PATIENCE_SECONDS", 0.2)

    async def use(desk: OpenDesk) -> str | None:
        with closing(sqlite3.connect(shared, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            words = await desk.fault()
            assert await desk.fault() == words  # asked again while the first is waited for
            other.execute("COMMIT")
        while await desk.fault():
            pass
        return words

    assert do(shared, use) == "the file is locked by another program"


def test_a_full_disk_is_said_until_there_is_room(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on meanwhile."""
    full = [True]

    def write_beside(_path: Path) -> None:
        if full:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("negotiator.http.health._write_beside", write_beside)

    async def use(desk: OpenDesk) -> list[str | None]:
        with pytest.raises(DiskFullError):
            await desk.write(note("L1", problem=DiskFullError("no room")))
        said = [await desk.fault(), await desk.fault()]
        full.clear()
        return [*said, await desk.fault()]

    assert do(shared, use) == ["there is no room to write"] * 2 + [None]


def test_a_backup_and_a_restore_are_made_beside_it(shared: Path) -> None:
    """What is written after the restore stands in the file that is restored."""
    copy = shared.with_name("copy.db")

    async def use(desk: OpenDesk) -> None:
        await desk.write(note("L1", "first"))
        await asyncio.to_thread(back_up, shared, now=NOW, to=copy)
        await desk.write(note("L1", "second"))
        await asyncio.to_thread(restore, copy, shared, now=NOW)
        await desk.write(note("L2", "third"))

    do(shared, use)
    assert select(shared, NOTES) == [("first",), ("third",)]
