"""An edition that leaves projects out never speaks of those that it shows as of all, nor of hidden ones as of none."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from documents import html_text
from test_odd_deals import _text
from test_yet import _said

import voortgang.notebook as vg
from voortgang.assemble.collect import Collected
from voortgang.notebook.display import Shown
from voortgang.writing.publishable import unquoted

_NO_PROJECT = re.compile(r"\b[Gg]een (?:enkel )?project(?:en)?\b[^.;<']*")
_OF_ALL = re.compile(r"deze editie toont|getoond|loopt door na zijn einddatum")
"""How a sentence about no project says that there may be one; the caption of a planning says what it is about."""


def _hide(root: Path, *hidden: str) -> None:
    """Let projects, or all of a pillar, be confidential."""
    path = root / "data" / "projecten.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    for row in rows:
        if row["project_id"] in hidden or row["pijler"] in hidden:
            row["vertrouwelijk"] = "ja"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def hidden(workspace: Path) -> vg.Report:
    _hide(workspace, "wonen", "K001", "K004", "Z003", "Z006")
    return vg.load(2022, "2022-12-31", "openbaar", workspace)


def test_what_is_withheld_of_a_theme_is_no_nought(hidden: vg.Report) -> None:
    for pillar in ("werken", "wonen", "welzijn"):
        frame = vg.money_by_theme(hidden, pillar)
        amounts = frame[["gecommitteerd", "gerealiseerd"]]
        assert amounts.loc["overig"].sum() > 0 and frame.at["overig", "thema"] == "Niet per thema openbaar"
        assert not (amounts.fillna(1) == 0).all(axis=1).any(), "a theme of which nothing is known"
        assert amounts.drop(index="totaal").sum().tolist() == amounts.loc["totaal"].tolist()
    assert (
        vg.money_by_theme(hidden, "wonen")["gerealiseerd"].notna().sum() == 2
    )  # what is not of a theme, and the total


def test_the_cards_count_what_is_not_shown(hidden: vg.Report) -> None:
    assert "13 niet getoond" in unquoted(vg.key_cards(hidden).outputs[0].cards[0].detail)  # type: ignore[union-attr]


@pytest.mark.parametrize("one", [True, False])
def test_a_council_reads_what_the_edition_shows_of_its_money(workspace: Path, one: bool) -> None:
    """Hoogeveen leads projects of two pillars; of one of these no amount is public."""
    _hide(workspace, *(("K001", "K004", "Z003", "Z006", "wonen") if not one else ("wonen", "welzijn", "K001", "K003")))
    report = vg.load(2022, "2022-12-31", "openbaar", workspace)
    for place in report.deal.municipalities:
        shown = vg.municipality_projects(report, place.id)
        money = vg.municipality_chart(report, place.id)
        state = _text(vg.municipality_state(report, place.id))
        assert "deze editie toont" in state
        if isinstance(money, Shown):
            pillars = shown["pijler"].nunique()
            right = ("De projecten die deze editie toont",) if pillars == 1 else ("Van de projecten waaraan",)
            assert _text(money).startswith((*right, "De bedragen van de projecten in"))


def test_where_nothing_is_hidden_nothing_is_said_of_it(workspace: Path) -> None:
    report = vg.load(2022, "2022-12-31", "overleg", workspace)
    assert not report.shown_only() + report.that_is_shown("wonen") + report.that_are_shown()


@pytest.mark.parametrize("of", [("wonen",), ("werken", "wonen", "welzijn")])
def test_no_sentence_says_that_there_is_no_project(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, of: tuple[str, ...]
) -> None:
    _hide(workspace, *of)
    report = vg.load(2022, "2022-12-31", "openbaar", workspace)
    monkeypatch.chdir(workspace / "notebooks")
    monkeypatch.setattr(vg, "load", lambda *_: report)
    said = [each.partition("application/")[0] for each in _said(workspace, 2022)]  # facts have no sentence
    wrong = {match[0] for each in said for match in _NO_PROJECT.finditer(each) if not _OF_ALL.search(match[0])}
    assert not wrong


@pytest.mark.parametrize("counts", [{"totaal": 2, "wonen": 0}, {"totaal": 0}])
def test_chapters_tell_phases_where_there_is_a_project_shown_or_not(counts: dict[str, int]) -> None:
    facts = {f"{stem}.projecten": SimpleNamespace(value=count) for stem, count in counts.items()}
    found = Collected(facts=facts | {"gemeente.emmen.projecten": SimpleNamespace(value=9)})  # type: ignore[arg-type]
    assert found.conditions == {f"{stem}.geteld": "ja" for stem, count in counts.items() if count}


def test_the_public_edition_says_what_a_dash_means_and_has_no_column_of_them(public: Path) -> None:
    """Its readers met dashes in a table of projects, and a column of nothing else, without a word."""
    folder = public / "reports" / "2021"
    report = html_text(folder / "voortgangsrapportage-2021.html")
    (below,) = re.findall(r"Zo is tabel 24 gemaakt (.{50})", report)
    assert below == "Een streepje betekent dat het bedrag in deze editi"
    assert "Daarvan gerealiseerd" not in report
    summary = html_text(folder / "bladen" / "publiekssamenvatting-2021.html")
    assert "één niet getoond in deze editie. Wat niet is getoond, wil een partij geheim houden." in summary
