"""Compute published figures again with pandas alone, from the tables in `data/`.

Nothing of `voortgang` is used: neither its code, nor its notebooks, nor its way to write numbers. Each figure is
compared with `kerncijfers.json` and with every place in the HTML that shows it. Fewer than sixty figures of a report,
or one that differs, is a failure. `python bench/recompute.py [REPORT …]` takes folders such as `reports/2021`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).parents[1]
FEWEST = 60
WITHIN = 1e-9


def main(folders: list[Path]) -> int:
    """Check each report; return the exit code."""
    sound = True
    for folder in folders:
        published = json.loads((folder / "kerncijfers.json").read_text(encoding="utf-8"))
        figures = {each["id"]: each for each in published["kerncijfers"]}
        mine = recomputed(pd.Timestamp(published["verslag"]["peildatum"]), published["verslag"]["jaar"])
        shown = shown_in(page for page in folder.glob("*.html") if page.name != "herkomst.html")
        both = sorted(mine.keys() & figures.keys())
        wrong = [line for key in both for line in differences(key, mine[key], figures[key], shown.get(key, []))]
        seen = sum(len(shown.get(key, [])) for key in both)
        print(f"{folder.name}: {len(both)} figures, shown {seen} times in the HTML, {len(wrong)} differences")
        print("".join(f"  {line}\n" for line in wrong), end="")
        sound &= not wrong and len(both) >= FEWEST and seen >= FEWEST
    return 0 if sound and folders else 1


def differences(key: str, value: float, figure: dict[str, Any], texts: list[str]) -> list[str]:
    """Return what differs between a figure and what was published."""
    found = []
    if abs(float(figure["waarde"]) - value) > WITHIN * max(1.0, abs(value)):
        found.append(f"{key}: computed {value}, published {figure['waarde']}")
    right = {_dutch(value, figure["eenheid"], places) for places in range(3)}
    for text in dict.fromkeys(texts):
        digits = re.findall(r"-?\d[\d.]*(?:,\d+)?", text)
        if digits and digits[0].rstrip(".") not in right:
            found.append(f"{key}: computed {value}, the HTML says {text!r}")
    return found


def _dutch(value: float, unit: str, places: int) -> str:
    """Write a number as a Dutch reader does, with a count of decimals."""
    number = Decimal(str(value)) * (100 if unit == "aandeel" else 1)
    plain = f"{number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return plain.replace(",", " ").replace(".", ",").replace(" ", ".")


class _Figures(HTMLParser):
    """Collects the text of each link that leads to the origin of a figure."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {}
        self._key = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "cijfer" in (given.get("class") or "").split():
            self._key = (given.get("href") or "").partition("#")[2]
            self.texts.setdefault(self._key, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._key = ""

    def handle_data(self, data: str) -> None:
        if self._key:
            self.texts[self._key][-1] += data.replace("\xa0", " ")


def shown_in(pages: Iterable[Path]) -> dict[str, list[str]]:
    """Return where pages show each figure, by its id."""
    reader = _Figures()
    for page in pages:
        reader.feed(page.read_text(encoding="utf-8"))
    return reader.texts


def _table(name: str, *days: str) -> pd.DataFrame:
    return pd.read_csv(ROOT / "data" / f"{name}.csv", parse_dates=list(days))


def recomputed(day: pd.Timestamp, year: int) -> dict[str, float]:
    """Return figures by their id, as known on a day."""
    return {
        key: float(value)
        for part in (_projects(day), _money(day, year), _contributions(day), _measured(day, year))
        for key, value in part.items()
    }


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "_", text.lower())


def _projects(day: pd.Timestamp) -> dict[str, float]:
    """Count projects by pillar, phase, theme and municipality."""
    projects = _table("projecten", "start").query("start <= @day").set_index("project_id")
    states = _table("voortgang", "peildatum").query("peildatum <= @day").sort_values("peildatum")
    states = states.drop_duplicates("project_id", keep="last").set_index("project_id").reindex(projects.index)
    lights = states[["inhoud", "tijd", "geld"]].isin(["oranje", "rood"]).any(axis=1)
    found: dict[str, float] = {}
    for line in ("totaal", *projects["pijler"].unique()):
        mine = projects.index if line == "totaal" else projects.index[projects["pijler"] == line]
        found[f"{_key(line)}.projecten"] = len(mine)
        found[f"{_key(line)}.aandacht"] = lights[mine].sum()
        for phase in ("voorbereiding", "uitvoering", "afgerond", "gestopt"):
            found[f"{_key(line)}.{phase}"] = (states.loc[mine, "fase"] == phase).sum()
    for (pillar, theme), rows in projects.groupby(["pijler", "thema"]):
        found[f"thema.{_key(pillar)}_{_key(theme)}.projecten"] = len(rows)
        found[f"thema.{_key(pillar)}_{_key(theme)}.begroot"] = rows["begroot"].sum()
    for number, amount in projects["begroot"].items():
        found[f"project.{_key(number)}.begroot"] = amount
    places = projects["gemeenten"].fillna("").str.split(";")
    for place in {name for names in places for name in names}:
        leads = projects["penvoerder"] == place
        found[f"gemeente.{_key(place)}.projecten"] = (places.map(lambda names, one=place: one in names) | leads).sum()
        found[f"gemeente.{_key(place)}.penvoerder"] = leads.sum()
    return found


