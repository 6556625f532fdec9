"""Reports as HTML: what the page says, that it stands alone, and that no data becomes markup."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
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


def bars(text: str) -> list[tuple[str, str, int]]:
    """Return label, text and width (percent) of each bar of a page, in its order."""
    drawn = re.findall(
        r'<li><span><bdi>(.*?)</bdi></span> <span class="number">(.*?)</span>\n'
        r'<div class="track"><div class="bar w(\d+)"></div></div></li>',
        text,
    )
    assert len(drawn) == text.count('class="bar w')
    return [(unescape(label), unescape(shown), int(width)) for label, shown, width in drawn]


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
        *(
            "$2,150.00",
            "2.4%",
            "1 of 2 calls with an ask",
            "booked calls / calls with an ask",
            "Chicago, IL to Dallas, TX",
        ),
        *("↑ up $2,150.00, was $0.00", "↑ up 50.0 points", "2 min 30 s", "How calls ended"),
        *(each.label for each in made.whole.figures.values()),
    ):
        assert text in words


@pytest.mark.parametrize("by", [None, "lane", "carrier", "day", "hour", "round", "outcome"])
def test_a_page_stands_alone(busy: Path, by: str | None) -> None:
    """No script, nothing from anywhere, elements nested well, and no style but the page's own sheet."""
    text = page(reported(busy, by=by, compare=True), made_at=NOW)
    parsed = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "base", "a", "form"} & set(parsed.tags)
    assert not [
        name
        for name, _ in parsed.attributes
        if name.startswith(("on", "href", "src", "id", "xmlns", "style"))
    ]
    assert "<script" not in text
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text
    assert (parsed.tags.count("figure"), parsed.tags.count("style")) == (4 if by else 2, 1)


def test_a_bar_has_its_value_as_text_and_a_width_that_the_style_sheet_knows(busy: Path) -> None:
    """Its share of all calls, or of the most that a group booked."""
    text = page(reported(busy, by="lane"), made_at=NOW)
    assert ("Accepted", "1 · 50.0%", 50) in bars(text)
    assert ("Abandoned", "0 · 0.0%", 0) in bars(text)
    assert [bar for bar in bars(text) if "$" in bar[1]] == [
        ("Chicago, IL to Dallas, TX", "$2,150.00", 100),
        ("Miami, FL to Macon, GA", "$0.00", 0),
    ]
    assert all(f".w{width} {{ width: {width}%; }}" in text for _, _, width in bars(text))


@pytest.mark.parametrize(
    ("values", "full", "widths"),
    [
        ([0.5, 0.25, 0.0], 1, [50, 25, 0]),
        ([40.0, 10.0], None, [100, 25]),
        ([2.0, 1.0], 1, [100, 50]),  # more than all: the largest is the measure
        ([1e-9, 1.0], None, [1, 100]),  # little is not nothing
        ([None, float("nan"), float("inf"), -5.0, 4.0], None, [0, 0, 0, 0, 100]),
        ([None, 0.0, -1.0], None, [0, 0, 0]),
        ([None], 1, [0]),
        ([1.7e308, 8.5e307], None, [100, 50]),
    ],
)
def test_a_bar_is_as_long_as_its_value(
    values: list[float | None], full: float | None, widths: list[int]
) -> None:
    """Percent of the whole; what is no amount has no length."""
    chart = view.Chart("", tuple(view.Bar("", value, "") for value in values), full)
    assert [chart.percent(bar) for bar in chart.bars] == widths


@pytest.mark.parametrize("where", [":root {", "scheme: dark)", "@media print"])
def test_texts_and_bars_stand_out_from_the_paper(busy: Path, where: str) -> None:
    """By 4.5 and 3 to one at least (WCAG 1.4.3 and 1.4.11), on light, on dark and on paper."""
    text = page(reported(busy), made_at=NOW)
    colours = dict(re.findall(r"--(\w+): #([0-9a-f]+);", text[text.index(where) :].partition("}")[0]))
    paper = luminance(colours["paper"])
    for name, least in (("ink", 4.5), ("quiet", 4.5), ("bar", 3.0)):
        darker, lighter = sorted((luminance(colours[name]), paper))
        assert (lighter + 0.05) / (darker + 0.05) >= least


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour of three or six hexadecimal digits, as WCAG defines it."""
    digits = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_page_of_no_calls_has_no_empty_charts(desk: Path) -> None:
    """It says that there was nothing, and its figures are noughts and dashes."""
    execute(desk, "DELETE FROM calls")
    made = reported(desk, by="lane", compare=True)
    assert made.groups  # the lanes of open loads
    parsed = Page(page(made, made_at=NOW))
    assert "li" not in parsed.tags
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
    assert len(bars(nasty)) == len(bars(plain)) > 2


def test_no_text_of_a_figure_becomes_markup(busy: Path) -> None:
    """Labels and what they say are data too."""
    made = reported(busy)
    figures = {key: replace(each, label=NASTY[0], of=NASTY[1]) for key, each in made.whole.figures.items()}
    text = page(replace(made, whole=Cut(None, figures)), made_at=NOW)
    assert Page(text).tags == Page(page(made, made_at=NOW)).tags
    assert NASTY[0] in Page(text).words


def test_names_of_another_script_are_whole(busy: Path) -> None:
    """Right to left, or with letters that few fonts have."""
    words = Page(page(named(reported(busy), NASTY), made_at=NOW)).words
    assert words.count(NASTY[5]) == words.count(NASTY[6]) == 3  # two charts and the table
    assert "(no name)" in words


def test_a_long_name_is_cut_in_a_chart_and_whole_in_the_table(busy: Path) -> None:
    """Cut after three lines of a phone, with an ellipsis."""
    parsed = Page(page(named(reported(busy), [NASTY[4]]), made_at=NOW))
    cut = [text for text in parsed.texts if re.fullmatch("W+…", text)]
    assert len(cut) == 2
    assert all(len(text) == 80 for text in cut)
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
    assert {width for _, _, width in bars(page(made, made_at=NOW))} == {0, 50, 100}
    assert "inf" not in re.sub(r"<style>.*?</style>", "", page(made, made_at=NOW), flags=re.DOTALL)


def test_without_the_extra_the_error_names_it(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a person can put it right."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtraError, match="jinja2") as caught:
        page(reported(desk), made_at=NOW)
    assert caught.value.hint == "pip install 'freight-negotiator[html]'"
    assert caught.value.exit_code == 2


def test_importing_the_module_needs_no_extra() -> None:
    """The library is loaded to make a page, not before."""
    code = "import sys, negotiator.output.report.html; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"jinja2", "markupsafe"} & set(result.stdout.split())


@pytest.mark.parametrize("home", [None, "/dev/null"])
def test_nothing_is_printed_without_a_home(busy: Path, tmp_path: Path, home: str | None) -> None:
    """As cron runs it: no settings, no place for a cache."""
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
