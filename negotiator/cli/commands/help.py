"""``negotiator help``."""

from difflib import get_close_matches
from typing import Annotated, Any

import typer

from negotiator.cli import lazy
from negotiator.cli.groups import Commands, examples
from negotiator.cli.usage import UsageError
from negotiator.output import guide, printing

app = Commands()


def _offers(incomplete: str) -> list[tuple[str, str]]:
    return [(topic, about) for topic, about in guide.topics().items() if topic.startswith(incomplete)]


@app.command("help", epilog=examples("negotiator help phone"))
def help_(
    context: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(help="A page of the guide.", metavar="[TOPIC]", autocompletion=_offers),
    ] = None,
) -> None:
    """Without a topic, list the commands and the topics."""
    topics = guide.topics()
    if topic is None:
        root: Any = context.find_root().command
        printing.lines([root.overview(context.find_root()), "", *_listed(topics)])
    elif topic in topics:
        guide.print_page(topic, _typed)
    else:
        raise UsageError(f"no such topic: {topic!r}", _instead_of(topic, list(topics)))


def _typed(topic: str) -> str:
    return f"negotiator help {topic}"


def _listed(topics: dict[str, str]) -> list[str]:
    width = max(map(len, topics))
    about = [f"  {topic:{width}}  {about}" for topic, about in topics.items()]
    return ["Topics, each a page that `negotiator help TOPIC` prints:", *about]


def _instead_of(word: str, topics: list[str]) -> str:
    meant = [f"`negotiator {name} --help`" for name in lazy.commands() if name == word]
    meant += [f"`{_typed(topic)}`" for topic in get_close_matches(word.lower(), topics, n=2)]
    question = f"did you mean {' or '.join(meant)}? " if meant else ""
    return f"{question}The topics are {', '.join(topics)}"
