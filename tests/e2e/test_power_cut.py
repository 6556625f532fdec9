"""The power goes right after an answer: what was printed is in the file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.power_cut import COMMANDS, NO_MOUNT


@pytest.mark.soak
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_what_was_printed_survives_a_power_cut(tmp_path: Path, mode: str) -> None:
    """On ext4, after each writing command, in both journal modes."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "mkfs.ext4", "mount"))):
        pytest.skip("only root can mount a disk image, and needs unshare and mkfs.ext4")
    command = ["unshare", "-m", sys.executable, "-m", "tests.power_cut", str(tmp_path), mode]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == NO_MOUNT:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["command"], line["exit"], line["lost"]) for line in told] == [
        (name, 0, []) for name in COMMANDS
    ], told
