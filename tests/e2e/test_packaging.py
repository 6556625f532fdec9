"""The wheel: what somebody has who installs it and has no source."""

import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

import negotiator
from tests.conftest import ROOT
from tests.documentation import GUIDE


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """Build the wheel as pip does, without the network."""
    pytest.importorskip("hatchling", reason="it comes with the extra `test`: install that again")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.iterdir()
    assert built.name == f"freight_negotiator-{negotiator.__version__}-py3-none-any.whl"
    with ZipFile(built) as opened:
        yield opened


def metadata(wheel: ZipFile) -> Message:
    """Return what the wheel says of itself."""
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return message_from_bytes(wheel.read(name))


def test_the_wheel_holds_the_guide_the_package_and_the_script(wheel: ZipFile) -> None:
    """Every file of the package; the script goes beside the command."""
    names = set(wheel.namelist())
    package = ROOT / "negotiator"
    sources = [path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert {str(path.relative_to(ROOT)) for path in sources} <= names
    assert {f"negotiator/guide/{page.name}" for page in GUIDE.glob("*.md")} <= names
    script = f"freight_negotiator-{negotiator.__version__}.data/scripts/migrate_add_session_id.sh"
    assert wheel.read(script) == Path(ROOT / "migrate_add_session_id.sh").read_bytes()


def test_the_wheel_says_its_name_its_version_and_its_pythons(wheel: ZipFile) -> None:
    """The version is that of the package."""
    about = metadata(wheel)
    assert (about["Name"], about["Version"]) == ("freight-negotiator", negotiator.__version__)
    named = {line.rpartition(" ")[2] for line in about.get_all("Classifier") or [] if "Python :: 3." in line}
    assert named == {"3.11", "3.12", "3.13"}
