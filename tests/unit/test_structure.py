"""Facts about the code: which way imports run, how large folders are, what stands in one place."""

import ast
import re
from collections.abc import Collection
from contextlib import closing
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from sqlite_utils import Database

import negotiator
from negotiator.migrations import migrations
from negotiator.storage.schema import STEPS, STEPS_TABLE

PACKAGE = Path(negotiator.__file__).parent
# Each may import what stands below it, never what stands above.
LAYERS = [
    {"cli", "http", "__main__"},
    {"output"},
    {"service", "desk"},
    {"lab"},
    {"conversations", "maintenance", "reports", "loads"},
    {"negotiation"},
    {"policy", "carriers"},
    {"records"},
    {"storage", "migrations", "remote"},
    {"values"},
    {"errors", "progress"},
]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all that a file's code is made of."""
    return tuple(ast.walk(ast.parse(path.read_text())))


def imports(path: Path) -> set[str]:
    """Return the names of all modules that a file imports when it is loaded or later."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module == "negotiator":
            found |= {f"negotiator.{name.name}" for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_imports_run_one_way() -> None:
    """No module imports from a layer above its own."""
    level = {module: number for number, layer in enumerate(LAYERS) for module in layer}
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).with_suffix("").parts[0]
        for name in imports(path):
            parts = name.split(".")
            if (
                module != "__init__"
                and not name.endswith("__")
                and parts[0] == "negotiator"
                and len(parts) > 1
            ):
                assert level[parts[1]] >= level[module], f"{path} imports {name}"


def modules() -> dict[str, Path]:
    """Return the files of the package by the names of their modules."""
    paths = {path.relative_to(PACKAGE.parent).with_suffix(""): path for path in PACKAGE.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): path for name, path in paths.items()}


def imported_modules(path: Path, known: Collection[str]) -> set[str]:
    """Return which of our modules a file imports, whole or by a name in them."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.module in known:
            inner = {f"{node.module}.{name.name}" for name in node.names}
            found |= inner & set(known) or {node.module}
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    """What is imported late counts too: a circle is one whenever it is closed."""
    known = modules()
    graph = {name: imported_modules(path, known) - {name} for name, path in known.items()}
    del graph["negotiator"]  # the public door loads what is asked for
    TopologicalSorter({name: found - {"negotiator"} for name, found in graph.items()}).prepare()


def test_no_package_imports_itself_by_way_of_others() -> None:
    """Packages on one floor may use each other, one way."""
    graph: dict[str, set[str]] = {}
    known = modules()
    for name, path in known.items():
        package = name.split(".")[1] if "." in name else name
        used = {found.split(".")[1] for found in imported_modules(path, known) if "." in found}
        graph.setdefault(package, set()).update(used - {package})
    del graph["negotiator"]
    TopologicalSorter(graph).prepare()


def test_no_folder_holds_more_than_fifteen_files() -> None:
    """A reader sees what is in a folder at a glance; the manual is a list of topics."""
    for folder in {path.parent for path in PACKAGE.rglob("*.py")}:
        assert len([path for path in folder.iterdir() if path.is_file()]) <= 15, folder


@pytest.mark.parametrize(
    ("package", "where"),
    [
        ("typer", {"cli"}),
        ("rich", {"output"}),
        ("jinja2", {"output"}),
        ("numpy", {"lab"}),
        ("starlette", {"http"}),
        ("uvicorn", {"http"}),
        ("click", set()),
    ],
)
def test_one_place_knows_a_library(package: str, where: set[str]) -> None:
    """Only cli imports Typer, only output imports rich and jinja2, nothing imports click."""
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if any(name.split(".")[0] == package for name in imports(path))
    }
    assert users == where


def test_no_placeholder_is_numbered() -> None:
    """Python 3.12.0 to 3.12.3 warns of ?1 as of a name without a value, and a warning is an error in tests."""
    for path in PACKAGE.rglob("*.py"):
        texts = [node.value for node in nodes(path) if isinstance(node, ast.Constant)]
        assert not [text for text in texts if isinstance(text, str) and re.search(r"\?[1-9]", text)], path


def test_only_maintenance_applies_migrations() -> None:
    """What is read is not spelled there: a step that has landed is never edited."""
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in PACKAGE.rglob("*.py")
        if "negotiator.migrations" in imports(path)
    }
    assert users == {"maintenance"}


def test_migrations_stand_alone() -> None:
    """So that sqlite-utils can run them without us."""
    assert not any(name.startswith("negotiator") or not name for name in imports(PACKAGE / "migrations.py"))


def test_the_steps_that_a_file_is_looked_for_are_those_of_the_migrations() -> None:
    """They are written down twice, so that looking needn't import sqlite-utils."""
    with closing(Database(memory=True)) as db:
        known = [migration.name for migration in migrations.pending(db)]
    assert list(STEPS) == known
    assert migrations.migrations_table == STEPS_TABLE


FILLED_BIT_BY_BIT = {"Plan", "Played", "_Count"}


def test_a_value_that_was_made_stays_as_it_is() -> None:
    """A dataclass is frozen, unless something is filled bit by bit: who holds one need not look again."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in nodes(path):
            decorators = map(ast.unparse, getattr(node, "decorator_list", []))
            if any(name.startswith("dataclass") and "frozen=True" not in name for name in decorators):
                assert isinstance(node, ast.ClassDef)
                found.add(node.name)
    assert found == FILLED_BIT_BY_BIT
