"""Each drawing of a chart says which values stand where, and a page shows them to who points there or uses the keys."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

from chart_cases import SHORT, money
from test_accessibility import require_tools, told
from test_html_page import FIGURE, HEADER, made

from voortgang.notebook.charts.drawing import REALISED

SVG = "{http://www.w3.org/2000/svg}"


def spots(svg: str) -> list[tuple[float, float, float, float, str]]:
    said = ElementTree.fromstring(svg).find(f"{SVG}desc")
    return [] if said is None else [tuple(each) for each in json.loads(said.text or "")]


def test_a_value_is_where_its_bar_is() -> None:
    shown = money(SHORT, [10e6, 8e6, 4e6], [5e6, 2e6, 1e6])
    for svg in (shown.svg, shown.narrow):
        drawn = []
        for path in ElementTree.fromstring(svg).iter(f"{SVG}path"):
            if f"fill:{REALISED}" in (path.get("style") or "").replace(" ", ""):
                numbers = [float(each) for each in re.findall(r"-?[\d.]+", path.get("d") or "")]
                drawn.append((min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2])))
        said = [each for each in spots(svg) if "gerealiseerd" in each[4]]
        assert [each[4] for each in said] == [
            *("Werken, gerealiseerd: 5,0 miljoen euro", "Wonen, gerealiseerd: 2,0 miljoen euro"),
            "Welzijn, gerealiseerd: 1,0 miljoen euro",
        ]
        for each in said:
            assert any(max(abs(a - b) for a, b in zip(each[:4], bar, strict=True)) <= 1 for bar in drawn), each


POINT = """
addEventListener("load", () => {
  const frame = document.querySelector(".aanwijzen");
  const said = frame.querySelector(".waarde"), place = frame.querySelector(".plek");
  const press = key => {
    frame.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    return said.textContent;
  };
  const box = element => element.getBoundingClientRect();
  const keys = [..."123456789"].map(() => press("ArrowRight"));
  const around = [press("ArrowRight"), press("ArrowLeft"), press("Home"), press("End")];
  press("Home");
  const { left, top, width, height } = box(place);
  const inside = box(said).right <= box(frame).right + 1 && box(said).left >= box(frame).left - 1;
  const gone = press("Escape");
  const move = (clientX, clientY) => frame.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY }));
  move(left + width / 2, top + height / 2);
  const pointed = said.textContent;
  move(box(frame).right - 1, box(frame).top + 1);
  say({
    keys, around, inside, gone, pointed, away: said.textContent,
    stops: document.querySelectorAll("figure [tabindex='0']").length, role: frame.getAttribute("role"),
    label: frame.getAttribute("aria-label"), narrow: document.querySelector("img").currentSrc.length,
  });
});
"""


def test_a_reader_points_at_a_value_or_goes_through_them(tmp_path: Path) -> None:
    require_tools()
    shown = money(SHORT, [10e6, 8e6, 4e6], [5e6, 2e6, 1e6])
    figure = FIGURE.replace("fig-alt=", "smal=b.svg fig-alt=")
    page = made(tmp_path, HEADER + figure, {"a.svg": shown.svg, "b.svg": shown.narrow})
    wide, narrow = (told(page, tmp_path, [POINT], width=width) for width in (1280, 500))
    assert wide["narrow"] != narrow["narrow"], "another drawing, with other places"
    for said in (wide, narrow):
        values = said["keys"]
        assert len(set(values)) == 9 and values[0] == "Werken, begroot: 10,0 miljoen euro"  # type: ignore[arg-type,index]
        assert said["around"] == [values[0], values[8], values[0], values[8]]  # type: ignore[index]
        assert (said["pointed"], said["gone"], said["away"]) == (values[0], "", "")  # type: ignore[index]
        assert said["inside"] and said["stops"] == 1 and said["role"] == "group"
        assert str(said["label"]).startswith("Waarden van ")


def test_a_picture_without_values_stays_as_it_is(tmp_path: Path) -> None:
    require_tools()
    count = "addEventListener('load', () => say(document.querySelectorAll('.aanwijzen').length));"
    assert told(made(tmp_path, HEADER + FIGURE), tmp_path, [count]) == 0  # type: ignore[comparison-overlap]
