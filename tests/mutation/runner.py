"""Runs tests in children of a process that has imported what they need: it saves half of a short run.

A line of standard input is a request, a line of standard output its answer, both JSON.
"""

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

import pytest

NEEDED = [
    "hypothesis",
    "numpy",
    "rich.console",
    "sqlite_utils",
    "starlette.applications",
    "typer.testing",
    "uvicorn",
]
"""What many tests import and no change touches."""
OPTIONS = [
    *("-x", "-q", "--no-cov", "--no-header", "--tb=no", "-rfE", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *(
        "--override-ini=addopts=",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ),  # what is imported already
]
_PAUSE_SECONDS = 0.01


def main() -> None:
    """Import what is needed, then run what is asked for, one request after the other."""
    for name in NEEDED:
        __import__(name)
    for line in sys.stdin:
        request = json.loads(line)
        tree, said = Path(request["tree"]), Path(f"{request['tree']}.said")
        child = os.fork()
        if not child:
            _run(tree, said, request["tests"])
        code = _waited_for(child, request["seconds"])
        print(json.dumps({"code": code, "said": said.read_text(errors="replace")}), flush=True)  # noqa: T201 - its answer


def _run(tree: Path, said: Path, tests: list[str]) -> None:
    """Run tests of a copy of the code, and end."""
    os.setsid()
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    sys.path[0] = str(tree)
    code = 1
    try:
        code = int(pytest.main([*OPTIONS, f"--basetemp={tree}.tmp", *tests]))
    except BaseException:  # noqa: BLE001 - it is told, and no child goes on as its parent
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _waited_for(child: int, seconds: float) -> int | None:
    """Return how a child ended, ``None`` for one that took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(_PAUSE_SECONDS)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


if __name__ == "__main__":
    main()
