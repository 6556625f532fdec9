"""The entry of the program: what keeps it from starting is said in a line."""

import gc
import runpy
import sys
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType

import pytest

from negotiator.__main__ import main


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """Have garbage collected again after a program that needs it not."""
    yield
    gc.unfreeze()
    gc.enable()


def run_with(
    monkeypatch: pytest.MonkeyPatch, outcome: BaseException | None, program: Callable[[], object] = main
) -> None:
    """Run the program with a command line that ends so."""

    def app() -> None:
        assert not gc.isenabled()
        if outcome is not None:
            raise outcome

    cli = ModuleType("negotiator.cli")
    monkeypatch.setattr(cli, "app", app, raising=False)
    monkeypatch.setitem(sys.modules, "negotiator.cli", cli)
    program()


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (KeyboardInterrupt(), 130),
        (SystemExit(4), 4),
        (ImportError("no module named rich"), "Error: the program cannot run: no module named rich."),
        (ValueError(), "Error: the program cannot run: ValueError."),
    ],
)
def test_how_it_ends_is_an_exit_code_or_a_line(
    monkeypatch: pytest.MonkeyPatch, outcome: BaseException, code: int | str
) -> None:
    """A text is printed on stderr, with exit 1."""
    with pytest.raises(SystemExit) as ended:
        run_with(monkeypatch, outcome)
    assert ended.value.code == code
    assert gc.get_freeze_count() > 0


def test_a_command_line_that_returns_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what there is then is looked at no more."""
    run_with(monkeypatch, None)
    assert gc.get_freeze_count() > 0


def test_whoever_looks_for_a_fault_gets_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NEGOTIATOR_DEBUG; an interrupt is one all the same."""
    monkeypatch.setenv("NEGOTIATOR_DEBUG", "1")
    with pytest.raises(ImportError, match="no module named rich"):
        run_with(monkeypatch, ImportError("no module named rich"))
    with pytest.raises(SystemExit) as ended:
        run_with(monkeypatch, KeyboardInterrupt())
    assert ended.value.code == 130


def test_python_runs_it_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under that name alone: to import it runs nothing."""
    for name, code in (("__main__", 4), ("negotiator.__main__", None)):
        monkeypatch.delitem(sys.modules, "negotiator.__main__", raising=False)
        ended: list[object] = []
        try:
            run_with(
                monkeypatch, SystemExit(4), partial(runpy.run_module, "negotiator.__main__", run_name=name)
            )
        except SystemExit as problem:
            ended.append(problem.code)
        assert ended == ([code] if code else [])
