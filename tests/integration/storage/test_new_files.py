"""A new file: its name, who may read it, what stands in its way; and names for what is moved aside."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

import pytest

from negotiator.errors import BadInputError, FileExistsConflictError, FileMissingError, UnusableFileError
from negotiator.storage import atomic_file
from negotiator.storage.atomic_file import publish, real_path, replace, side_files, stamped, unfinished
from negotiator.storage.follower import SUFFIX


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    """Give a function that sets without which rights files are made, for one test."""
    before = os.umask(0o022)

    def set_it(mask: int) -> None:
        os.umask(mask)

    yield set_it
    os.umask(before)


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("mask", "rights"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664), (0o777, 0)])
def test_who_may_read_a_new_file_is_for_the_umask_to_say(
    tmp_path: Path, umask: Callable[[int], None], mask: int, rights: int
) -> None:
    """It is as it was afterwards, and one that is there keeps its own rights."""
    umask(mask)
    new, known = tmp_path / "new.md", tmp_path / "known.md"
    known.touch()
    known.chmod(0o640)
    replace(new, "text")
    replace(known, "text")
    assert (mode(new), mode(known)) == (rights, 0o640)
    assert os.umask(mask) == mask
    assert sorted(path.name for path in tmp_path.iterdir()) == ["known.md", "new.md"]


def test_an_unfinished_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    """It has a name of its own, and is gone afterwards with what SQLite put beside it."""
    with unfinished(tmp_path, ".x-") as one, unfinished(tmp_path, ".x-") as other:
        assert one != other
        assert {
            (len(path.name), path.name[:3], mode(path), path.stat().st_size) for path in (one, other)
        } == {(19, ".x-", 0o600, 0)}
        for path in side_files(one):
            path.touch()
        assert [path.name for path in side_files(one)] == [
            f"{one.name}-{end}" for end in ("journal", "wal", "shm")
        ]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    """A file is none either."""
    (tmp_path / "file").touch()
    for folder in (tmp_path / "none", tmp_path / "file"):
        with pytest.raises(FileMissingError) as refusal, unfinished(folder, ".x-"):
            pass
        assert (refusal.value.message, refusal.value.hint) == (
            f"there is no folder {str(folder)!r}",
            "make it first",
        )


def test_a_name_that_is_taken_stays_whose_it_is(tmp_path: Path) -> None:
    """Also one that a copy of Litestream's had."""
    new, known, followed = tmp_path / "new", tmp_path / "known", tmp_path / "followed"
    new.write_text("new")
    known.write_text("known")
    Path(f"{followed}{SUFFIX}").touch()
    for final, named in ((known, known), (followed, Path(f"{followed}{SUFFIX}"))):
        with pytest.raises(FileExistsConflictError) as refusal:
            publish(new, final)
        assert refusal.value.message == f"{str(named)!r} exists, and is left as it is"
        assert refusal.value.hint == "name another file, or move that one away"
    assert (known.read_text(), followed.exists()) == ("known", False)
    publish(new, tmp_path / "final")
    assert (tmp_path / "final").read_text() == "new"


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP, errno.EIO])
def test_a_disk_without_hard_links_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Anything else that fails is what it is."""

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    new, final = tmp_path / "new", tmp_path / "final"
    new.touch()
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises((UnusableFileError, OSError)) as refusal:
        publish(new, final)
    if code == errno.EIO:
        assert isinstance(refusal.value, OSError)
        assert refusal.value.errno == code
        return
    assert isinstance(refusal.value, UnusableFileError)
    assert refusal.value.message == f"{str(final)!r} can't be made: its file system has no hard links"
    assert refusal.value.hint == "use a folder on another disk"


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm", "-txid"])
def test_a_name_for_a_part_of_a_file_is_refused(tmp_path: Path, suffix: str) -> None:
    """Through a link too; the same within a name is a name."""
    name, link = tmp_path / f"x.db{suffix}", tmp_path / "link"
    link.symlink_to(name)
    for path in (name, link):
        with pytest.raises(BadInputError) as refusal:
            replace(path, "text")
        assert refusal.value.message == f"{str(path)!r} is a name for a part of an SQLite file"
        assert refusal.value.hint == "name a file that does not end like that"
        with pytest.raises(BadInputError):
            publish(path, path)
    replace(tmp_path / f"x{suffix}.md", "text")


def test_a_text_is_in_a_file_s_place_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails leaves what was there, and nothing beside it."""
    known = tmp_path / "known.md"
    known.write_text("old")

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "its own words")

    monkeypatch.setattr(os, "fsync", refuse)
    for path in (known, tmp_path / "new.md"):
        with pytest.raises(OSError, match="its own words"):
            replace(path, "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("known.md", "old")]


def test_what_is_written_in_a_file_s_place_goes_through_links_and_into_devices(tmp_path: Path) -> None:
    """A link stays one; what no UTF-8 can hold is escaped."""
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "file").write_text("old")
    replace(tmp_path / "link", "caf\xe9 \udce9")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text(encoding="utf-8") == "caf\xe9 \\udce9"
    device = tmp_path / "null"
    device.symlink_to(os.devnull)
    replace(device, "text")
    assert device.is_char_device()


def test_a_ring_of_links_is_no_endless_way(tmp_path: Path) -> None:
    """It is a name like any other."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    assert real_path(one) in {one, other}


def test_names_of_what_is_kept_carry_the_time_in_utc() -> None:
    """And a number, once the first is taken."""
    moment = datetime(2025, 9, 1, 14, 5, 9, tzinfo=timezone(timedelta(hours=2)))
    first = "x.db.damaged.20250901_120509"
    names = list(islice(stamped(Path("x.db"), "damaged", moment), 4))
    assert names == [Path(first), *(Path(f"{first}_{number}") for number in (2, 3, 4))]
    assert list(islice(stamped(Path("x.db"), "backup", moment.astimezone(UTC)), 1)) == [
        Path("x.db.backup.20250901_120509")
    ]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EIO])
def test_a_folder_that_no_system_syncs_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """One whose disk fails does not."""

    def refuse(_descriptor: int) -> None:
        raise OSError(code, "its own words")

    monkeypatch.setattr(os, "fsync", refuse)
    if code == errno.EIO:
        with pytest.raises(OSError, match="its own words"):
            atomic_file.sync_folder(tmp_path)
    else:
        atomic_file.sync_folder(tmp_path)


@pytest.mark.parametrize("refused", ["user", "group", "both", "neither"])
def test_a_new_file_takes_after_another_as_far_as_the_system_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """Its mode in any case; each of its owner and its group by itself."""
    given: list[tuple[int, int]] = []

    def chown(_path: Path, user: int, group: int) -> None:
        if refused == "both" or (refused == "user" and user != -1) or (refused == "group" and group != -1):
            raise PermissionError
        given.append((user, group))

    monkeypatch.setattr(os, "chown", chown)
    known, new = tmp_path / "known", tmp_path / "new"
    known.touch()
    known.chmod(0o604)
    new.touch()
    status = known.stat()
    atomic_file.take_after(new, status)
    expected = {"group": [(-1, status.st_gid)], "user": [(status.st_uid, -1)]}
    expected = {
        "user": expected["group"],
        "group": expected["user"],
        "both": [],
        "neither": [*expected["group"], *expected["user"]],
    }
    assert (given, mode(new)) == (expected[refused], 0o604)
