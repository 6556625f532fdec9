"""The one thread that writes: groups, their order, and what one job that fails does to the others."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from negotiator.errors import (
    BadInputError,
    BusyError,
    ConflictError,
    DiskFullError,
    MigrationsPendingError,
    NotFoundError,
    ResourceError,
    UnusableFileError,
)
from negotiator.http.held import HeldFile
from negotiator.http.waiting import Waiting
from negotiator.http.writer import MOST_IN_A_GROUP, Writer
from negotiator.storage.atomic_file import side_files
from negotiator.storage.database import LoadsFile
from tests.conftest import execute, select

Work = Callable[[LoadsFile], object]


def written(path: Path, *work: Work, after_commit: Callable[[], None] | None = None) -> tuple[Writer, Any]:
    """Let all of this wait, then have it done; return the writer, and what each job ended with."""
    return asyncio.run(_written(path, work, after_commit))


async def _written(
    path: Path, work: tuple[Work, ...], after_commit: Callable[[], None] | None
) -> tuple[Writer, list[object]]:
    waiting = Waiting(1000)
    futures = [waiting.put(one) for one in work]
    waiting.close()
    writer = Writer(path, waiting, after_commit=after_commit)
    assert (writer.daemon, writer.name, writer.fault, writer.done_at) == (True, "writer", None, 0.0)
    writer.start()
    ended = await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), 20)
    writer.join()
    return writer, ended


def noting(name: str, problem: Exception | None = None, tried: list[str] | None = None) -> Work:
    """Return a job that adds a carrier, and then fails if it is to."""

    def work(file: LoadsFile) -> str:
        if tried is not None:
            tried.append(name)
        file.connection.execute("INSERT INTO carriers (mc_number, company_name) VALUES (?, 'New')", [name])
        if problem:
            raise problem
        return name

    return work


def kept(path: Path) -> list[str]:
    """Return which carriers are in the file, in the order in which they came."""
    return [name for (name,) in select(path, "SELECT mc_number FROM carriers ORDER BY rowid")]


def test_what_waits_is_done_in_its_order_in_one_commit(shared: Path) -> None:
    """Nobody else sees anything of it before its end, and nobody has an answer."""
    seen: list[list[str]] = []
    in_wal_mode = select(shared, "PRAGMA journal_mode") == [("wal",)]

    def look(_file: LoadsFile) -> None:
        seen.append(kept(shared) if in_wal_mode else [])

    writer, ended = written(shared, noting("a"), look, noting("b"), look, noting("c"))
    assert ended == ["a", None, "b", None, "c"]
    assert seen == [[], []]
    assert kept(shared) == ["a", "b", "c"]
    assert (writer.groups, writer.jobs, writer.fault) == (1, 5, None)
    assert writer.done_at > 0
    assert not [name for name in side_files(shared) if name.exists()]  # it was closed


def test_a_group_is_of_so_many_at_most(desk: Path) -> None:
    """What waits longer is in the next one."""
    seen: list[int] = []
    work = [noting(str(number)) for number in range(MOST_IN_A_GROUP + 1)]
    writer, ended = written(desk, *work, after_commit=lambda: seen.append(len(kept(desk))))
    assert (MOST_IN_A_GROUP, seen) == (256, [256, 257])
    assert ended == [str(number) for number in range(257)]
    assert (writer.groups, writer.jobs) == (2, 257)


@pytest.mark.parametrize("refusal", [BadInputError("bad"), NotFoundError("none"), ConflictError("taken")])
def test_a_refusal_takes_back_what_the_job_wrote_and_no_more(desk: Path, refusal: Exception) -> None:
    """Its group goes on, and the file is not blamed."""
    tried: list[str] = []
    writer, ended = written(
        desk, noting("a", tried=tried), noting("b", refusal, tried), noting("c", tried=tried)
    )
    assert ended == ["a", refusal, "c"]
    assert kept(desk) == ["a", "c"]
    assert tried == ["a", "b", "c"]
    assert (writer.groups, writer.jobs, writer.fault) == (1, 3, None)


FAILURES = [
    (RuntimeError("oh"), False),
    (UnusableFileError("broken"), True),
    (MigrationsPendingError("old"), True),
    (ResourceError("too many files are open"), True),
    (DiskFullError("no room"), True),
]


@pytest.mark.parametrize(("problem", "is_about_the_file"), FAILURES, ids=str)
def test_after_a_failure_each_job_is_done_by_itself(
    desk: Path, problem: Exception, is_about_the_file: object
) -> None:
    """The others are on record, and the one that failed is tried once more."""
    tried: list[str] = []
    writer, ended = written(desk, noting("a", problem, tried), noting("b", tried=tried))
    assert ended == [problem, "b"]
    assert kept(desk) == ["b"]
    assert tried == ["a", "a", "b"]
    assert (writer.groups, writer.jobs, writer.fault) == (1, 1, None)  # the last was written
    tried.clear()
    writer, ended = written(desk, noting("d", problem, tried))
    assert (ended, tried) == ([problem], ["d"])  # alone it is not done again
    assert (writer.groups, writer.jobs, writer.done_at) == (0, 0, 0)
    assert writer.fault is (problem if is_about_the_file else None)


def test_once_the_file_stayed_locked_no_more_are_tried(desk: Path) -> None:
    """Each would wait as long, one after the other."""
    tried: list[str] = []
    locked = BusyError("locked")
    jobs = [noting(name, locked if name == "b" else None, tried) for name in "abcd"]
    writer, ended = written(desk, *jobs)
    assert ended == ["a", locked, locked, locked]
    assert kept(desk) == ["a"]
    assert tried == ["a", "b", "a", "b"]
    assert writer.fault is locked


@contextmanager
def write_locked(path: Path) -> Iterator[None]:
    """Keep a file locked for writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_if_the_group_cannot_be_begun_each_job_hears_why(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And none was tried."""
    monkeypatch.setenv("NEGOTIATOR_BUSY_TIMEOUT", "0")
    tried: list[str] = []
    with write_locked(shared):
        writer, ended = written(shared, noting("a", tried=tried), noting("b", tried=tried))
    assert [type(problem) for problem in ended] == [BusyError, BusyError]
    assert (tried, writer.fault) == ([], ended[0])
    missing = shared.with_name("missing.db")
    writer, ended = written(missing, noting("a"))
    assert type(ended[0]) is UnusableFileError  # no client has named it
    assert writer.fault is ended[0]
    assert not missing.exists()


def test_a_file_that_was_at_fault_is_opened_again(desk: Path) -> None:
    """The next job finds what is there by then."""
    held: list[LoadsFile] = []

    def fail(file: LoadsFile) -> NoReturn:
        held.append(file)
        raise UnusableFileError("broken")

    _, ended = written(desk, fail, held.append, held.append)
    assert isinstance(ended[0], UnusableFileError)
    first, again, later, last = held  # `fail` with the others, and by itself
    assert first is again is not later
    assert later is last


def test_nobody_has_an_answer_before_what_is_done_after_the_commit(desk: Path) -> None:
    """What it raises is the answer of each, though all is on record; refusals alone commit nothing."""
    seen: list[list[str]] = []
    lagging = BusyError("the copy lags behind")

    def after() -> None:
        seen.append(kept(desk))
        raise lagging

    writer, ended = written(desk, noting("a"), noting("b", BadInputError("bad")), after_commit=after)
    assert (ended, seen) == ([lagging, lagging], [["a"]])
    assert (writer.groups, writer.jobs, writer.fault) == (1, 2, lagging)
    refused = BadInputError("bad")
    writer, ended = written(desk, noting("c", refused), after_commit=after)
    assert (ended, seen, writer.fault) == ([refused], [["a"]], None)


def test_what_the_file_was_at_fault_for_is_over_when_something_is_written(desk: Path) -> None:
    """One writer hears of both."""
    faults: list[object] = []
    problem = ResourceError("too many files are open")

    async def both() -> None:
        waiting = Waiting(10)
        writer = Writer(desk, waiting)
        writer.start()
        for work in (noting("a", problem), noting("b")):
            await asyncio.wait_for(asyncio.gather(waiting.put(work), return_exceptions=True), 20)
            faults.append(writer.fault)
        waiting.close()
        writer.join()

    asyncio.run(both())
    assert faults == [problem, None]
    execute(desk, "DELETE FROM carriers WHERE mc_number = 'b'")
    assert kept(desk) == []


@pytest.mark.parametrize(("only_read", "pages"), [(False, "more"), (True, "as usual")])
def test_who_writes_keeps_as_much_of_the_file_in_memory_as_a_batch(
    desk: Path, pages: str, *, only_read: bool
) -> None:
    """There is one that writes, and any number that read."""
    held = HeldFile(desk, only_read=only_read)
    try:
        (size,) = held.current().connection.execute("PRAGMA cache_size").fetchone()
    finally:
        held.close()
    assert ("more" if size == -16384 else "as usual") == pages
