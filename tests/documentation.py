"""The README and the guide as programs: ``python -m tests.documentation`` writes their transcripts anew."""

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, SCRIPT

GUIDE = ROOT / "negotiator" / "guide"
README = ROOT / "README.md"
PAGES = [README, *sorted(GUIDE.glob("*.md"))]
ENVIRONMENT = os.environ | {"PATH": f"{SCRIPT.parent}:{os.environ['PATH']}", "COLUMNS": "200", "TZ": "UTC"}
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CRON_LINE = re.compile(r"(?:[\d*/,-]+ +){5}(.*)")


@dataclass(frozen=True)
class Block:
    """A fenced block: the page it is on, its language, and its text."""

    page: Path
    language: str
    text: str

    def __str__(self) -> str:
        """Return the page and the first line, to find it by."""
        return f"{self.page.name}: {self.text.splitlines()[0]}"


def read(page: Path | str) -> str:
    """Return the text of a page; one of the guide can be named by its topic."""
    return (page if isinstance(page, Path) else GUIDE / f"{page}.md").read_text(encoding="utf-8")


def blocks(*languages: str, page: Path | str | None = None) -> list[Block]:
    """Return the blocks of these languages, or of all, on one page or on all."""
    chosen = PAGES if page is None else [page if isinstance(page, Path) else GUIDE / f"{page}.md"]
    found = [Block(one, *match) for one in chosen for match in _BLOCK.findall(read(one))]
    return [block for block in found if not languages or block.language in languages]


def steady(text: str) -> str:
    """Put the documentation's own IDs and times where a run has new ones."""
    text = re.sub(r"sess_\d{14}_[a-z0-9]{6}", "sess_20250820224530_abc123", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "2025-08-20T22:45:30.000000Z", text)
    return re.sub(
        r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?",
        lambda found: "2025-08-20 22:45" + (":30" if found[1] else ""),
        text,
    )


def shell(script: str, folder: Path, program: str = "sh") -> subprocess.CompletedProcess[str]:
    """Run a script that ends at the first command that fails."""
    return subprocess.run(
        [program, "-euc", script], capture_output=True, text=True, check=False, env=ENVIRONMENT, cwd=folder
    )


def replay(transcript: str, folder: Path) -> str:
    """Run the commands of a transcript in one shell, in this empty folder, and return what they make of it.

    They find the sample there, unless they make it themselves.
    """
    commands = re.findall(r"^\$ (.*)$", transcript, re.MULTILINE)
    if "negotiator init --sample" not in commands:
        shell("negotiator init --sample", folder)
    lines = [f"printf '%s\\n' {shlex.quote('$ ' + command)}\n{command}" for command in commands]
    return steady(shell("set +e; exec 2>&1\n" + "\n".join(lines), folder).stdout)


def scheduled(block: Block, folder: Path) -> list[str]:
    """Return the commands that a crontab or a systemd unit runs, with this folder for ``/srv/desk``."""
    lines = [line for line in block.text.splitlines() if not line.startswith("PATH=")]
    settings = [line for line in lines if re.match(r"[A-Z_]+=", line)]
    settings += [line.removeprefix("Environment=") for line in lines if line.startswith("Environment=")]
    commands = [match[1].replace("\\%", "%") for line in lines if (match := _CRON_LINE.fullmatch(line))]
    commands += [line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart=")]
    return [
        " ".join([*settings, "export NEGOTIATOR_DB;", command])
        .replace("/srv/desk/.venv/bin/", "")
        .replace("/srv/desk", str(folder))
        for command in commands
    ]


def rewritten(text: str, replayed: Callable[[str], str]) -> str:
    """Return a page with its transcripts as they are printed now."""
    return _BLOCK.sub(
        lambda match: f"```console\n{replayed(match[2])}```" if match[1] == "console" else match[0], text
    )


def _replay_in_a_new_folder(transcript: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return replay(transcript, Path(folder))


def main() -> None:
    """Write all transcripts anew."""
    for page in PAGES:
        page.write_text(rewritten(read(page), _replay_in_a_new_folder), encoding="utf-8")


if __name__ == "__main__":
    main()
