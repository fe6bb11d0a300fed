"""The municipalities as shapes: what `check` refuses, what a report draws, and that no two labels touch."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
import pytest
from conftest import REPOSITORY, run
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from voortgang import notebook as vg
from voortgang.check.checked import check
from voortgang.errors import WorkspaceError
from voortgang.notebook.charts import maps
from voortgang.notebook.charts.drawing import styled
from voortgang.workspace.paths import Workspace
from voortgang.workspace.shapes import Shapes, read_shapes

KAART = json.loads((REPOSITORY / "data" / "kaart.geojson").read_text(encoding="utf-8"))


def _with(**changes: Any) -> str:
    return json.dumps(KAART | changes)


def _feature(**changes: Any) -> str:
    return _with(features=[KAART["features"][0] | changes])


def _ring(*ring: tuple[float, float]) -> str:
    return _feature(geometry={"type": "Polygon", "coordinates": [ring]})


BROKEN = {
    "metres": (_ring((230_000, 530_000), (231_000, 530_000), (231_000, 531_000), (230_000, 530_000)), "feature 1"),
    "latitude first": (_ring((52.7, 6.5), (52.8, 6.5), (52.8, 6.6), (52.7, 6.5)), "feature 1"),
    "open": (_ring((6.5, 52.7), (6.6, 52.7), (6.6, 52.8), (6.5, 52.8)), "feature 1 (GM1680)"),
    "two points": (_ring((6.5, 52.7), (6.5, 52.7)), "feature 1"),
    "a point": (_feature(geometry={"type": "Point", "coordinates": [6.5, 52.7]}), "feature 1"),
    "no geometry": (_feature(geometry=None), "feature 1"),
    "no code": (_feature(properties={"statnaam": "Emmen"}), "feature 1"),
    "twice": (_with(features=KAART["features"] + KAART["features"][:1]), "feature 7 (GM1680)"),
    "no source": (json.dumps({key: KAART[key] for key in ("type", "features")}), "bron"),
    "empty source": (_with(bron="  "), "bron"),
    "hidden sign in the source": (_with(bron="CBS\u202e2024"), "bron"),
    "emoji in the source": (_with(bron="CBS \N{ROCKET}"), "bron"),
    "not a number": (_with(features=[]).replace("[]", "[NaN]"), "kaart.geojson"),
    "a key twice": ('{"bron": "CBS", "bron": "Kadaster"}', "kaart.geojson"),
    "no object": ("[]", "kaart.geojson"),
    "no JSON": ("{", "kaart.geojson"),
    "empty": ("", "kaart.geojson"),
    "lists without end": ("[" * 100_000, "kaart.geojson"),
    "too large": (" " * 2_000_001, "kaart.geojson"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_map_is_named_by_its_place(case: str, tmp_path: Path) -> None:
    text, place = BROKEN[case]
    file = Workspace(tmp_path).shapes
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WorkspaceError) as found:
        read_shapes(Workspace(tmp_path))
    assert "data/kaart.geojson" in found.value.where and place in found.value.where
    assert "longitude and latitude" in found.value.expected


@pytest.mark.parametrize("case", ["metres", "lists without end"])
def test_check_refuses_a_broken_map(case: str, workspace: Path) -> None:
    text, place = BROKEN[case]
    (workspace / "data" / "kaart.geojson").write_text(text, encoding="utf-8")
    done = run("check", cwd=workspace)
    assert done.code == 1
    where = next(line for line in done.err.splitlines() if "where:" in line)
    assert "data/kaart.geojson" in where and place in where
    assert "longitude and latitude" in done.err and "Traceback" not in done.err


def test_a_byte_order_mark_and_keys_of_others_do_not_matter(workspace: Path) -> None:
    file = workspace / "data" / "kaart.geojson"
    file.write_text(_with(name="gemeenten", crs={"type": "name"}), encoding="utf-8-sig")
    assert not [each for each in check(Workspace(workspace)).findings if "kaart" in each.file]


def test_a_municipality_that_the_map_lacks_is_named(workspace: Path) -> None:
    (workspace / "data" / "kaart.geojson").write_text(_with(features=KAART["features"][1:]), encoding="utf-8")
    found = [each for each in check(Workspace(workspace)).findings if each.rule == "map_incomplete"]
    assert [each.severity for each in found] == ["warning"] and "Aa en Hunze" in dict(found[0].details)["missing"]


def test_the_report_shows_the_map_and_whose_it_is(reports: Path) -> None:
    page = " ".join((reports / "2021" / "voortgangsrapportage-2021.html").read_text(encoding="utf-8").split())
    assert f"Grenzen: {KAART['bron']}" in page and "Kaart van de gemeenten. Aa en Hunze 9 projecten" in page


def _drawn(names: list[str], rings: dict[str, Any]) -> Figure | None:
    frame = pd.DataFrame({"deel": names, "aantal": range(len(names))}, index=list(rings))
    with matplotlib.rc_context():
        return styled(maps._with_shapes)(frame, "aantal", Shapes("CBS", rings), max(1, len(names) - 1))


def _assert_labels_stand_apart(chart: Figure) -> None:
    chart.set_dpi(720)  # as a drawing in lines does, without rounding letters to pixels
    chart.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in chart.axes[0].texts]
    assert boxes
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.shrunk(0.98, 0.9).overlaps(second.shrunk(0.98, 0.9)), (one, other)
    for name, box in boxes:
        assert box.x0 >= chart.bbox.x0 - 9 and box.x1 <= chart.bbox.x1 + 9, name
        assert box.y0 >= chart.bbox.y0 - 9 and box.y1 <= chart.bbox.y1 + 9, name


def _assert_lines_cross_nothing(chart: Figure) -> None:
    """Check that no line touches a number, a name or another line."""
    lines = chart.axes[0].lines
    boxes = {text.get_text(): text.get_window_extent() for text in chart.axes[0].texts}
    for line in lines:
        way = line.get_transform().transform_path(line.get_path())
        touched = [name for name, box in boxes.items() if way.intersects_bbox(box.shrunk(0.98, 0.9), filled=False)]
        assert not touched, line.get_xydata()
    for one, other in combinations(lines, 2):
        assert not one.get_path().intersects_path(other.get_path(), filled=False)


def test_labels_on_the_map_of_this_deal_stand_apart() -> None:
    rings = {
        each["properties"]["statcode"]: tuple(tuple(map(tuple, ring)) for ring in each["geometry"]["coordinates"])
        for each in KAART["features"]
    }
    chart = _drawn([each["properties"]["statnaam"] for each in KAART["features"]], rings)
    assert chart is not None
    _assert_labels_stand_apart(chart)
    _assert_lines_cross_nothing(chart)
    # The line to a shape runs through no other: Coevorden has its name in its shape.
    shapes = chart.axes[0].patches
    for line in chart.axes[0].lines:
        assert sum(shape.get_path().intersects_path(line.get_path(), filled=True) for shape in shapes) == 1
    assert len(chart.axes[0].lines) == 2


@given(st.integers(1, 40), st.integers(1, 12), st.floats(0.2, 5), st.text("abcdefgh -", min_size=1, max_size=60))
def test_labels_stand_apart_for_any_number_of_municipalities(count: int, across: int, shape: float, name: str) -> None:
    wide, high = 0.1 * shape, 0.06
    rings = {}
    for number in range(count):
        left, low = 5 + wide * (number % across), 52 + high * (number // across)
        corners = ((left, low), (left + wide, low), (left + wide, low + high), (left, low + high), (left, low))
        rings[f"m{number}"] = (corners,)
    chart = _drawn([f"{name.strip()} {number}".strip() for number in range(count)], rings)
    if chart is not None:
        _assert_labels_stand_apart(chart)
        _assert_lines_cross_nothing(chart)


@given(st.lists(st.lists(st.floats(0.02, 0.4), min_size=1, max_size=5), min_size=1, max_size=5), st.integers(1, 30))
def test_lines_cross_nothing_for_shapes_of_any_width(rows: list[list[float]], length: int) -> None:
    rings: dict[str, Any] = {}
    for low, widths in enumerate(rows):
        left = 6.0
        for wide in widths:
            one, other, south, north = left, left + wide, 52 + 0.1 * low, 52.1 + 0.1 * low
            corners = ((one, south), (other, south), (other, north), (one, north), (one, south))
            rings[f"m{len(rings)}"], left = (corners,), left + wide
    chart = _drawn(["n" * length + str(number) for number in range(len(rings))], rings)
    if chart is not None:
        _assert_labels_stand_apart(chart)
        _assert_lines_cross_nothing(chart)


def test_a_map_whose_lines_would_cross_is_a_list() -> None:
    rings = {
        f"m{number}": (((5 + number / 9, 52), (5 + (number + 1) / 9, 52), (5 + (number + 1) / 9, 52.001), (5, 52)),)
        for number in range(40)
    }
    names = [f"Nieuw-Amsterdam {number}" for number in range(40)]
    assert _drawn(names, rings) is None
    frame = pd.DataFrame({"deel": names, "aantal": range(40)}, index=list(rings))
    shown = vg.chart_map(frame, "aantal", ("project", "projecten"), Shapes("CBS", rings), {}, "Kaart")
    assert "Staafdiagram" in shown.figure.alt and "Nieuw-Amsterdam 39" in shown.figure.alt and "<svg" in shown.svg
    assert "Grenzen" not in shown.figure.caption and "<svg" in shown.svg


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ([2, 1, 1], "De meeste projecten telt 0"),
        ([2, 2, 1], "De meeste projecten tellen 0 en 1"),
        ([2] * 13, "Alle gemeenten tellen evenveel projecten"),
        ([2] * 12 + [1], "Verscheidene gemeenten tellen evenveel projecten, en geen telt er meer"),
    ],
)
def test_the_title_of_a_map_names_no_dozen(counts: list[int], says: str) -> None:
    names = [str(number) for number in range(len(counts))]
    frame = pd.DataFrame({"deel": names, "aantal": counts}, index=names)
    tiles = {name: (number, 0) for number, name in enumerate(names)}
    shown = vg.chart_map(frame, "aantal", ("project", "projecten"), None, tiles, "Kaart")
    assert shown.figure.title == says
