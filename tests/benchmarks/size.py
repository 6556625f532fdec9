"""What a file's size costs: nothing, for an ask, a history, a list and a report of a day.

What reads the whole file stands beside its bare statements: `report` and `check`, and `migrate`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.datasets import SESSION, copy, desk, last_minutes, old_file, settle, start_sessions
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, in_turns, of_time, peak_kilobytes, python

SMALLEST = 1_000
_MINUTES = 10
_ASKS = {
    "session history": ["session", "history", SESSION],
    "call history": ["call", "history", "2"],
    "negotiate": ["negotiate", "3", "2300", "--new-session"],
}
_LISTS = {
    "session list": ["session", "list", "--limit", "5"],
    **{
        f"session list, {status}": ["session", "list", "--limit", "5", "--status", status]
        for status in ("active", "ended", "accepted", "transferred", "closed", "expired")
    },
    "call list": ["call", "list", "--limit", "20"],
    "call list, accepted": ["call", "list", "--limit", "20", "--outcome", "accepted"],
    "load list": ["load", "list", "--limit", "20"],
    **{
        f"load list, {status}": ["load", "list", "--limit", "20", "--status", status]
        for status in ("available", "booked", "completed")
    },
}
_SPANS = {
    "session list of a span": ["session", "list", "--limit", "5"],
    "call list of a span": ["call", "list", "--limit", "20"],
    "report of a span": ["report"],
}
# What is not in the file, and a session without a round, no index knows: their ratios are told, without a bound.
_NONE_ENDED = {"session list, ended, of none": ["session", "list", "--limit", "5", "--status", "ended"]}
_NONE_ACTIVE = {"session list, active, of none": ["session", "list", "--limit", "5", "--status", "active"]}
_ALL_STARTED = {"session list, all started": ["session", "list", "--limit", "5"]}
_MOST_KILOBYTES = 60_000


def measure(folder: Path, runs: int, largest: int) -> Iterator[Ratio]:
    """Give the ratios of a file of so many rounds to one of a thousand."""
    sizes = sorted({SMALLEST, min(100_000, largest), largest})
    paths = [folder / f"{size}.db" for size in sizes]
    for size, path in zip(sizes, paths, strict=True):
        desk(path, size)
    yield from _beside_smallest(runs, dict(zip(sizes, paths, strict=True)), _ASKS, 1.2)
    files = dict(zip(sizes, paths, strict=True))
    yield from _beside_smallest(max(runs // 8, 1), files, _NONE_ENDED, None)
    for path in paths:
        settle(path, 300)
    yield from _beside_smallest(runs, files, _LISTS, 1.3)
    yield from _beside_smallest(runs, files, _SPANS, 1.3, spans=True)
    yield from _beside_bare(max(runs // 13, 1), largest, paths[-1])
    for path in paths:
        settle(path, 0)
        start_sessions(path)
    yield from _beside_smallest(max(runs // 8, 1), files, _NONE_ACTIVE | _ALL_STARTED, None)
    for path in paths:
        path.unlink()


def _beside_smallest(
    runs: int,
    files: Mapping[int, Path],
    commands: Mapping[str, list[str]],
    bound: float | None,
    *,
    spans: bool = False,
) -> Iterator[Ratio]:
    """Give the ratios of commands in larger files to the same in the smallest one."""
    for name, command in commands.items():
        given: list[list[str | Path]] = [
            [
                SCRIPT,
                *command,
                "--db",
                path,
                "--json",
                *(["--since", last_minutes(size, _MINUTES)] if spans else []),
            ]
            for size, path in files.items()
        ]
        least, *larger = in_turns(runs, *(Contender(name, arguments) for arguments in given))
        for size, times in zip(list(files)[1:], larger, strict=True):
            yield of_time(f"{name}, {size:,} rounds", f"{SMALLEST:,} rounds", times, least, bound)


def _beside_bare(runs: int, size: int, path: Path) -> Iterator[Ratio]:
    """Give the ratios of what reads the whole file to its bare statements, and the memory of a report."""
    for name, bound in {"report": 1.2, "check": None}.items():
        ours = Contender(name, [SCRIPT, name, "--db", path, "--json"])
        bare = Contender("bare", python("bare_reading.py", name, path))
        mine, theirs = in_turns(runs, ours, bare)
        yield of_time(f"{name}, {size:,} rounds", "its bare statements", mine, theirs, bound)
    most = peak_kilobytes(Contender("report", [SCRIPT, "report", "--db", path, "--json"]))
    ratio = most / _MOST_KILOBYTES
    yield Ratio(
        *(f"memory of report, {size:,} rounds", "60 MB", most, _MOST_KILOBYTES, ratio, ratio, ratio, 1),
        unit="kB",
    )


def measure_migration(folder: Path, runs: int, largest: int) -> Iterator[Ratio]:
    """Give the ratio of `migrate` to its bare statements, and of its memory in a large and a small file."""
    whole, small, path = folder / "old.db", folder / "small.db", folder / "run.db"
    old_file(whole, largest)
    old_file(small, SMALLEST)
    migrate = Contender("migrate", [SCRIPT, "migrate", path], lambda: copy(whole, path))
    bare = Contender("bare", python("bare_migrate.py", path), lambda: copy(whole, path))
    case = f"migrate, {largest:,} rounds"
    ours, theirs = in_turns(runs, migrate, bare)
    yield of_time(case, "its bare statements, checks and copy", ours, theirs, 1.3)
    most = peak_kilobytes(migrate)
    least = peak_kilobytes(Contender("small", [SCRIPT, "migrate", path], lambda: copy(small, path)))
    ratio = most / least
    yield Ratio(f"memory of {case}", f"{SMALLEST:,} rounds", most, least, ratio, ratio, ratio, 1.2, unit="kB")
    for left in (*folder.glob("run.db*"), whole, small):
        left.unlink()
