"""Ratios of medians: what is compared takes turns, so that a busy moment of the machine meets all alike."""

import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter

SCRIPT = str(Path(sys.executable).with_name("negotiator"))
PEERS = Path(__file__).with_name("peers")
_PACKAGES = ("negotiator", "typer", "rich", "sqlite-utils", "numpy")

Prepare = Callable[[], None]
"""What is done before a run, and not measured."""


@dataclass(frozen=True)
class Contender:
    """A command whose whole process is timed."""

    name: str
    command: Sequence[str | Path]
    prepare: Prepare = lambda: None
    exit_code: int = 0


@dataclass(frozen=True)
class Ratio:
    """What came out: a median of whole processes beside that of a peer, and their ratio beside its bound.

    ``lowest`` and ``highest`` are the ratios of single turns. ``bound`` is None for what is only told;
    ``at_most`` says on which side of it the ratio is to be.
    """

    case: str
    beside: str
    ours: float
    theirs: float
    ratio: float
    lowest: float
    highest: float
    bound: float | None = None
    at_most: bool = True
    unit: str = "s"

    @property
    def kept(self) -> bool | None:
        """Whether the ratio is within its bound."""
        if self.bound is None:
            return None
        return self.ratio <= self.bound if self.at_most else self.ratio >= self.bound


Times = Sequence[float]
"""How long each turn took, seconds."""
Clock = Callable[[], float]
"""What a turn is timed by: a difference of two readings, seconds."""


def processor_time() -> float:
    """Return what the processes that have ended took of the processor, seconds."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def of_time(case: str, beside: str, ours: Times, theirs: Times, bound: float | None = None) -> Ratio:
    """Return how many times as long as the peer we take: at most the bound."""
    turns = [mine / peers for mine, peers in zip(ours, theirs, strict=True)]
    mine, peers = median(ours), median(theirs)
    return Ratio(case, beside, mine, peers, mine / peers, min(turns), max(turns), bound)


def of_speed(case: str, beside: str, ours: Times, theirs: Times, bound: float | None = None) -> Ratio:
    """Return how many times as fast as the peer we are: at least the bound."""
    turns = [peers / mine for mine, peers in zip(ours, theirs, strict=True)]
    mine, peers = median(ours), median(theirs)
    return Ratio(case, beside, mine, peers, peers / mine, min(turns), max(turns), bound, at_most=False)


def in_turns(runs: int, *contenders: Contender, clock: Clock = perf_counter) -> list[Times]:
    """Return the times of each, taken in turns; a first one of each is left out."""
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(runs + 1):
        for contender, taken in zip(contenders, times, strict=True):
            taken.append(timed(contender, clock))
    return [taken[1:] for taken in times]


def timed(contender: Contender, clock: Clock = perf_counter) -> float:
    """Run a command once and return how long it took, seconds. Raises RuntimeError when it fails."""
    contender.prepare()
    began = clock()
    done = subprocess.run(
        [str(part) for part in contender.command],
        stdout=subprocess.DEVNULL,  # a pipe would wake us for each line that is printed
        stderr=subprocess.PIPE,
        check=False,
        env=environment(),
    )
    taken = clock() - began
    if done.returncode != contender.exit_code:
        raise RuntimeError(f"{contender.name} exited with {done.returncode}: {done.stderr.decode()[-500:]}")
    return taken


def peak_kilobytes(contender: Contender) -> int:
    """Run a command once and return the most memory it had, kB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    contender.prepare()
    command = [sys.executable, "-c", code, *map(str, contender.command)]
    return int(subprocess.run(command, capture_output=True, check=True, env=environment()).stdout)


def environment() -> dict[str, str]:
    """Return the surroundings of a command: ours, without the desk's own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NEGOTIATOR_")}


def python(peer: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command that runs a peer."""
    return [sys.executable, PEERS / peer, *arguments]


def machine() -> dict[str, str | int | None]:
    """Return what the figures were measured on."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{package: _version(package) for package in _PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