def _money(day: pd.Timestamp, year: int) -> dict[str, float]:
    """Add up budget and spending by line, theme, project and year."""
    budget = _table("begroting", "geldig_vanaf").query("geldig_vanaf <= @day").sort_values("geldig_vanaf")
    budgets = budget.drop_duplicates("pijler", keep="last").set_index("pijler")["bedrag"]
    bookings = _table("financien", "datum").query("datum <= @day")
    themes = _table("projecten").set_index("project_id")["thema"]
    spent = bookings[bookings["soort"] == "gerealiseerd"]
    years = range(int(spent["datum"].dt.year.min()), year + 1)
    found: dict[str, float] = {}
    for line in ("totaal", *budgets.index):
        mine = spent if line == "totaal" else spent[spent["pijler"] == line]
        whole = budgets.sum() if line == "totaal" else budgets[line]
        found[f"{_key(line)}.begroot"] = whole
        found[f"{_key(line)}.gerealiseerd"] = mine["bedrag"].sum()
        found[f"{_key(line)}.uitputting"] = mine["bedrag"].sum() / whole
        if line != "totaal":
            found[f"{_key(line)}.verdeling"] = mine["bedrag"].sum() / spent["bedrag"].sum()
            found[f"{_key(line)}.verdeling_begroot"] = whole / budgets.sum()
        for each in years:
            name = "gerealiseerd_in_jaar" + ("" if each == year else f"_{each}")
            found[f"{_key(line)}.{name}"] = mine.loc[mine["datum"].dt.year == each, "bedrag"].sum()
    for number, amount in spent.groupby("project_id")["bedrag"].sum().items():
        found[f"project.{_key(str(number))}.gerealiseerd"] = amount
    per_theme = spent.assign(thema=spent["project_id"].map(themes)).groupby(["pijler", "thema"])["bedrag"].sum()
    for (pillar, theme), amount in per_theme.items():
        found[f"thema.{_key(pillar)}_{_key(theme)}.gerealiseerd"] = amount
    return found


def _contributions(day: pd.Timestamp) -> dict[str, float]:
    """Add up what parties promised and paid."""
    rows = _table("bijdragen", "datum").query("datum <= @day")
    sums = rows.pivot_table(index="partij", columns="soort", values="bedrag", aggfunc="sum", fill_value=0)
    sums = sums.reindex(columns=["toegezegd", "ontvangen"], fill_value=0)
    groups = {"rijk": sums.loc[sums.index == "lnv"], "regio": sums.loc[sums.index != "lnv"], "bijdragen": sums}
    found: dict[str, float] = {}
    for name, part in groups.items():
        for kind in ("toegezegd", "ontvangen"):
            found[f"{name}.{kind}"] = part[kind].sum()
        found[f"{name}.aandeel_ontvangen"] = part["ontvangen"].sum() / part["toegezegd"].sum()
    for party, line in sums.iterrows():
        for stem in ("gemeente", "partij"):
            found[f"{stem}.{_key(str(party))}.toegezegd"] = line["toegezegd"]
            found[f"{stem}.{_key(str(party))}.ontvangen"] = line["ontvangen"]
    paid = rows[(rows["partij"] == "lnv") & (rows["soort"] == "ontvangen")].sort_values("datum")["bedrag"]
    for count, (amount, together) in enumerate(zip(paid, paid.cumsum(), strict=True), start=1):
        found |= {f"rijk.termijn_{count}.bedrag": amount, f"rijk.termijn_{count}.opgeteld": together}
    return found


def _measured(day: pd.Timestamp, year: int) -> dict[str, float]:
    """Return what was measured in the year, per municipality and sector, and together where nothing is missing."""
    rows = _table("metingen", "peildatum").query("peildatum <= @day and verslagjaar == @year")
    found: dict[str, float] = {}
    for indicator, mine in rows.groupby("indicator_id"):
        stem = f"indicator.{_key(str(indicator))}.waarde"
        parts = mine["gemeente"].fillna(mine["sector"])
        for part, value in zip(parts, mine["waarde"], strict=True):
            if pd.notna(value) and pd.notna(part):
                found[f"{stem}_{_key(part)}"] = value
        if mine["waarde"].notna().all():
            found[stem] = mine["waarde"].sum()
    return found


if __name__ == "__main__":
    asked = [Path(name) for name in sys.argv[1:]]
    sys.exit(main(asked or sorted(path.parent for path in (ROOT / "reports").glob("*/kerncijfers.json"))))
