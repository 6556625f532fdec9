"""Reports as HTML: what the page says, that it stands alone, and that no data becomes markup."""

import logging
import os
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from negotiator import MissingExtraError
from negotiator.output.report import view, words
from negotiator.output.report.html import page
from negotiator.reports.report import Cut, Report, report
from negotiator.reports.span import Span
from negotiator.storage.database import LoadsFile
from tests.conftest import NOW, ROOT, execute

CHICAGO = ZoneInfo("America/Chicago")
WEEK = Span(datetime(2025, 8, 25, 5, tzinfo=UTC), datetime(2025, 9, 1, 5, tzinfo=UTC), CHICAGO)
VOID = {"meta"}
NASTY = [
    "<script>alert(1)</script>",
    "</svg></style></title><b onclick='x()'>\"quoted\" & 'so'</b>",
    "{{ 7 * 7 }} {% raw %} $x^2$ \\frac",
    "bell \x07 null \x00 escape \x1b[31m line\nfeed \ud800 \u202e",
    "W" * 5000,
    "שלום עולם، مرحبا",
    "東京 \N{DELIVERY TRUCK}",
    "",
]


class Page(HTMLParser):
    """A document's elements, which must be nested well, and its texts."""

    def __init__(self, text: str) -> None:
        """Read a document."""
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that what ends is what began last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data.strip())

    @property
    def words(self) -> str:
        """All texts, a line each."""
        return "\n".join(text for text in self.texts if text)


def reported(path: Path, *, span: Span = WEEK, by: str | None = None, compare: bool = False) -> Report:
    """Return a report of a file."""
    with LoadsFile.open(path) as file:
        return report(file, span=span, now=NOW, ceiling_percent=10, by=by, compare=compare)


def named(made: Report, names: list[str]) -> Report:
    """Return a report with groups of these names, each with the figures of the whole."""
    return replace(made, by="carrier", groups=tuple(replace(made.whole, group=name) for name in names))


def drawings(text: str) -> list[ET.Element]:
    """Return a page's charts, each read as XML."""
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    return [ET.fromstring(chart) for chart in charts]  # noqa: S314 - we have just written it


@pytest.fixture
def busy(desk: Path) -> Path:
    """Give a desk that booked one call of two this week for 2150, and none of one the week before."""
    execute(
        desk,
        "DELETE FROM calls",
        """INSERT INTO calls (id, load_id, carrier_mc_number, call_start_time, outcome, final_rate_agreed)
           VALUES (1, 'L1', 'MC1', '2025-08-27 15:00:00', 'accepted', 2150),
                  (2, 'L2', 'MC2', '2025-08-28 15:00:00', 'rejected', NULL),
                  (3, 'L2', 'MC2', '2025-08-20 15:00:00', 'rejected', NULL)""",
        """INSERT INTO negotiations (call_id, round_number, carrier_offer, system_response, timestamp)
           VALUES (1, 1, 2300, 'counter_offer_2150.00', '2025-08-27 15:01:00'),
                  (1, 2, 2150, 'accepted', '2025-08-27 15:03:30'),
                  (2, 1, 1500, 'counter_offer_1120.00', '2025-08-28 15:01:00'),
                  (3, 1, 1500, 'counter_offer_1120.00', '2025-08-20 15:01:00')""",
    )
    return desk


def test_a_page_says_when_and_what(busy: Path) -> None:
    """The span in its time zone, when the page was made, the key figures and every figure."""
    made = reported(busy, by="lane", compare=True)
    words = Page(page(made, made_at=NOW)).words
    for text in (
        *("2025-08-25 00:00 to 2025-09-01 00:00", "(America/Chicago)", "Made 2025-09-01 07:00"),
        *("Compared with the span before: 2025-08-18 00:00 to 2025-08-25 00:00", "of 2 calls", "50.0%"),
        *("$2,150.00", "2.4%", "1 / 2", "booked calls / calls with an ask", "Chicago, IL to Dallas, TX"),
        *("↑ up $2,150.00, was $0.00", "↑ up 50.0 points", "2 min 30 s", "How calls ended"),
        *(each.label for each in made.whole.figures.values()),
    ):
        assert text in words


@pytest.mark.parametrize("by", [None, "lane", "carrier", "day", "hour", "round", "outcome"])
def test_a_page_stands_alone(busy: Path, by: str | None) -> None:
    """No script, nothing from anywhere, elements nested well, no ID twice, and charts that are XML."""
    text = page(reported(busy, by=by, compare=True), made_at=NOW)
    parsed = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "a", "form"} & set(parsed.tags)
    assert not [
        name for name, _ in parsed.attributes if name.startswith(("on", "href", "src", "id", "xmlns"))
    ]
    assert "<script" not in text
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text
    charts = drawings(text)
    assert len(charts) == (4 if by else 2)
    assert all(chart.get("role") == "img" and chart.get("aria-label") for chart in charts)


