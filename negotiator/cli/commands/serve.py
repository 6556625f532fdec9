"""``negotiator serve``: the file for programs that speak HTTP."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from negotiator.cli import options
from negotiator.cli.groups import Commands, examples
from negotiator.errors import MissingExtraError
from negotiator.output import printing

app = Commands()


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


_NOT_INSTALLED = "the server needs libraries that are not installed"


@app.command(
    "serve",
    epilog=examples(
        "NEGOTIATOR_API_KEY=$(openssl rand -hex 24) negotiator serve",
        "negotiator serve --keys-file /etc/negotiator/keys --port 8080 --log json",
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
    litestream: Annotated[
        Path | None,
        typer.Option(
            "--litestream",
            help="Litestream's socket: answer when it has copied.",
            metavar="SOCKET",
            readable=False,
        ),
    ] = None,
    log: Annotated[
        LogFormat, typer.Option("--log", help="Lines of the log: text or json.", metavar="FORM")
    ] = LogFormat.TEXT,
    most_waiting: Annotated[
        int, typer.Option("--most-waiting", min=1, help="Beyond so many asks, 503.", metavar="N")
    ] = 512,
    most_connections: Annotated[
        int, typer.Option("--most-connections", min=1, help="Beyond so many, the slowest goes.", metavar="N")
    ] = 4096,
    header_seconds: Annotated[
        float, typer.Option("--header-seconds", min=0.1, help="So long for the headers.", metavar="N")
    ] = 10,
    body_seconds: Annotated[
        float, typer.Option("--body-seconds", min=0.1, help="So long for the body.", metavar="N")
    ] = 20,
    db: options.Database = options.DEFAULT_DATABASE,
) -> None:
    """Nobody is let in without a key.

    Keys are those of --keys-file and of NEGOTIATOR_API_KEY; API_KEY counts where there is neither.
    `negotiator help http` describes the routes, `negotiator help server` the limits, systemd and the log.
    """
    try:
        from negotiator.http.app import create_app
        from negotiator.http.running import run
    except ModuleNotFoundError as problem:
        raise MissingExtraError(
            _NOT_INSTALLED, "install them: `pip install 'freight-negotiator[http]'`"
        ) from problem
    from negotiator.http.connections import Patience
    from negotiator.http.desk import Limits, OpenDesk
    from negotiator.http.keys import keys_from
    from negotiator.http.listening import sockets
    from negotiator.http.litestream import Litestream
    from negotiator.policy.terms import PolicySource
    from negotiator.storage.database import LoadsFile
    from negotiator.storage.follower import refuse_follower

    keys = keys_from(os.environ, keys_file)
    if keys.are_easy:
        printing.say("Warning: a key is short, or is the one of the specification; others may guess it.")
    options.warn_of_unknown_settings()
    source = PolicySource.from_environment(os.environ)
    with LoadsFile.open(db) as file, file.read() as connection:
        terms = source.desk_terms(connection)  # what cannot be used is said now
    refuse_follower(db)  # its asks would be lost, and what holds it open to read keeps it from following
    options.warn_of_overruled_settings(terms.version)
    after_commit = None if litestream is None else Litestream(litestream, db)
    desk = OpenDesk(db, Limits(most_waiting), after_commit=after_commit)
    patience = Patience(headers=header_seconds, body=body_seconds, connections=most_connections)
    run(
        create_app(desk, keys, source),
        sockets(os.environ, host, port),
        patience,
        as_json=log is LogFormat.JSON,
    )
