"""``negotiator batch``."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from negotiator.cli import hints, options
from negotiator.cli.groups import Commands, examples
from negotiator.cli.notices import say_notices
from negotiator.cli.usage import UsageError
from negotiator.errors import AsksFailedError, InvalidAskError, NegotiatorError
from negotiator.negotiation.models import Answer
from negotiator.output import printing
from negotiator.output.formats import Format
from negotiator.output.rounds import answer_data, notice_facts
from negotiator.output.streams import is_terminal
from negotiator.progress import Progress, silent
from negotiator.storage.source import STDIN, is_same_file, opened, size_of

if TYPE_CHECKING:
    from negotiator.cli.far import Reply

EXAMPLES = examples(
    "negotiator batch asks.jsonl --commit-every 1000 > answers.jsonl",
    'echo \'{"call_id": 2, "carrier_offer": 2300}\' | negotiator batch',
)

app = Commands()


@app.command("batch", epilog=EXAMPLES)
def batch(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Asks as JSON lines; - or nothing is standard input.",
            metavar="[FILE]",
            show_default=False,
            readable=False,
        ),
    ] = None,
    commit_every: Annotated[
        int,
        typer.Option(
            "--commit-every",
            min=1,
            max=10_000,
            help="Commit N asks at a time, then print their answers. FILE is no pipe then.",
            metavar="N",
        ),
    ] = 1,
    db: options.Database = options.DEFAULT_DATABASE,
    form: options.Form = None,
    as_json: options.Json = False,
) -> None:
    """Print a line of JSON for each, in the same order.

    A line is an object with call_id and carrier_offer, and as needed session_id, notes, request_id, ceiling,
    allow_outlier and allow_carrier (why). Its answer is printed when it is on record. In the place of a line
    that fails stands an object with error and line (its number), and the rest go on; the first failure's
    code is the exit code.

    An ask with a request_id that is on record gets its answer again and adds no round: after a crash, send
    the whole file again. A pipe may stay open: each line is answered at once.
    """
    options.chosen(form, as_json)
    if form in {Format.TABLE, Format.CSV}:
        raise UsageError(f"--format {form} cannot be used here", "the answers are lines of JSON")
    if file is None and is_terminal(sys.stdin):
        raise UsageError("there are no asks to read", "name a file, or pipe JSON lines in")
    options.warn_of_unknown_settings()
    options.collect_garbage()
    tally = _Tally()
    with opened(file or STDIN, InvalidAskError) as stream:
        _refuse_unusable(stream, commit_every)
        # A bar among the answers on one terminal would be in their way.
        drawn = nullcontext(silent) if is_terminal(sys.stdout) else printing.progress()
        with drawn as progress:
            groups = _far if os.environ.get("NEGOTIATOR_URL") else _here
            for group in groups(stream, progress, db, commit_every):
                printing.records([_shown(number, reply) for number, reply in group])
                tally.count(group)
    tally.end()


def _here(
    stream: BinaryIO, progress: Progress, db: Path, commit_every: int
) -> "Iterator[list[tuple[int, Reply]]]":
    from negotiator.negotiation.ask_lines import lines_of
    from negotiator.negotiation.batch import replies
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile

    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file:
        with file.read() as connection:
            options.warn_of_overruled_settings(source.desk_terms(connection).version)
        for group in replies(file, lines_of(stream, progress), source, commit_every=commit_every):
            yield [(number, _reply(reply)) for number, reply in group]


def _far(
    stream: BinaryIO, progress: Progress, _db: Path, commit_every: int
) -> "Iterator[list[tuple[int, Reply]]]":
    from negotiator.cli import far
    from negotiator.negotiation.ask_lines import asks_of

    return far.batch(asks_of(stream, progress), commit_every)


def _reply(reply: Answer | NegotiatorError) -> "Reply":
    """Return an answer as a server would send it."""
    if isinstance(reply, NegotiatorError):
        return reply
    return {"answer": answer_data(reply), "notices": notice_facts(reply)}


def _refuse_unusable(stream: BinaryIO, commit_every: int) -> None:
    """Raise UsageError for asks that can't be committed in groups, or that would never end."""
    if commit_every > 1 and size_of(stream) is None:
        hint = "leave it out: while a pipe is waited for, the file must not be locked"
        raise UsageError("--commit-every needs a regular file", hint)
    if is_same_file(stream, sys.stdout):
        raise UsageError("the answers would be written to the file of asks", "write them to another file")


class _Tally:
    """How many asks there were, how many failed, and the first that did."""

    def __init__(self) -> None:
        self.asks = self.failures = self.exit_code = 0
        self.first = ""

    def count(self, group: "Sequence[tuple[int, Reply]]") -> None:
        """Count these, and say what an operator should know besides."""
        self.asks += len(group)
        for number, reply in group:
            if isinstance(reply, NegotiatorError):
                self.failures += 1
                self.exit_code = self.exit_code or reply.exit_code
                self.first = self.first or f"line {number}: {reply.message}"
            else:
                say_notices(reply["notices"], line=number)

    def end(self) -> None:
        """Raise AsksFailedError if any did."""
        if self.failures:
            raise AsksFailedError(
                f"{self.failures} of {self.asks} asks failed, first {self.first}", self.exit_code
            )


def _shown(number: int, reply: "Reply") -> Mapping[str, object]:
    if isinstance(reply, NegotiatorError):
        return {"error": hints.error_data(reply), "line": number}
    answer: Mapping[str, object] = reply["answer"]
    return answer
