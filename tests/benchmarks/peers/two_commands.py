"""A Typer program with two commands that do nothing: what Typer alone costs."""

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def one() -> None:
    """Do nothing."""


@app.command()
def two() -> None:
    """Do nothing either."""


if __name__ == "__main__":
    app()
