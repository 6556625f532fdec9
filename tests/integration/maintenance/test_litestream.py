"""What `check` says of what Litestream has left in a file and beside it."""

from pathlib import Path

import pytest

from tests.conftest import data, execute, select

TABLES = (
    "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
    "CREATE TABLE _litestream_lock (id INTEGER)",
)


def found(path: Path) -> list[tuple[str, str]]:
    """Return what is said of Litestream, and how much it weighs."""
    return [(item["result"], item["detail"]) for item in data("check", path) if item["check"] == "litestream"]


def folder_of(path: Path) -> Path:
    """Make what Litestream keeps beside a file: changes, of which the last is number 26."""
    folder = path.with_name(f".{path.name}-litestream")
    changes = folder / "ltx" / "0"
    changes.mkdir(parents=True)
    for last in ("0000000000000001-0000000000000009", "000000000000000a-000000000000001a"):
        (changes / f"{last}.ltx").touch()
    return folder


def test_nothing_is_said_of_a_file_that_it_never_saw(desk: Path) -> None:
    """Most desks have one machine."""
    assert found(desk) == []


@pytest.mark.parametrize(
    ("mode", "tables", "result", "said"),
    [
        ("wal", TABLES, "ok", ", and its tables are in it"),
        (
            "delete",
            TABLES,
            "note",
            ", which is in rollback mode: nothing is copied before WAL mode",
        ),
        (
            "wal",
            (),
            "note",
            ", and no table _litestream_lock, _litestream_seq in it: start it again",
        ),
        ("wal", TABLES[:1], "note", ", and no table _litestream_lock in it: start it again"),
    ],
)
def test_a_file_that_is_replicated(
    desk: Path, mode: str, tables: tuple[str, ...], result: str, said: str
) -> None:
    """Its folder, how far that has come, and what keeps it from going on."""
    folder_of(desk)
    execute(desk, *tables)
    select(desk, f"PRAGMA journal_mode = {mode}")
    beside = "its folder .loads.db-litestream is beside the file (transaction 26)"
    assert found(desk) == [(result, beside + said)]


@pytest.mark.parametrize("names", [(), ("0000000000000001-00000000000000xy.ltx",), ("1-2.txt",)])
def test_a_folder_that_does_not_say_how_far_it_is(desk: Path, names: tuple[str, ...]) -> None:
    """Nothing is made up."""
    changes = desk.with_name(".loads.db-litestream") / "ltx" / "0"
    changes.mkdir(parents=True)
    for name in names:
        (changes / name).touch()
    execute(desk, *TABLES)
    detail = "its folder .loads.db-litestream is beside the file, and its tables are in it"
    assert found(desk) == [("ok", detail)]


@pytest.mark.parametrize(
    ("mark", "at"),
    [("00000000000003e8", " (transaction 1,000)"), ("", ""), ("no number", ""), ("é", "")],
)
def test_a_copy_that_is_kept_up_to_date(desk: Path, mark: str, at: str) -> None:
    """It says how far it is, as far as its mark does, and nothing else of Litestream."""
    execute(desk, *TABLES)
    folder_of(desk)
    desk.with_name("loads.db-txid").write_text(mark)
    detail = f"a copy that Litestream keeps up to date{at}: it can be read, and is not to be written"
    assert found(desk) == [("note", detail)]


def test_a_file_that_was_replicated(desk: Path) -> None:
    """Such as one that was restored: the tables are a part of it."""
    execute(desk, *TABLES)
    assert found(desk) == [
        (
            "note",
            (
                "its tables (_litestream_lock, _litestream_seq) are in the file, and no folder .loads.db-litestream"
                " beside it: a copy that was restored, or a file that is replicated no more"
            ),
        )
    ]


def test_the_folder_is_beside_the_file_or_its_link(desk: Path) -> None:
    """Litestream takes the name that it is given."""
    execute(desk, *TABLES)
    link = desk.with_name("link.db")
    link.symlink_to(desk)
    folder_of(link)
    assert [weight for weight, _ in found(link)] == ["ok"]
    assert [weight for weight, _ in found(desk)] == ["note"]
