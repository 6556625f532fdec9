"""``negotiator serve``: the file for programs that speak HTTP."""

import os
from pathlib import Path
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.errors import MissingExtraError
from negotiator.output import printing

app = Commands()
_NOT_INSTALLED = "the server needs libraries that are not installed"


@app.command(
    "serve",
    epilog=examples(
        "NEGOTIATOR_API_KEY=$(openssl rand -hex 24) negotiator serve",
        "negotiator serve --keys-file /etc/negotiator/keys --port 8080",
    ),
)
def serve(
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on.", metavar="HOST")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port; 0 is any.", metavar="PORT")
    ] = 8000,
    keys_file: Annotated[
        Path | None,
        typer.Option("--keys-file", help="Keys of clients, one a line.", metavar="PATH", readable=False),
    ] = None,
    db: options.Database = options.DEFAULT_DATABASE,
) -> None:
    """Nobody is let in without a key.

    Keys are those of --keys-file and of NEGOTIATOR_API_KEY; API_KEY counts where there is neither.
    `negotiator help http` describes the routes.
    """
    try:
        import uvicorn

        from negotiator.http.app import create_app
    except ModuleNotFoundError as problem:
        raise MissingExtraError(
            _NOT_INSTALLED, "install them: `pip install 'freight-negotiator[http]'`"
        ) from problem
    from negotiator.http.desk import OpenDesk
    from negotiator.http.keys import keys_from
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile

    keys = keys_from(os.environ, keys_file)
    if keys.are_easy:
        printing.say("Warning: a key is short, or is the one of the specification; others may guess it.")
    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file:
        source.desk_terms(file.connection)  # what cannot be used is said now
    uvicorn.run(create_app(OpenDesk(db), keys, source), host=host, port=port)
