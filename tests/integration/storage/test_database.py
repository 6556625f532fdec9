"""One place opens files: what is committed there is on the disk."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from negotiator import CallHandlingService
from negotiator.errors import FileMissingError, NegotiatorError, NotADatabaseError, Remedy, UnusableFileError
from negotiator.maintenance.backup import back_up
from negotiator.storage.database import LoadsFile, connect, file_uri
from tests.conftest import NOW, execute, run, select

EXTRA = 3
LOADS = (
    "load_id,origin,destination,pickup,delivery,equipment,rate\nL1,Reno,Boise,2030-01-01,2030-01-02,Van,900\n"
)
ADD = "L9 --origin Reno --destination Boise --pickup 2030-01-01 --delivery 2030-01-02 --equipment Van --rate 900"
WRITING = [
    "negotiate 1 2300",
    "batch asks.jsonl",
    "batch asks.jsonl --commit-every 9",
    "call start --load L1 --carrier MC1",
    "call end 1 --outcome rejected",
    "call reopen 3 --reason slip",
    "call reopen 3 --fell-through --reason broke",
    "call undo 3 --reason slip",
    "call book 1 2200",
    "session start --call 1",
    "session close SESSION --reason late",
    "session set SESSION --meta key=value",
    f"load add {ADD}",
    "load set L1 --ceiling 2400",
    "load cancel L1 --reason rail",
    "carrier block MC1 --reason late",
    "carrier unblock MC9",
    "carrier set MC9 --phone 5550100",
    "carrier import carriers.csv",
    "policy set rounds=5",
    "policy apply desk.toml",
    "load import loads.csv",
    "load import loads.csv --update",
    "migrate old.db",
    "restore saved.db loads.db",
    "restore saved.db missing.db",
    "init new.db --sample",
]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Give a list that gets, for each commit and each copy, the file's name and how far it was synced."""
    noted: list[tuple[str, int]] = []

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as in the base class
            if sql == "COMMIT":
                noted.append(level(self))
            return super().execute(sql, *values)

        def backup(self, target: sqlite3.Connection, **options: Any) -> None:  # noqa: ANN401 - as above
            noted.append(level(target))
            super().backup(target, **options)

        def close(self) -> None:
            if self.total_changes:
                noted.append(level(self))
            super().close()

    def level(db: sqlite3.Connection) -> tuple[str, int]:
        name = sqlite3.Connection.execute(db, "PRAGMA database_list").fetchone()[2]
        return Path(name).name, sqlite3.Connection.execute(db, "PRAGMA main.synchronous").fetchone()[0]

    original = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **more: original(*given, factory=Watched, **more))
    return noted


def prepare(path: Path) -> str:
    """Make what these commands name; return a session."""
    back_up(path, now=NOW, to=Path("saved.db"))
    Path("loads.csv").write_text(LOADS)
    Path("carriers.csv").write_text("mc,status\n5,active\n")
    Path("desk.toml").write_text("[desk]\nrounds = 3\n")
    Path("asks.jsonl").write_text(
        '{"call_id": 1, "carrier_offer": 2300}\n{"call_id": 2, "carrier_offer": 2300}'
    )
    session = run("session", "start").stdout.strip()
    run("negotiate", 3, 1100)
    run("carrier", "block", "MC9", "--reason", "late")
    return session


@pytest.mark.parametrize("command", WRITING)
def test_what_is_committed_survives_a_power_cut(
    shared: Path, unmigrated: Path, request: pytest.FixtureRequest, command: str
) -> None:
    """EXTRA in both journal modes. Only a file that has no name yet does with less: it is synced as a whole."""
    session = prepare(shared)
    written: list[tuple[str, int]] = request.getfixturevalue("written")
    result = run(*command.replace("SESSION", session).split())
    assert result.exit_code == 0, result.output
    named = {(name, level) for name, level in written if name and not name.startswith(".")}  # memory has none
    assert {level for _, level in named} == ({EXTRA} if named else set())
    assert named or command.startswith(("init", "restore saved.db missing.db"))


