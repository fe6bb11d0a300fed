"""Charts hold at their edges: every word has its room, ticks differ, and what is left out of an axis is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from chart_cases import (
    CASES,
    LONG,
    UNBROKEN,
    bullets,
    money,
    name_of,
    parts,
    phases,
    shares,
    tiles,
    trends,
    utilisation,
)
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from voortgang.notebook.charts import drawing
from voortgang.notebook.charts.lettering import lines_of, names_in_lines, width_of
from voortgang.notebook.charts.scales import axis_of, every_so_many, fitted, spread
from voortgang.notebook.charts.sheet import NARROW, WIDE
from voortgang.notebook.display import ShownChart

FORMS = {"page": WIDE, "phone": NARROW}
VALUES = st.floats(-1e14, 1e14, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-8)
NAMES = st.builds(name_of, st.integers(0, 99), st.integers(1, 120))
FEW = settings(
    max_examples=max(4, settings.default.max_examples // 6), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
"""A whole chart is drawn twice for each example, so there are few of them, and none only to make a fault smaller."""


@pytest.fixture(scope="module")
def drawn() -> Iterator[Callable[[Callable[[], Any]], list[Figure]]]:
    """Return a function that draws a chart, and gives its figures: for a page and for a phone."""
    figures: list[Figure] = []

    def keep(figure: Figure) -> str:
        figures.append(figure)
        return ""

    def draw(chart: Callable[[], Any]) -> list[Figure]:
        figures.clear()
        assert isinstance(chart(), ShownChart)
        return list(figures)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "as_svg", keep)
        drawing.register_fonts()
        yield draw


def boxes(figure: Figure) -> list[tuple[str, Any]]:
    """Return every text of a figure with the box that it takes when it is drawn, in points."""
    width, height = figure.get_size_inches() * 72
    with drawing._style():
        renderer = RendererSVG(width, height, StringIO(), image_dpi=72)
        texts = [each for each in figure.findobj(Text) if each.get_text()]
        return [(each.get_text(), each.get_window_extent(renderer)) for each in texts]


def faults(figure: Figure) -> list[str]:
    """Return which texts lie outside the drawing or over each other."""
    found = boxes(figure)
    width, height = figure.get_size_inches() * 72
    edges = np.array([box.extents for _, box in found])
    outside = (edges[:, :2].min(axis=1) < -0.6) | (edges[:, 2] > width + 0.6) | (edges[:, 3] > height + 0.6)
    faulty = [f"{found[index][0]!r} leaves the drawing" for index in np.flatnonzero(outside)]
    low = np.maximum(edges[:, None, :2], edges[None, :, :2])
    high = np.minimum(edges[:, None, 2:], edges[None, :, 2:])
    over = np.triu((high - low > 0.3).all(axis=2), 1)
    return faulty + [f"{found[a][0]!r} lies over {found[b][0]!r}" for a, b in np.argwhere(over)]


@pytest.mark.parametrize("name", CASES)
def test_no_label_overlaps_another_or_leaves_the_drawing(drawn: Any, name: str) -> None:
    for form, figure in zip(FORMS.values(), drawn(CASES[name]), strict=True):
        width, height = figure.get_size_inches() * 72
        assert faults(figure) == []
        assert width == pytest.approx(form.width)
        assert height <= form.tallest + 12
        assert {each.get_fontsize() for each in figure.findobj(Text)} == {form.size}


def test_a_fault_is_noticed(drawn: Any) -> None:
    figure = drawn(lambda: shares(["Een", "Twee"], [0.5, 0.4]))[0]
    first, second = (each for each in figure.findobj(Text) if each.get_text() in ("Een", "Twee"))
    second.set_position(first.get_position())
    assert "lies over" in faults(figure)[0]
    second.set_position((-30, 10))
    assert "leaves the drawing" in faults(figure)[0]


def test_letters_are_large_enough_in_print_and_on_a_phone() -> None:
    assert WIDE.size >= 8  # the drawing is as wide as the text of the PDF
    phone, margin, body = 380, 2 * 20, 17  # pixels: the screen, the margins, and the text of the page (stijl.css)
    assert NARROW.size / NARROW.width * (phone - margin) >= body


@FEW
@given(st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=6))
def test_bars_of_any_names_and_values_hold(drawn: Any, rows: list[tuple[str, float]]) -> None:
    names, values = zip(*rows, strict=True)
    assume(any(values))  # of noughts alone there is a sentence
    for chart in (
        lambda: shares(names, [value / 1e6 for value in values]),
        lambda: money(names, [abs(value) for value in values], values),
        lambda: parts(names, {LONG: values, "Kort": values}),
    ):
        for figure in drawn(chart):
            assert faults(figure) == []


@FEW
@given(st.dictionaries(NAMES, st.lists(VALUES, min_size=2, max_size=10), min_size=1, max_size=4))
def test_lines_of_any_names_and_values_hold(drawn: Any, lines: dict[str, list[float]]) -> None:
    assume(any(map(any, lines.values())))
    for figure in drawn(lambda: trends(lines, 2019, 2028)):
        assert faults(figure) == []
    for figure in drawn(lambda: utilisation({n: [v / 1e6 for v in some] for n, some in lines.items()}, 2019, 2028)):
        assert faults(figure) == []


@FEW
@example([LONG], 3986, 6)  # years so narrow that the first stands at the edge
@given(st.lists(NAMES, min_size=1, max_size=15, unique=True), st.integers(0, 4000), st.integers(1, 12))
def test_projects_goals_and_places_of_any_number_hold(drawn: Any, names: list[str], days: int, across: int) -> None:
    some = names[:12]
    for chart in (
        lambda: phases(names, days),
        lambda: bullets(some, [days / 100 * number for number in range(1, len(some) + 1)]),
        lambda: tiles(names, across, [days] * len(names)),
    ):
        if days or chart.__code__.co_names[0] != "bullets":
            for figure in drawn(chart):
                assert faults(figure) == []


@given(st.lists(VALUES, min_size=1, max_size=10), st.integers(2, 6), st.booleans())
def test_ticks_are_distinct_and_hold_all_values(values: list[float], most: int, whole: bool) -> None:
    axis = axis_of([round(value) for value in values] if whole else values, most, whole)
    shown = [round(value) for value in values] if whole else values
    span = axis.high - axis.low
    assert axis.low - span * 1e-6 <= min(shown) and max(shown) <= axis.high + span * 1e-6
    assert 2 <= len(axis.ticks) <= most + 2
    assert len(set(axis.texts)) == len(axis.ticks)
    assert axis.ticks[0] == axis.low and axis.ticks[-1] == axis.high
    assert axis.broken == (axis.low > span * 1e-9 or axis.high < -span * 1e-9)
    if whole:
        assert all(float(tick).is_integer() for tick in axis.ticks)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("values", "broken"), [([93.1, 93.4], True), ([0, 40], False), ([7, 7], False), ([-5, -5.1], True)]
)
def test_an_axis_without_zero_has_a_break_sign(drawn: Any, form: str, values: list[float], broken: bool) -> None:
    figure = drawn(lambda: trends({"Een": values}))[list(FORMS).index(form)]
    strokes = [each for each in figure.findobj(Line2D) if each.get_zorder() == 3.1]
    assert len(strokes) == (2 if broken else 0)


def test_an_arrow_shows_the_wanted_direction(drawn: Any) -> None:
    tips = {}
    for way, words in (("stijgen", "stijging is gewenst"), ("dalen", "daling is gewenst")):
        for figure in drawn(lambda way=way: trends({"Een": [1, 2]}, richting=way)):
            assert words in [each.get_text() for each in figure.findobj(Text)]
            (head,) = (each.get_xy() for each in figure.findobj(Polygon))
            tips[way] = head[2][1] - head[0][1]
        assert words in trends({"Een": [1, 2]}, richting=way).figure.alt
    assert tips["stijgen"] < 0 < tips["dalen"]  # heights count down


def test_small_charts_are_as_wide_however_many_there_are(drawn: Any) -> None:
    widths = set()
    for number in (1, 2, 4):
        figure = drawn(lambda n=number: trends({f"Indicator {each}": [1, 2, 3] for each in range(n)}))[0]
        for each in figure.findobj(Line2D):
            xs = list(each.get_xdata())
            if len(xs) == 2 and each.get_zorder() == 0.5 and xs[0] != xs[1]:
                widths.add(round(float(xs[1] - xs[0]), 3))
    assert len(widths) == 1


@pytest.mark.parametrize(
    "chart",
    [
        lambda: trends({"Een": [1]}),
        lambda: utilisation({"Werken": [0.4], "Wonen": [0.2]}),
        lambda: utilisation({"Werken": [0.4]}, 2019, 2019),
        lambda: parts(["Emmen"], {"Iets": [float("nan")]}),
        lambda: shares([], []),
        lambda: money([], [], []),
    ],
)
def test_nothing_is_drawn_where_there_is_no_development_or_no_figure(chart: Callable[[], Any]) -> None:
    shown = chart()
    assert not isinstance(shown, ShownChart)
    assert shown.outputs[0].kind == "text" and shown.outputs[0].paragraphs[0].endswith(".")


@given(st.lists(st.tuples(st.floats(-50, 250), st.floats(1, 20)), min_size=1, max_size=12))
def test_labels_are_spread_within_their_edges(labels: list[tuple[float, float]]) -> None:
    wanted, heights = zip(*labels, strict=True)
    if sum(heights) > 200:
        with pytest.raises(ValueError, match="do not fit"):
            spread(wanted, heights, 0, 200)
        return
    centres = spread(wanted, heights, 0, 200)
    order = sorted(range(len(centres)), key=lambda index: (wanted[index], index))
    edges = [(centres[index] - heights[index] / 2, centres[index] + heights[index] / 2) for index in order]
    assert edges[0][0] >= -1e-6 and edges[-1][1] <= 200 + 1e-6
    assert all(before[1] <= after[0] + 1e-6 for before, after in pairwise(edges))


@given(st.lists(st.tuples(VALUES, st.floats(0, 60)), min_size=1, max_size=12))
def test_bars_leave_room_for_their_labels(bars: list[tuple[float, float]]) -> None:
    values, rooms = zip(*bars, strict=True)
    scale = fitted(values, rooms, 100, 400)
    for value, room in bars:
        assert (scale(value) - room if value < 0 else scale(value)) >= 100 - 1e-3
        assert (scale(value) + room if value >= 0 else scale(value)) <= 400 + 1e-3


@given(st.text(st.characters(max_codepoint=0x17F), min_size=1, max_size=120), st.floats(40, 200), st.integers(1, 4))
def test_lines_are_no_wider_than_their_room(text: str, room: float, most: int) -> None:
    text = "".join(sign for sign in text if sign.isalnum() or sign in " -/") or "x"
    drawing.register_fonts()
    lines = lines_of(text, 9.5, room)
    assert all(width_of(line, 9.5) <= room for line in lines)
    assert "".join(lines).replace("-", "").replace(" ", "") == "".join(text.split()).replace("-", "")
    short = lines_of(text, 9.5, room, most)
    assert len(short) == min(most, len(lines)) and all(width_of(line, 9.5) <= room for line in short)
    assert (short == lines) == (len(lines) <= most)


@given(st.integers(1, 4), st.integers(2, 6))
def test_names_that_differ_look_different_however_short_they_are_cut(most: int, count: int) -> None:
    drawing.register_fonts()
    names = [f"{LONG} {LONG} van {number}" for number in range(count)]
    shown = names_in_lines(names, 9.5, 120, most)
    assert len(set(map(tuple, shown))) == count and {len(lines) for lines in shown} == {most}
    assert all(width_of(line, 9.5) <= 120 for lines in shown for line in lines)
    assert shown[0][:-1] == lines_of(names[0], 9.5, 120)[: most - 1]
    alone = names_in_lines([names[0], "Kort"], 9.5, 120, most)
    assert alone == [lines_of(names[0], 9.5, 120, most), ["Kort"]]


def test_many_long_names_that_begin_alike_differ_in_a_chart(drawn: Any) -> None:
    """Of 25 indicators the names were cut in the same place, and two bars had the same name."""
    names = [f"{LONG}, {place}" for place in ("Emmen", "Coevorden", *map(name_of, range(23)))]
    page, _ = drawn(lambda: bullets(names, [0.5] * 25))
    assert "Emmen" in "".join(words for words, _ in boxes(page)) and faults(page) == []


@pytest.mark.parametrize(("values", "backed"), [([2234, 1400, 358], 1), ([10, 14, 21], 0), ([0, 0, 0], 0)])
def test_no_line_runs_through_the_last_figure(drawn: Any, values: list[float], backed: int) -> None:
    for figure in drawn(lambda: trends({"Uitstoot": values})):
        white = [each for each in figure.findobj(Rectangle) if each.get_facecolor() == (1.0, 1.0, 1.0, 1.0)]
        assert len([each for each in white if each.get_zorder() == 2.2]) == backed


def test_a_long_word_is_broken() -> None:
    assert all(line.endswith("-") for line in lines_of(UNBROKEN, 9.5, 60)[:-1])


@given(st.integers(2, 40), st.floats(20, 500), st.floats(5, 40))
def test_labels_of_places_do_not_touch(count: int, room: float, needed: float) -> None:
    assert every_so_many(count, room, needed) * room / (count - 1) >= needed - 1e-6
