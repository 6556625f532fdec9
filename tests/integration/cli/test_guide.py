"""`negotiator help`: the topics, and a page of the guide."""

import pytest

from negotiator.output.guide import topics
from tests.conftest import run
from tests.documentation import read


def test_without_a_topic_the_commands_and_the_topics_are_listed() -> None:
    """The commands as they stand when there is no command; the topics with a line each, on 80 columns."""
    shown = run("help")
    assert (shown.exit_code, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[: len(run().stdout.splitlines())] == run().stdout.splitlines()
    assert [line.split(maxsplit=1) for line in lines[-len(topics()) :]] == [
        [topic, about] for topic, about in topics().items()
    ]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("topic", topics())
def test_a_page_in_a_pipe_is_its_text(topic: str) -> None:
    """As Markdown, for a pager or a file."""
    shown = run("help", topic)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout == read(topic)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("fone", "did you mean `negotiator help phone`? "),
        ("LOADS", "did you mean `negotiator help loads`? "),
        ("call", "did you mean `negotiator call --help` or `negotiator help calls`? "),
        ("validate-id", "did you mean `negotiator validate-id --help`? "),
        ("index", ""),
        ("../README", ""),
        ("", ""),
    ],
)
def test_an_unknown_topic_is_answered_with_those_that_there_are(word: str, meant: str) -> None:
    """And with what is like it; a command has help of its own."""
    result = run("help", word)
    assert (result.exit_code, result.stdout) == (2, "")
    listed = ", ".join(topics())
    assert result.stderr == f"Error: no such topic: {word!r}. Hint: {meant}The topics are {listed}.\n"