def test_what_is_committed_on_a_callers_own_connection_survives_too(shared: Path) -> None:
    """Whoever opened it: the service answers for what it says."""
    with closing(sqlite3.connect(shared, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = NORMAL")
        CallHandlingService(db, shared).negotiate(1, 2300)
        assert db.execute("PRAGMA synchronous").fetchone() == (EXTRA,)


@pytest.mark.parametrize(
    "name", ["a file.db", "what?.db", "100%.db", "a#b.db", "a%20b.db", "\xe9t\xe9.db", "a&b=c.db"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    """None of its signs is taken for a part of a URI."""
    with closing(sqlite3.connect(tmp_path / name)) as db:
        db.execute("CREATE TABLE here (a)")
    before = sorted(path.name for path in tmp_path.iterdir())
    with closing(connect(tmp_path / name)) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("here",)]
        assert not db.in_transaction
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert file_uri(Path(name), "rw").endswith("?mode=rw")


def test_a_file_that_cannot_be_read_is_not_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock of it would stay."""
    opened: list[sqlite3.Connection] = []

    class Noted(sqlite3.Connection):
        def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as in the base class
            super().__init__(*given, **named)
            opened.append(self)

    monkeypatch.setattr(sqlite3, "connect", Noted)
    (tmp_path / "text.db").write_text("no database" * 100)
    with pytest.raises(NotADatabaseError):
        connect(tmp_path / "text.db")
    with pytest.raises(sqlite3.ProgrammingError):
        opened[0].execute("SELECT 1")


@pytest.mark.parametrize(
    ("name", "kind", "words", "hint", "remedy"),
    [
        (
            "none.db",
            FileMissingError,
            "there is no file {}",
            "name another, or make one",
            Remedy.NAME_OR_MAKE_FILE,
        ),
        (".", NotADatabaseError, "{} is not a file", "name an SQLite file", Remedy.NAME_FILE),
    ],
)
def test_what_is_no_file_is_refused(
    tmp_path: Path, name: str, kind: type[NegotiatorError], words: str, hint: str, remedy: Remedy
) -> None:
    """And none is made."""
    path = tmp_path / name
    with pytest.raises(kind) as refusal:
        connect(path)
    assert refusal.value.message == words.format(repr(str(path)))
    assert (refusal.value.hint, refusal.value.remedy) == (hint, remedy)
    assert list(tmp_path.iterdir()) == []


def test_text_that_is_no_utf_8_is_read_with_a_mark(desk: Path) -> None:
    """The row is not refused."""
    execute(desk, "UPDATE calls SET notes = CAST(x'e974e9' AS TEXT) WHERE id = 1")
    with closing(connect(desk)) as db:
        assert db.execute("SELECT notes FROM calls WHERE id = 1").fetchone() == ("\ufffdt\ufffd",)


def test_one_row_has_the_names_of_its_columns(desk: Path) -> None:
    """The first that is found; nothing stays locked."""
    with LoadsFile.open(desk) as file:
        assert file.one_row("SELECT id, load_id AS of FROM calls ORDER BY id") == {"id": 1, "of": "L1"}
        assert file.one_row("SELECT id FROM calls WHERE load_id = ? AND id > ?", ["L2", 1]) == {"id": 3}
        assert file.one_row("SELECT id FROM calls WHERE load_id = :load", {"load": "L2"}) == {"id": 3}
        assert file.one_row("SELECT id FROM calls WHERE id = 99") is None


def test_one_transaction_inside_another_is_a_slip_of_ours(desk: Path) -> None:
    """The outer one goes on, and is over at its end."""
    with LoadsFile.open(desk) as file:
        with file.one_transaction():
            with pytest.raises(RuntimeError, match="inside one transaction already"), file.one_transaction():
                pass
            with file.write() as db:
                db.execute("UPDATE calls SET notes = 'kept'")
            assert select(desk, "SELECT DISTINCT notes FROM calls") == [(None,)]
        assert not file.connection.in_transaction
        with file.write() as db:
            db.execute("UPDATE calls SET outcome = 'alone'")
    assert select(desk, "SELECT DISTINCT notes, outcome FROM calls") == [("kept", "alone")]


def test_one_transaction_that_was_undone_says_so(desk: Path) -> None:
    """By SQLite, on a full disk: what follows must not be taken for kept."""
    with LoadsFile.open(desk) as file:

        def undo_and_go_on() -> None:
            file.connection.rollback()
            file.read()

        for undo in (file.connection.rollback, undo_and_go_on):
            with pytest.raises(UnusableFileError) as refusal, file.one_transaction():
                undo()
            assert refusal.value.message == f"{str(desk)!r} could not be written"
            assert refusal.value.hint == "nothing of it is on record"


@pytest.mark.parametrize("how", ["write", "read", "one_transaction"])
def test_a_file_that_was_replaced_is_not_said_to_be_written(desk: Path, how: str) -> None:
    """SQLite would go on with the one that has no name any more."""
    with LoadsFile.open(desk) as file:
        assert file.is_in_place()
        shutil.copy(desk, desk.with_name("other.db"))
        desk.with_name("other.db").replace(desk)
        assert not file.is_in_place()
        with pytest.raises(UnusableFileError) as refusal, getattr(file, how)():
            file.connection.execute("SELECT 1")
        assert refusal.value.message == f"{str(desk)!r} was moved or replaced while it was open"
        assert refusal.value.hint == "open it again"
        desk.unlink()
        assert not file.is_in_place()


def test_a_file_stays_in_place_wherever_the_program_goes(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name was relative."""
    with LoadsFile.open(Path(desk.name)) as file:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert file.is_in_place()