def test_a_chart_takes_the_colour_of_its_page(busy: Path) -> None:
    """Letters and tracks are the page's ink on no ground: legible on light and on dark."""
    charts = drawings(page(reported(busy, by="lane"), made_at=NOW))
    styles = {(part.tag, part.get("style", "")) for chart in charts for part in chart.iter()}
    fills = {(tag, fill) for tag, style in styles for fill in re.findall(r"fill: ([^;]+)", style)}
    assert fills == {
        ("text", "currentColor"),
        *(("path", fill) for fill in ("none", "currentColor", "#3d7fc4")),
    }


def test_a_page_of_no_calls_has_no_empty_charts(desk: Path) -> None:
    """It says that there was nothing, and its figures are noughts and dashes."""
    execute(desk, "DELETE FROM calls")
    made = reported(desk, by="lane", compare=True)
    assert made.groups  # the lanes of open loads
    parsed = Page(page(made, made_at=NOW))
    assert "svg" not in parsed.tags
    for text in ("There were no calls.", "No thread was closed.", "There were no calls with an ask.", "–"):
        assert text in parsed.words
    assert not {"None", "nan", "0.0%"} & set(parsed.texts)


@pytest.mark.parametrize("name", NASTY)
def test_no_name_becomes_markup(busy: Path, name: str) -> None:
    """Whatever a group is called, the page has the same elements, and no character that HTML forbids."""
    made = reported(busy)
    plain, nasty = (page(named(made, [each]), made_at=NOW) for each in ("plain", name))
    assert Page(nasty).tags == Page(plain).tags
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]", nasty)
    assert nasty.encode()
    assert len(drawings(nasty)) == 4


def test_no_text_of_a_figure_becomes_markup(busy: Path) -> None:
    """Labels and what they say are data too."""
    made = reported(busy)
    figures = {key: replace(each, label=NASTY[0], of=NASTY[1]) for key, each in made.whole.figures.items()}
    text = page(replace(made, whole=Cut(None, figures)), made_at=NOW)
    assert Page(text).tags == Page(page(made, made_at=NOW)).tags
    assert NASTY[0] in Page(text).words


def test_names_of_another_script_are_whole(busy: Path) -> None:
    """Right to left, or with letters that the charts' own font lacks."""
    words = Page(page(named(reported(busy), NASTY), made_at=NOW)).words
    assert words.count(NASTY[5]) == words.count(NASTY[6]) == 3  # two charts and the table
    assert "(no name)" in words


def test_a_long_name_is_cut_in_a_chart_and_whole_in_the_table(busy: Path) -> None:
    """A bar's label leaves room for its value."""
    parsed = Page(page(named(reported(busy), [NASTY[4]]), made_at=NOW))
    cut = [text for text in parsed.texts if re.fullmatch("W+…", text)]
    assert len(cut) == 2
    assert all(10 < len(text) < 40 for text in cut)
    assert NASTY[4] in parsed.texts


@pytest.mark.parametrize(("by", "first", "last"), [("carrier", 0, 19), ("day", 10, 29)])
def test_twenty_groups_get_bars_and_the_rest_words(busy: Path, by: str, first: int, last: int) -> None:
    """The largest, or of days the latest; the others are summed up, and all are in the table."""
    made = replace(named(reported(busy), [f"group {number:02}" for number in range(30)]), by=by)
    shown = view.view(made)
    for chart in shown.group_charts:
        assert [bar.label for bar in chart.bars] == [f"group {n:02}" for n in range(first, last + 1)]
        assert (
            "10 more are in the table below: 20 calls, $21,500.00 booked, booking rate 50.0%." in chart.note
        )
    assert len(shown.groups) == 30


def test_calls_are_drawn_when_nothing_was_booked(busy: Path) -> None:
    """Bars of nothing but noughts say nothing."""
    execute(busy, "UPDATE calls SET final_rate_agreed = NULL")
    charts = view.view(reported(busy, by="lane")).group_charts
    assert [chart.title for chart in charts] == ["Calls by lane", "Booking rate by lane"]


def test_the_same_report_makes_the_same_page(busy: Path) -> None:
    """To the letter, so that two pages can be compared."""
    made = reported(busy, by="lane", compare=True)
    assert page(made, made_at=NOW) == page(made, made_at=NOW)
    later = page(made, made_at=NOW + timedelta(minutes=1))
    assert later == page(made, made_at=NOW).replace("07:00</p>\n</header>", "07:01</p>\n</header>")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "usd", "–"), (float("inf"), "usd", "–"), (float("nan"), "seconds", "–"),
        (1234.0, "usd", "$1,234.00"), (-12.5, "usd", "-$12.50"), (-0.001, "usd", "$0.00"),
        (0.333, "share", "33.3%"), (-0.0001, "share", "0.0%"), (12.0, "share", "1,200.0%"),
        (12345, "count", "12,345"), (1.5, "rounds", "1.50"), (3.04, "days", "3.0 days"),
        (0, "seconds", "0 s"), (59.4, "seconds", "59 s"), (59.6, "seconds", "1 min 0 s"),
        (7500, "seconds", "2 h 5 min"), (97200, "seconds", "1 d 3 h"), (-75, "seconds", "-1 min 15 s"),
    ],
)  # fmt: skip
def test_a_value_is_shown_by_its_unit(value: float | None, unit: str, text: str) -> None:
    """As a person would write it; what is not a number is a dash."""
    assert words.shown(value, unit) == text


