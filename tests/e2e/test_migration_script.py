"""migrate_add_session_id.sh: `negotiator migrate`, for those who know it by that name."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SCRIPT

SOURCE = ROOT / "migrate_add_session_id.sh"
SYSTEM = "/usr/bin:/bin"
PROGRAM = f"{SCRIPT.parent}:{SYSTEM}"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Give a copy of the script, with nothing beside it."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    return Path(shutil.copy(SOURCE, folder))


def execute(script: Path, *arguments: object, path: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the script with this PATH, from this folder."""
    command = ["/bin/sh", str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env={"PATH": path})


def test_it_migrates_from_any_folder_and_a_second_run_changes_nothing(copied: Path, unmigrated: Path) -> None:
    """FILE is relative to where one is."""
    assert execute(copied, "old.db", path=PROGRAM, cwd=unmigrated.parent).returncode == 0
    before = unmigrated.read_bytes()
    again = execute(copied, unmigrated, path=PROGRAM, cwd=Path("/"))
    assert again.returncode == 0
    assert "Nothing to do" in again.stderr
    assert unmigrated.read_bytes() == before


@pytest.mark.parametrize("place", ["negotiator", ".venv/bin/negotiator"])
def test_the_program_beside_it_comes_before_one_on_the_path(
    copied: Path, unmigrated: Path, tmp_path: Path, place: str
) -> None:
    """Another project's program may have the same name."""
    ours = copied.parent / place
    ours.parent.mkdir(parents=True, exist_ok=True)
    ours.symlink_to(SCRIPT)
    other = tmp_path / "bin" / "negotiator"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\nexit 9\n")
    other.chmod(0o755)
    result = execute(copied, unmigrated, path=f"{other.parent}:{SYSTEM}", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "m001_add_session_id" in result.stdout


def test_the_source_beside_it_is_not_taken_for_the_program(copied: Path, unmigrated: Path) -> None:
    """A folder of that name."""
    (copied.parent / "negotiator").mkdir()
    assert execute(copied, unmigrated, path=PROGRAM, cwd=copied.parent).returncode == 0


def test_it_finds_python_m_negotiator_and_defaults_to_loads_db(
    copied: Path, unmigrated: Path, tmp_path: Path
) -> None:
    """In an environment that has no console script."""
    unmigrated.rename(tmp_path / "loads.db")
    binaries = tmp_path / "bin"
    binaries.mkdir()
    (binaries / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (binaries / "python3").chmod(0o755)
    result = execute(copied, path=f"{binaries}:{SYSTEM}", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "m001_add_session_id" in result.stdout


def test_it_passes_the_exit_code_on(copied: Path, tmp_path: Path) -> None:
    """Three: no such file."""
    assert execute(copied, path=PROGRAM, cwd=tmp_path).returncode == 3


def test_it_says_what_to_do_when_nothing_is_installed(copied: Path, tmp_path: Path) -> None:
    """One sentence."""
    empty = tmp_path / "bin"
    empty.mkdir()
    result = execute(copied, path=str(empty), cwd=tmp_path)
    assert result.returncode == 127
    assert "pip install" in result.stderr


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_it_is_clean() -> None:
    """By shellcheck's account."""
    subprocess.run(["shellcheck", SOURCE], check=True)
