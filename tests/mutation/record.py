"""Which tests run which lines, and how long each takes: so that a change is shown to those alone that run it."""

import ast
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

SUITE = ["tests/unit", "tests/integration", "tests/e2e/test_far.py"]
"""What runs in one process, where coverage knows the test that runs a line."""
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


class Times:
    """A plugin for pytest: writes down how many seconds each test took, to the file that ``TIMES`` names."""

    def __init__(self) -> None:
        """Begin with none."""
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what setting up, the test and tidying up took."""
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        Path(os.environ["TIMES"]).write_text(json.dumps(self.seconds))


class Record:
    """What one run of the suite found."""

    def __init__(self, folder: Path) -> None:
        """Read what `record_tests` has left in a folder."""
        from coverage import CoverageData  # noqa: PLC0415 - who only asks for help needs none

        self.seconds: dict[str, float] = json.loads((folder / "times.json").read_text())
        self._data = CoverageData(str(folder / "coverage"))
        self._data.read()
        self._lines: dict[str, dict[int, set[str]]] = {}
        self._making: dict[str, dict[int, set[str]]] = {}

    def tests_of(self, path: str, line: int) -> list[str]:
        """Return the tests that run a line of a file, the quickest first.

        A line that runs when its module is loaded belongs to every test that runs anything of the module, and
        to those in files that import it; of a module without functions, to every test that runs anything of
        those that import it. What is made once for a file of tests belongs to all of them.
        """
        lines, making = self._by_line(path), self._making[path]
        if lines.get(line) and _is_in_a_function(path, line):
            tests, made = lines[line], making.get(line, set())
        else:
            tests, made = _all(lines), _all(making)
            tests = tests or set().union(*map(self._importing, _importers(path, "negotiator")))
            made |= set(_importers(path, "tests"))
        files = {test.partition("::")[0] for test in made}
        tests = tests | {test for test in self.seconds if test.partition("::")[0] in files}
        return sorted(tests, key=lambda test: (self.seconds.get(test, 0), test))

    def _importing(self, path: str) -> set[str]:
        return _all(self._by_line(path))

    def _by_line(self, path: str) -> dict[int, set[str]]:
        if path not in self._lines:
            contexts = self._data.contexts_by_lineno(str(Path(path).absolute()))
            self._lines[path] = {line: _tests(names) for line, names in contexts.items()}
            self._making[path] = {
                line: _tests(name for name in names if name.endswith("|setup"))
                for line, names in contexts.items()
            }
        return self._lines[path]


@cache
def _function_lines(path: str) -> set[int]:
    functions = (node for node in ast.walk(ast.parse(Path(path).read_text())) if isinstance(node, _FUNCTIONS))
    return {line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)}


def _is_in_a_function(path: str, line: int) -> bool:
    """Return whether a line runs when something is called, and not when its module is loaded."""
    return line in _function_lines(path)


def _all(lines: dict[int, set[str]]) -> set[str]:
    return set().union(*lines.values())


@cache
def _importers(path: str, under: str) -> list[str]:
    """Return the files of a folder that import a module by its name."""
    package, _, name = path.removesuffix(".py").replace("/", ".").rpartition(".")
    spellings = (f"from {package}.{name} import", f"import {package}.{name}")
    from_package = re.compile(rf"from {re.escape(package)} import [^\n]*\b{name}\b")
    return [
        str(other)
        for other in Path(under).rglob("*.py")
        if any(spelling in (text := other.read_text()) for spelling in spellings) or from_package.search(text)
    ]


def _tests(contexts: Iterable[str]) -> set[str]:
    return {context.rpartition("|")[0] for context in contexts if context}


def record_tests(folder: Path) -> Record:
    """Run the suite once, keeping in a folder which test runs which line."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "times.json").exists():
        subprocess.run(
            [sys.executable, "-m", "tests.mutation.record", *SUITE],
            env=os.environ | {"COVERAGE_FILE": str(folder / "coverage"), "TIMES": str(folder / "times.json")},
            check=True,
        )
    return Record(folder)


if __name__ == "__main__":
    sys.exit(
        pytest.main(
            [*sys.argv[1:], "-q", "-n", "auto", "--cov=negotiator", "--cov-context=test", "--cov-report="],
            plugins=[Times()],
        )
    )
