"""The server against its own OpenAPI document: thousands of generated requests, by schemathesis."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import run
from tests.e2e.test_specification import KEY, serving

_BESIDE = Path(sys.executable).parent / "schemathesis"


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_server_does_what_its_document_says(tmp_path: Path) -> None:
    """No 500, no undocumented answer, nothing taken that is not described, nobody let in without the key."""
    program = str(_BESIDE) if _BESIDE.exists() else shutil.which("schemathesis")
    if program is None:
        pytest.skip("schemathesis is not installed: it is heavy, and no part of the test extra")
    run("init", tmp_path / "loads.db", "--sample")
    with serving(tmp_path / "loads.db", NEGOTIATOR_API_KEY=KEY) as address:
        # The document does not say that an ask may be far from the posted rate, or a date before another.
        checked = [program, "run", f"{address}/openapi.json", "-H", f"X-API-Key: {KEY}", "--no-color"]
        done = subprocess.run(
            [*checked, "--max-examples", "200", "--exclude-checks", "positive_data_acceptance"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stdout
