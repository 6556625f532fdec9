"""How a simulation is printed: one market in figures and as a picture, or all of them beside each other."""

from collections.abc import Sequence

from negotiator.lab.simulate import RECORD, Simulation, Tried
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.lab.bars import Bar, print_bars
from negotiator.output.layout import Column

_LEGEND = "# share of the oracle   - what the best plan reaches more"
_SHARES = (("of_oracle", "Of the oracle, %"), ("of_bound", "Of the best, %"))


def print_simulation(made: Simulation, form: Format) -> None:
    """Print what was tried, and what it rests on to stderr."""
    if form is not Format.TABLE:
        rows = [contract.data(one, contract.SIMULATED) for one in made.tried]
        printing.rows(rows, contract.SIMULATED, form)
    elif len({one.market for one in made.tried}) <= 1:
        _print_one(made.tried)
    else:
        _print_all(made.tried)
    for sentence in _notes(made):
        printing.say(sentence)


def _print_one(tried: Sequence[Tried]) -> None:
    """Print a market: a table of figures, and a picture of the shares of the oracle."""
    columns = [
        *(Column("Policy", folds=20), Column("Booked", right=True), Column("Paid", right=True)),
        *(Column("Oracle", right=True), Column("Best", right=True), Column("Rounds", right=True, rank=1)),
        Column("Silent", right=True, rank=2),
    ]
    printing.table(columns, [_figures(one) for one in tried])
    if tried:
        print_bars([Bar(one.policy, one.of_oracle, _most(one)) for one in tried], _LEGEND)


def _figures(one: Tried) -> list[object]:
    """Return a row; what was paid is told above the posted rate, and silence after each counter."""
    paid = "" if one.paid_over_posted is None else f"+{_percent(one.paid_over_posted)}"
    best = "" if one.of_bound is None else _percent(one.of_bound)
    silent = "/".join(f"{share * 100:.0f}" for share in one.silent)
    return [
        *(one.policy, _percent(one.booked), paid, _percent(one.of_oracle), best, f"{one.rounds:.2f}"),
        silent and f"{silent} %",
    ]


def _most(one: Tried) -> float | None:
    return one.of_oracle / one.of_bound if one.of_bound else None


def _print_all(tried: Sequence[Tried]) -> None:
    """Print a row a policy and a column a market, once for each of the two shares."""
    markets = list(dict.fromkeys(one.market for one in tried))
    for key, heading in _SHARES:
        cells = {(one.policy, one.market): getattr(one, key) for one in tried}
        if all(share is None for share in cells.values()):
            continue
        columns = [Column(heading, folds=15), *(Column(market, right=True) for market in markets)]
        policies = dict.fromkeys(one.policy for one in tried)
        rows = [[name, *(f"{cells[name, market] * 100:.0f}" for market in markets)] for name in policies]
        printing.table(columns, rows)


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _notes(made: Simulation) -> list[str]:
    """Return what has to be said of the figures."""
    is_record = any(one.market == RECORD for one in made.tried) or bool(made.untried)
    source = "fitted to the record: an order, no forecast" if is_record else "no record"
    notes = [
        f"Simulated carriers, {source}. A load is worth {made.ceiling_percent:g} % above the posted rate."
    ]
    if made.untried:
        notes.append(f"Left out, with more rounds than the record has tried: {'; '.join(made.untried)}.")
    if not is_record and all(one.of_bound is None for one in made.tried):
        notes.append("The share of the best plan is left out: it is known for a ceiling of 10 % alone.")
    if made.left_out:
        notes.append(f"Left out: {made.left_out} rules after the first 8 of a document.")
    return notes
