"""The command line: each command is a parse, one call, one render."""

from negotiator.cli import call, database, ids, load, negotiate, report, session
from negotiator.cli.root import app

__all__ = ["app"]

app.command("negotiate", epilog=negotiate.EXAMPLES)(negotiate.negotiate)
app.add_typer(session.app, name="session")
app.add_typer(call.app, name="call")
app.add_typer(load.app, name="load")
app.command("report", epilog=report.EXAMPLES)(report.report)
ids.register(app)
database.register(app)
