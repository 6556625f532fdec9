"""The guide: which topics it has, and a page as a terminal or a pipe shows it."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from negotiator.output.streams import is_terminal, write

_FOLDER = Path(__file__).parent.parent / "guide"
_TOPIC = re.compile(r"^- \[(\w+)\]\(\1\.md\): (.*)$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\((\w+)\.md\)")
_WIDEST = 100  # columns: wider, the eye loses the line


def topics() -> dict[str, str]:
    """Return the topics in the order of the index, each with a line about it."""
    return dict(_TOPIC.findall(_read("index")))


def print_page(topic: str, typed: Callable[[str], str]) -> None:
    """Print the page about one of the topics: as it is in a pipe, laid out on a terminal.

    Nobody follows a link there: in its place stands what is ``typed`` to read that page.
    """
    page = _read(topic)
    if not is_terminal(sys.stdout):
        write(page.removesuffix("\n"))
        return
    from rich.constrain import Constrain  # noqa: PLC0415 - rich is loaded only to draw
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    from negotiator.output.terminal import show  # noqa: PLC0415 - as above

    def without_link(link: re.Match[str]) -> str:
        words, page = link.groups()
        return f"`{typed(page)}`" if words == page else f"{words} (`{typed(page)}`)"

    show(Constrain(Markdown(_LINK.sub(without_link, page), code_theme="ansi_dark"), _WIDEST))


def _read(page: str) -> str:
    return (_FOLDER / f"{page}.md").read_text(encoding="utf-8")
