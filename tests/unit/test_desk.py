"""The door for Python hands over what it is given: each argument, and what stands in for those left out."""

import ast
import importlib
import inspect
import sqlite3
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from negotiator.desk import Desk
from negotiator.storage.database import LoadsFile

NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)
GIVEN: dict[str, dict[str, object]] = {
    "apply_policy": {"document": {"desk": {"rounds": 3}}},
    "lane_past": {"origin": "Reno, NV", "destination": "Boise, ID"},
    "report": {"since": datetime(2025, 8, 1, tzinfo=UTC), "until": datetime(2025, 8, 2, tzinfo=UTC)},
}
METHODS = [
    name for name, member in vars(Desk).items() if inspect.isfunction(member) and not name.startswith("_")
]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give a desk on nothing: what it calls is replaced."""
    with closing(sqlite3.connect(":memory:")) as db:
        yield Desk(db, Path("loads.db"), clock=lambda: NOW)


def use_case(method: str) -> tuple[Any, str]:
    """Return the module and the name of the function that a method hands over to."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(Desk, method))))
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            modules |= {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(ast.unparse(one) == "self._file" for one in node.args):
            module, _, name = ast.unparse(node.func).partition(".")
            path = modules[module] if name else modules[module].rpartition(".")[0]
            return importlib.import_module(path), name or module
    raise AssertionError(method)


def values(argument: object) -> list[object]:
    """Return an argument and, of a value made from several, its fields."""
    fields = vars(argument) if hasattr(argument, "__dict__") else getattr(argument, "_asdict", dict)()
    return [argument, *fields.values()]


def handed_over(
    monkeypatch: pytest.MonkeyPatch, desk: Desk, method: str, given: dict[str, object]
) -> dict[str, Any]:
    """Call a method, and return what came to its use case, by the names of its parameters."""
    module, name = use_case(method)
    signature, seen = inspect.signature(getattr(module, name)), []
    answer = SimpleNamespace(version="the answer")

    def function(*arguments: object, **named: object) -> object:
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        seen.append(bound.arguments)
        return answer

    monkeypatch.setattr(module, name, function)
    result = getattr(desk, method)(**given)
    silent = {"close_session", "reopen_session", "set_session_expiry", "note_session", "set_session_metadata"}
    expected = answer.version if method in {"apply_policy", "revert_policy"} else answer
    assert result is (None if method in silent else expected)
    (arguments,) = seen
    assert isinstance(arguments["file"], LoadsFile)
    assert arguments.get("now", NOW) == NOW
    return arguments


@pytest.mark.parametrize("method", METHODS)
def test_each_argument_comes_to_the_use_case(
    monkeypatch: pytest.MonkeyPatch, desk: Desk, method: str
) -> None:
    """Under its own name where there is one, else in the place or the value that it is put into."""
    parameters = list(inspect.signature(getattr(desk, method)).parameters)
    given: dict[str, object] = {name: SimpleNamespace(name=name) for name in parameters}
    given |= GIVEN.get(method, {})
    arguments = handed_over(monkeypatch, desk, method, given)
    for name, value in given.items():
        if name == "document":
            assert arguments[name].data == value
        elif name in arguments:
            assert arguments[name] is value, name
        else:
            assert any(value is found for argument in arguments.values() for found in values(argument)), name


LEFT_OUT: dict[str, Callable[[dict[str, Any]], bool]] = {
    "start_session": lambda got: got["call_id"] is None and got["expires_in"] is None and not got["metadata"],
    "list_sessions": lambda got: not any(got["wanted"]) and got["limit"] == 50,
    "close_session": lambda got: got["reason"] is None and got["reason_lost"] is None,
    "todo": lambda got: got["ahead"].days == 1 and not got["ahead"].seconds and got["limit"] == 50,
    "list_calls": lambda got: not any(got["wanted"]) and got["limit"] == 50,
    "add_load": lambda got: got["zone"] is UTC,
    "set_load": lambda got: got["zone"] is UTC and got["by"] is None,
    "import_loads": lambda got: (
        (got["update"], got["ignore_unknown"], got["mapping"], got["defaults"], got["zone"])
        == (False, False, {}, {}, UTC)
    ),
    "import_carriers": lambda got: got["mapping"] == {} and got["by"] is None,
    "lane_past": lambda got: got["equipment"] is None,
    "report": lambda got: got["by"] is None and got["ceiling_percent"] == 10,
}


@pytest.mark.parametrize("method", LEFT_OUT)
def test_what_is_left_out_means_what_the_docstring_says(
    monkeypatch: pytest.MonkeyPatch, desk: Desk, method: str
) -> None:
    """Nothing is asked for that was not given."""
    required = [
        name
        for name, parameter in inspect.signature(getattr(desk, method)).parameters.items()
        if parameter.default is inspect.Parameter.empty
    ]
    given: dict[str, object] = dict.fromkeys(required, "Reno, NV")
    assert LEFT_OUT[method](handed_over(monkeypatch, desk, method, given))
