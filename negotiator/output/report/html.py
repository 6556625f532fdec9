"""A report as one HTML document that stands alone: to open, to print, to send by mail.

It holds no script and asks for nothing from anywhere.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files

from negotiator.errors import MissingExtraError, NegotiatorError
from negotiator.output.report.view import view
from negotiator.output.report.words import moment, zone_text
from negotiator.reports.report import Report


def page(report: Report, *, made_at: datetime) -> str:
    """Return a report as an HTML document; the same report and time make the same text.

    Raises MissingExtraError without the libraries of the ``html`` extra, and NegotiatorError where
    they can't run.
    """
    with _quietly():
        with _loading_errors():
            from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - an extra, and slow to load
            from markupsafe import Markup  # noqa: PLC0415 - as above

            from negotiator.output.report.charts import svg  # noqa: PLC0415 - as above
        shown = view(report)
        charts = [chart for chart in (*shown.charts, *shown.group_charts) if chart.bars]
        page_of = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        ).from_string(files("negotiator.output.report").joinpath("page.html.j2").read_text(encoding="utf-8"))
        return page_of.render(
            view=shown,
            drawn={chart: Markup(svg(chart)) for chart in charts},  # noqa: S704 - made by an XML writer
            made=moment(made_at, report.span.zone),
            zone=zone_text(report.span, made_at),
        )


@contextmanager
def _loading_errors() -> Iterator[None]:
    """Raise errors of ours when a library is missing, or finds surroundings that it can't run in."""
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"an HTML report needs a library that can't be loaded: {error.name or error}",
            "pip install 'negotiator[html]'",
        ) from error
    except (OSError, ValueError) as error:
        raise NegotiatorError(
            f"matplotlib can't draw here: {error}",
            "look at MPLBACKEND, at MPLCONFIGDIR, and whether the temporary folder can be written",
        ) from error


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep matplotlib from telling about its caches, its settings and the letters that its own font lacks."""
    logger = logging.getLogger("matplotlib")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
