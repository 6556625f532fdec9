"""Bars as SVG to stand in a page, drawn by matplotlib. Nothing else imports matplotlib.

The drawing takes the colour of the text around it, so that it can be read on a light and on a dark page.
"""

import io
from collections.abc import Sequence
from math import isfinite
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from negotiator.output.report.view import Bar, Chart
from negotiator.output.streams import visible

_WIDTH = 360.0  # points: about a phone's width, where letters then have their size
_STEP = 32.0  # from one bar to the next: a line of text, the bar below it, air
_THICK = 7.0
_LETTERS = 12.0
_GAP = 12.0  # between a label and its value
_LONGEST = 100  # letters: no more of a label could ever fit
_POINTS_AN_INCH = 72
_INK = "#010203"  # stands for the colour of the text, which the page knows and matplotlib doesn't
_BAR = "#3d7fc4"  # three to one at least against white and against near black
_KEPT = {"fill", "opacity", "text-anchor"}


def svg(chart: Chart) -> str:
    """Return a chart as an SVG element.

    The same bars make the same text. The element has no links, styles, scripts, names or IDs of its own.
    """
    with mpl.rc_context():
        mpl.rcdefaults()  # a person's own settings are not for the desk's pages
        mpl.rc("svg", fonttype="none", hashsalt="negotiator")
        mpl.rc("text", parse_math=False)  # a dollar sign is a dollar sign
        mpl.rc("font", size=_LETTERS)
        height = _STEP * len(chart.bars)
        figure = Figure(figsize=(_WIDTH / _POINTS_AN_INCH, height / _POINTS_AN_INCH))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))  # a unit is a point, from the top left corner
        axes.set_axis_off()
        _draw(axes, chart.bars, chart.full)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return _inline(buffer.getvalue(), visible(chart.title))


def _draw(axes: Axes, bars: Sequence[Bar], full: float | None) -> None:
    lengths = [_length(bar.value) for bar in bars]
    largest = max([*lengths, full or 0.0]) or 1.0
    middles = [_STEP * number + _LETTERS + 8 for number in range(len(bars))]
    axes.barh(middles, _WIDTH, _THICK, color=_INK, alpha=0.12, clip_on=False)
    axes.barh(middles, [_WIDTH * (length / largest) for length in lengths], _THICK, color=_BAR, clip_on=False)
    for bar, middle in zip(bars, middles, strict=True):
        baseline = middle - _THICK
        label = _fitting(visible(bar.label), _WIDTH - _GAP - _text_width(bar.text))
        axes.text(0, baseline, label, color=_INK)
        axes.text(_WIDTH, baseline, bar.text, color=_INK, ha="right")


def _length(value: float | None) -> float:
    """Return what can be drawn of a value."""
    return value if value is not None and isfinite(value) and value > 0 else 0.0


def _fitting(text: str, room: float) -> str:
    """Return as much of a text as fits, with an ellipsis for the rest."""
    kept = text if len(text) <= _LONGEST else text[:_LONGEST] + "\N{HORIZONTAL ELLIPSIS}"
    while len(kept) > 1 and _text_width(kept) > room:
        kept = kept[:-2].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    return kept


def _text_width(text: str) -> float:
    width, _, _ = text_to_path.get_text_width_height_descent(
        text, FontProperties(size=_LETTERS), ismath=False
    )
    return float(width)


def _inline(document: str, title: str) -> str:
    """Return a drawing as an element that can stand many times in a page and leaves the rest of it alone."""
    root = ET.fromstring(document)  # noqa: S314 - matplotlib has just written it
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in {"metadata", "defs"}:
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        element.attrib.pop("id", None)
        if "style" in element.attrib:
            element.set("style", _style(element))
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": title}
    return ET.tostring(root, encoding="unicode")


def _local(name: str) -> str:
    """Return a name without its namespace: HTML knows the elements of SVG without it."""
    return name.rpartition("}")[2]


def _style(element: ET.Element) -> str:
    """Return what an element needs of its style, in the page's letters and in the colour of its text."""
    parts = [part.strip() for part in element.attrib["style"].split(";")]
    kept = [part for part in parts if part.partition(":")[0] in _KEPT]
    letters = [f"font-size: {_LETTERS:g}px"] if element.tag == "text" else []
    return "; ".join(kept + letters).replace(_INK, "currentColor")
