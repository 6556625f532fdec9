"""A picture of a negotiation: asks and counters closing in on each other, round by round."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from shutil import get_terminal_size

from rich.console import Group
from rich.text import Text

from negotiator.negotiation.responses import outcome
from negotiator.negotiation.thread import Round
from negotiator.output.streams import is_terminal
from negotiator.output.terminal import show
from negotiator.policy.decide import Decision
from negotiator.values.cells import word_from
from negotiator.values.money import dollars

_WIDEST, _PIPE_WIDTH = 120, 80  # columns: wider, the eye loses the line
_NARROWEST = 10  # columns between the labels
# ASCII alone: the picture is the same in any locale, in a pipe, in a mail.
_ASK, _COUNTER, _ACCEPTED, _GAP = "*", "o", "@", "-"
_STYLES = {_ASK: "yellow", _COUNTER: "cyan", _ACCEPTED: "bold green", _GAP: "dim"}


@dataclass(frozen=True)
class _Scale:
    """Which column an amount has: the least is in the first, the most in the last of ``width``."""

    least: Decimal
    most: Decimal
    width: int

    def column(self, amount: Decimal) -> int:
        """Return the column, from 0; the middle one when all amounts are equal."""
        if self.least == self.most:
            return self.width // 2
        return round((amount - self.least) / (self.most - self.least) * (self.width - 1))


def print_chart(rounds: Sequence[Round]) -> None:
    """Draw one line for each round: the answer, both amounts on one scale (US dollars), and the ask."""
    numbers = ["Round", *(str(done.round_number or "") for done in rounds)]
    answers = ["Answer", *map(_answer, rounds)]
    asks = ["Ask", *("" if done.carrier_offer is None else dollars(done.carrier_offer) for done in rounds)]
    number, answer, ask = (max(map(len, column)) for column in (numbers, answers, asks))
    scale = _scale(
        rounds, max(_width() - number - answer - ask - 6, _NARROWEST)
    )  # two spaces between columns
    plots = [_axis(scale), *(_plot(done, scale) for done in rounds)]
    lines = [
        Text.assemble(f"{numbers[i]:>{number}}  {answers[i]:>{answer}}  ", plot, f"  {asks[i]:>{ask}}")
        for i, plot in enumerate(plots)
    ]
    show(Group(*lines, Text(), _legend()))


def _width() -> int:
    """Return the width of the whole picture, columns."""
    return min(get_terminal_size().columns, _WIDEST) if is_terminal(sys.stdout) else _PIPE_WIDTH


def _answer(done: Round) -> str:
    if done.counter is not None:
        return dollars(done.counter)
    if done.decision is not None:
        return outcome(done.decision)
    return (word_from(done.system_response) or "") if done.takes_back else "no decision"


def _scale(rounds: Sequence[Round], width: int) -> _Scale:
    found = [amount for done in rounds for amount in (done.carrier_offer, done.counter) if amount is not None]
    return _Scale(min(found, default=Decimal(0)), max(found, default=Decimal(0)), width)


def _axis(scale: _Scale) -> Text:
    """Return the amounts at both ends of the scale, where they differ and there is room for them."""
    least, most = dollars(scale.least), dollars(scale.most)
    room = scale.width - len(least) - len(most)
    if least == most or room < 1:
        return Text(" " * scale.width)
    return Text(f"{least}{' ' * room}{most}", style="dim")


def _plot(done: Round, scale: _Scale) -> Text:
    """Return the marks of one round: the counter, the ask, and the gap that is left between them."""
    cells = [" "] * scale.width
    ask, counter = done.carrier_offer, done.counter
    if ask is not None and counter is not None:
        first, last = sorted((scale.column(ask), scale.column(counter)))
        cells[first:last] = _GAP * (last - first)
    if counter is not None:
        cells[scale.column(counter)] = _COUNTER
    if ask is not None:
        cells[scale.column(ask)] = _ACCEPTED if done.decision is Decision.ACCEPTED else _ASK
    return Text.assemble(*((cell, _STYLES.get(cell, "")) for cell in cells))


def _legend() -> Text:
    words = {_COUNTER: "counter", _ASK: "ask", _ACCEPTED: "accepted ask", _GAP * 3: "what lies between"}
    parts = [part for mark, word in words.items() for part in ((mark, _STYLES[mark[0]]), f" {word}   ")]
    return Text.assemble(*parts)
