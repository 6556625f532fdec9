"""Properties over generated examples: the ordinary run tries the same ones each time, this run others."""

import random
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.soak
def test_properties_hold_for_examples_of_another_seed() -> None:
    """The seed is said, so that what was found can be found again."""
    seed = random.SystemRandom().randrange(2**32)
    options = [
        "--no-cov",
        "-m",
        "hypothesis",
        "--hypothesis-profile=drawn",
        f"--hypothesis-seed={seed}",
    ]
    command = [sys.executable, "-m", "pytest", "tests/unit", "tests/integration", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    sys.stdout.write(f"--hypothesis-seed={seed}\n")  # pytest shows it with a failure, and with -s
    assert "hypothesis profile 'drawn'" in done.stdout  # else the same examples as in every run
    assert done.returncode == 0, done.stdout[-5000:]
