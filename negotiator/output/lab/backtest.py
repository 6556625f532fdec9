"""How a backtest is printed: first what the record cannot say, then what it can."""

from negotiator.lab.backtest import Backtest
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column

_COLUMNS = {
    "round": Column("Round", right=True),
    "compared": Column("Asks", right=True),
    "same": Column("Same", right=True),
    "higher_counter": Column("Higher", right=True),
    "lower_counter": Column("Lower", right=True),
    "accepted_earlier": Column("Accepts", right=True),
    "accepted_later": Column("Counters", right=True),
    "transferred": Column("Transfers", right=True, rank=1),
    "goes_on": Column("Goes on", right=True, rank=2),
    "outside": Column("Untried", right=True),
}


def print_backtest(made: Backtest, form: Format) -> None:
    """Print a backtest: for a program as one object, for a person as sentences and a row a round."""
    rows = [contract.data(one, contract.ROUND_CHANGES) for one in made.by_round]
    if form is Format.TABLE:
        printing.lines([*_sentences(made), ""])
        printing.rows(rows, contract.ROUND_CHANGES, form, _COLUMNS)
    else:
        printing.record(contract.data(made, contract.BACKTEST) | {"by_round": rows}, form)


def _sentences(made: Backtest) -> list[str]:
    """Return what a person has to know first, a line each."""
    different = sum(one.compared - one.same for one in made.by_round)
    lines = [
        f"Never tried  {made.outside:,} of {different:,} answers that differ: the record cannot judge them",
        f"Not known    {made.unknown:,} rounds after an answer that differs",
        f"Threads      {made.changed_threads:,} of {made.threads:,} would have gone otherwise",
        f"Rounds       {made.compared:,} of {made.rounds:,} compared",
    ]
    if made.left_out:
        lines.append(
            f"Left out     {made.left_out:,} rounds without a decision of a policy, an ask or a posted rate"
        )
    return lines
