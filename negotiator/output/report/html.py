"""A report as one HTML document that stands alone: to open, to print, to send by mail.

It has no script, asks for nothing from anywhere, and keeps its styles in one place: no element has its own.
"""

from datetime import datetime
from importlib.resources import files

from negotiator.errors import MissingExtraError
from negotiator.output.report.view import view
from negotiator.output.report.words import zone_text
from negotiator.output.times import local_time
from negotiator.reports.report import Report


def page(report: Report, *, made_at: datetime) -> str:
    """Return a report as an HTML document; the same report and time make the same text.

    Raises MissingExtraError without the library of the ``html`` extra.
    """
    try:
        from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise MissingExtraError(
            f"an HTML report needs a library that can't be loaded: {error.name or error}",
            "pip install 'freight-negotiator[html]'",
        ) from error
    template = files("negotiator.output.report").joinpath("page.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template).render(
        view=view(report),
        made=local_time(made_at, report.span.zone),
        zone=zone_text(report.span, made_at),
    )
