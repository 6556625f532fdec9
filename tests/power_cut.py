"""What a power cut leaves of what was said: ``unshare -m python -m tests.power_cut FOLDER MODE``.

A file system of its own, on an image in FOLDER, is written by one command after another. Each time the command has
ended, the image is copied as it is: that is what a disk holds when the power goes at that moment. The copy is mounted,
and what it holds is compared with what the command left. Prints a JSON line for each command. Needs root, and a mount
namespace, so that nothing of this is seen outside or stays behind.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import OLD_ROWS, OLD_SCHEMA, SCRIPT, contents, execute, select

NO_MOUNT = 77
"""The exit code when no file system can be mounted here."""
COMMANDS = (
    "init new.db --sample",
    "negotiate 1 2300 --db new.db",
    "batch asks.jsonl --commit-every 2 --db new.db",
    "call start --load LD005 --carrier MC1 --db new.db",
    "call end 2 --outcome rejected --db new.db",
    "session start --call 3 --db new.db",
    "load import loads.csv --db new.db",
    "backup new.db --to copy.db",
    "restore copy.db new.db",
    "restore copy.db made.db",
    "migrate old.db",
    "report --db new.db --format md --output report.md",
)
LOADS = """load_id,origin,destination,pickup,delivery,equipment,rate
N1,Reno NV,Boise ID,2030-01-01 08:00,2030-01-02 08:00,Van,1000
"""


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """Mount an image for the length of a block; exit with NO_MOUNT where that is not possible."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-o", "loop", image, place], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
        sys.exit(NO_MOUNT)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def main(folder: Path, mode: str) -> None:
    """Run each command on a file in this journal mode, and tell which files did not survive it."""
    disk, cut = folder / "disk.img", folder / "cut.img"
    with disk.open("wb") as image:
        image.truncate(32 * 2**20)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True)
    with mounted(disk, folder / "disk") as here:
        (here / "loads.csv").write_text(LOADS)
        (here / "asks.jsonl").write_text(
            '{"call_id": 1, "carrier_offer": 1360}\n{"call_id": 3, "carrier_offer": 2300}\n'
        )
        execute(here / "old.db", *filter(str.strip, (OLD_SCHEMA + OLD_ROWS).split(";")))
        for command in COMMANDS:
            subprocess.run(["sync", "-f", here], check=True)
            done = subprocess.run(
                [SCRIPT, *command.split()], cwd=here, capture_output=True, text=True, check=False
            )
            shutil.copyfile(disk, cut)
            with mounted(cut, folder / "cut") as after:
                lost = [path.name for path in files(here) if not is_there(path, after / path.name)]
            sys.stdout.write(
                json.dumps({"command": command, "exit": done.returncode, "err": done.stderr, "lost": lost})
                + "\n"
            )
            for path in here.glob("*.db"):
                select(path, f"PRAGMA journal_mode = {mode}")


def files(folder: Path) -> list[Path]:
    """Return what a command may have made, side files and what `mkfs` made aside."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    ]


def is_there(path: Path, after: Path) -> bool:
    """Return whether a file is there after the power cut, with all that it holds."""
    if not after.exists():
        return False
    with path.open("rb") as stream:
        is_database = stream.read(6) == b"SQLite"
    return contents(after) == contents(path) if is_database else after.read_bytes() == path.read_bytes()


if __name__ == "__main__":
    os.environ.pop("NEGOTIATOR_DB", None)
    main(Path(sys.argv[1]), sys.argv[2])
