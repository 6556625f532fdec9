"""What a file's size costs: nothing, for an ask and for a history; and `migrate` beside its bare statements."""

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.datasets import SESSION, copy, desk, old_file
from tests.benchmarks.measuring import SCRIPT, Contender, Ratio, in_turns, of_time, peak_kilobytes, python

SMALLEST = 1_000


def measure(folder: Path, runs: int, largest: int) -> Iterator[Ratio]:
    """Give the ratios of a file of so many rounds to one of a thousand."""
    sizes = sorted({SMALLEST, min(100_000, largest), largest})
    paths = [folder / f"{size}.db" for size in sizes]
    for size, path in zip(sizes, paths, strict=True):
        desk(path, size)
    for name, command in {
        "session history": ["session", "history", SESSION],
        "call history": ["call", "history", "2"],
        "negotiate": ["negotiate", "3", "2300", "--new-session"],
    }.items():
        least, *larger = in_turns(
            runs, *(Contender(name, [SCRIPT, *command, "--db", path, "--json"]) for path in paths)
        )
        for size, times in zip(sizes[1:], larger, strict=True):
            yield of_time(f"{name}, {size:,} rounds", f"{SMALLEST:,} rounds", times, least, 1.2)
    for path in paths:
        path.unlink()


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