@pytest.mark.parametrize(
    ("now", "before", "unit", "text"),
    [
        (3, 2, "count", "↑ up 1 (+50.0%)"), (2, 4, "count", "↓ down 2 (-50.0%)"), (3, 0, "count", "↑ up 3"),
        (0.25, 0.5, "share", "↓ down 25.0 points"), (1.001, 1.002, "rounds", "→ no change"),
        (None, 2, "usd", ""), (2, None, "usd", ""), (float("inf"), 2, "usd", ""), (-5, -10, "usd", "↑ up $5.00"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_words(now: float | None, before: float | None, unit: str, text: str) -> None:
    """An arrow and a word, never a colour alone; from nothing there is no share."""
    assert words.change(now, before, unit) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(zone=CHICAGO), "all time"),
        (Span(NOW, zone=CHICAGO), "since 2025-09-01 07:00"),
        (Span(None, NOW, CHICAGO), "until 2025-09-01 07:00"),
    ],
)
def test_a_span_may_be_open(desk: Path, span: Span, text: str) -> None:
    """At either end."""
    assert text in Page(page(reported(desk, span=span), made_at=NOW)).words


def test_a_page_tells_a_wild_number_from_none(busy: Path) -> None:
    """A rate beyond all numbers, which a file may hold, is a dash and draws no bar."""
    execute(busy, "UPDATE calls SET final_rate_agreed = 9e999 WHERE id = 1")
    made = reported(busy, by="lane")
    assert "inf" not in re.sub(r"<style>.*?</style>", "", page(made, made_at=NOW), flags=re.DOTALL)


@pytest.mark.parametrize("library", ["jinja2", "matplotlib"])
def test_without_the_extra_the_error_names_it(
    desk: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a person can put it right."""
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "negotiator.output.report.charts", raising=False)
    with pytest.raises(MissingExtraError, match=library) as caught:
        page(reported(desk), made_at=NOW)
    assert caught.value.hint == "pip install 'negotiator[html]'"
    assert caught.value.exit_code == 2


def test_settings_that_keep_matplotlib_from_running_are_named(busy: Path) -> None:
    """A sentence and a hint, not a traceback."""
    code = (
        "import sys; from negotiator import NegotiatorError; from tests.integration.output.test_html import *\n"
        "try: page(reported(Path(sys.argv[1])), made_at=NOW)\n"
        "except NegotiatorError as problem: print(problem.message, problem.hint)"
    )
    root = str(ROOT)
    result = subprocess.run(
        [sys.executable, "-c", code, str(busy)],
        env={**os.environ, "PYTHONPATH": root, "MPLBACKEND": "nonsense"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert result.stdout.startswith("matplotlib can't draw here: Key backend: 'nonsense'")
    assert "look at MPLBACKEND" in result.stdout
    assert not result.stderr


def test_importing_the_module_needs_no_extra() -> None:
    """The libraries are loaded to make a page, not before."""
    code = "import sys, negotiator.output.report.html; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"jinja2", "matplotlib", "markupsafe"} & set(result.stdout.split())


def test_a_page_leaves_logging_and_warnings_as_they_were(busy: Path) -> None:
    """It is quiet while it draws, and changes nothing for whoever calls it."""
    logger = logging.getLogger("matplotlib")
    level, filters = logger.level, list(warnings.filters)
    page(reported(busy), made_at=NOW)
    assert (logger.level, warnings.filters) == (level, filters)


@pytest.mark.parametrize("home", [None, "/dev/null"])
def test_nothing_is_printed_without_a_home(busy: Path, tmp_path: Path, home: str | None) -> None:
    """As cron runs it: no settings, no place for a cache, a font that lacks the letters."""
    code = (
        "import sys; from pathlib import Path; from tests.integration.output.test_html import *\n"
        "made = named(reported(Path(sys.argv[1])), NASTY)\n"
        "assert page(made, made_at=NOW).startswith('<!DOCTYPE html>')"
    )
    environment = {
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": "/dev/null/config",
        "XDG_CACHE_HOME": "/dev/null/cache",
        "TMPDIR": str(tmp_path),
        **({"HOME": home} if home else {}),
    }
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(busy)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
    assert not list(tmp_path.glob("matplotlib*"))


def test_a_persons_own_style_is_not_the_desks(busy: Path, tmp_path: Path) -> None:
    """A matplotlibrc in the folder, even one with mistakes, changes nothing and is not spoken of."""
    rc = tmp_path / "matplotlibrc"
    rc.write_text("font.size: 40\nnonsense: 1\npatch.force_edgecolor: True\nsavefig.bbox: tight\n")
    code = (
        "import sys; from pathlib import Path; from tests.integration.output.test_html import *\n"
        "print(page(reported(Path(sys.argv[1])), made_at=NOW))"
    )
    root = str(ROOT)
    result = subprocess.run(
        [sys.executable, "-c", code, str(busy)],
        env={**os.environ, "PYTHONPATH": root, "MATPLOTLIBRC": str(rc)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.stderr == ""
    assert result.stdout == page(reported(busy), made_at=NOW) + "\n"
