"""What the ministry asks of every deal for its yearly letter to the Tweede Kamer.

The letters treat general progress, finances per instalment (tranche), risks and lessons; Art. 7.4 says which figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from voortgang.assemble.quarto_project import FRAGMENTS
from voortgang.assemble.shortcodes import Scope, resolve_variables
from voortgang.assemble.sources import NO_NARRATIVE
from voortgang.check.cells import typed
from voortgang.errors import VoortgangError
from voortgang.notebook import counts
from voortgang.notebook.risks import heaviest, register
from voortgang.publish import open_data
from voortgang.publish.key_figures import Kerncijfer, Kerncijfers, Verslag, read_key_figures
from voortgang.readers.damaged import told_as_damaged
from voortgang.readers.ministry_form import Leerervaring, Onderdeel, Opgave, Risico, Tranche
from voortgang.readers.ministry_page import MONEY, page
from voortgang.workspace import schema
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Period, Workspace
from voortgang.workspace.unwritten import is_unwritten
from voortgang.writing import dutch
from voortgang.writing.files import make_folder, write_files
from voortgang.writing.pandoc_tree import plain
from voortgang.writing.spreadsheet import unmarked

TOP_RISKS = 5
VARIABLES = "_variables.yml"
"""The file of a report's sources that holds the facts by their name."""


def export(workspace: Workspace, year: Period, folder: Path, replace: bool = False) -> tuple[Path, Path]:
    """Write `lnv-<year>.json` and `lnv-<year>.docx`, and return both.

    Parameters
    ----------
    replace
        Whether other files of these names, such as those of an earlier export, may be replaced.

    Raises
    ------
    VoortgangError
        When there is no report on that year, it is damaged, its key figures lack one that the ministry asks for, the
        folder cannot be written, or holds other files of these names.
    """
    figures, sources = read_key_figures(workspace, year), workspace.report(year) / "bron"
    with told_as_damaged(workspace, year):
        told = {"leerervaringen": _lessons(figures, sources), "risicos": _risks(workspace, year, figures)}
        opgave = statement(figures).model_copy(update=told)
        text = json.dumps(opgave.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
        files = {
            folder / f"lnv-{year}.json": text.encode(),
            folder / f"lnv-{year}.docx": page(opgave, _styles(sources)),
        }
    make_folder(folder)
    write_files(files, replace)
    first, second = files
    return first, second


def statement(figures: Kerncijfers) -> Opgave:
    """Return what a deal reports, from its key figures alone.

    Raises
    ------
    VoortgangError
        When a figure that the text quotes is absent.
    """
    known, report = figures.by_id, figures.verslag

    def words(key: str) -> str:
        return found(key).zinsdeel or found(key).tekst

    def number(key: str) -> str:
        return found(key).tekst

    def found(key: str) -> Kerncijfer:
        if key not in known:
            raise VoortgangError(
                f"The report on {report.jaar} lacks the figure {key}.",
                "kerncijfers.json",
                "the figures of every pillar and of the deal as a whole",
                "Publish it in a notebook with vg.publish_projects, vg.publish_goals or vg.publish_money.",
            )
        return known[key]

    stems = {key.replace("-", "_"): name for key, name in report.pijlers.items()}
    day = dutch.long_date(report.peildatum)
    approach = f"Op {day} telde de deal {words('totaal.projecten')}"
    if found("totaal.projecten").waarde:
        approach += f": {words('totaal.fasen')}"
        if "totaal.aandacht" in known:  # nobody may have given a light yet
            approach += f". Bij {words('totaal.aandacht')} staat een stoplicht op oranje of rood"
    approach += "."
    passed = known.get("deal.looptijd")
    ended = passed is not None and passed.waarde == 1  # nothing is on schedule any more
    kind, course = ("behaald", "behaald") if ended else ("op_koers", "behaald of op schema")
    per_pillar = [
        f"{number(f'{key}.{kind}')} van de {number(f'{key}.met_doel')} bij {name}"
        for key, name in stems.items()
        if found(f"{key}.met_doel").waarde
    ]
    without = [name for key, name in stems.items() if not found(f"{key}.met_doel").waarde]
    goals = []
    if per_pillar:
        goals.append(f"Van de indicatoren met een doelwaarde zijn er {course}: {dutch.listing(per_pillar)}.")
    if without:
        goals.append(f"Bij {dutch.listing(without)} heeft geen indicator een doelwaarde.")
    money = (
        f"Van de begroting van {words('totaal.begroot')} is {words('totaal.gecommitteerd')} gecommitteerd en "
        f"{words('totaal.gerealiseerd')} gerealiseerd"
    )
    if "totaal.uitputting" in known:  # of a budget of nothing there is no share
        money += f", een uitputting van {words('totaal.uitputting')}"
    money += "."
    texts = {"aanpak": approach, "doelbereik": " ".join(goals), "financien": money}
    titles = ("Programmatische aanpak", "Doelbereik", "Financiële realisatie")
    asked = {"aanpak": "totaal.projecten", "doelbereik": f"{next(iter(stems))}.op_koers", "financien": "totaal.begroot"}
    parts = [
        Onderdeel.model_validate(
            {
                "id": part,
                "artikel": known[asked[part]].artikel,
                "titel": title,
                "tekst": text,
                "kerncijfers": _of(figures, part, stems),
            }
        )
        for (part, text), title in zip(texts.items(), titles, strict=True)
    ]
    return Opgave(schema_versie="1.2", verslag=report, onderdelen=parts, tranches=_tranches(figures))


def _tranches(figures: Kerncijfers) -> list[Tranche]:
    """Return the instalments received, in order."""
    known = figures.by_id
    found: list[Tranche] = []
    while (amount := known.get(f"rijk.termijn_{len(found) + 1}.bedrag")) is not None:
        together = known[f"rijk.termijn_{len(found) + 1}.opgeteld"]
        # As in `onderdelen`: from JSON to JSON.
        tranche = {"nummer": len(found) + 1, "bedrag": amount.model_dump(), "opgeteld": together.model_dump()}
        found.append(Tranche.model_validate(tranche))
    return found


def _lessons(figures: Kerncijfers, sources: Path) -> list[Leerervaring]:
    """Return what the report tells of lessons, from its own sources."""

    def read(name: str) -> bytes | None:
        path = sources / name
        # A pillar may have no text; every report has its facts, and without them nothing is told.
        return path.read_bytes() if path.is_file() or name == VARIABLES else None

    known = {name: pillar for pillar, name in figures.verslag.pijlers.items()}
    return [Leerervaring(pijler=known[name], naam=name, tekst=words) for name, words in lessons(figures.verslag, read)]


def lessons(report: Verslag, read: Callable[[str], bytes | None]) -> Iterator[tuple[str, str]]:
    """Yield what was learned in each pillar, by its name: words, with the facts filled in.

    Parameters
    ----------
    read
        Returns a file of the report's sources; None where there is none.
    """
    file = read(VARIABLES)
    variables = yaml.safe_load(file.decode()) if file else {}
    for pillar, name in report.pijlers.items():
        path = f"{FRAGMENTS}/_toelichting-leerervaringen-{pillar}.md"
        text = (read(path) or b"").decode() if file else ""
        if text.strip() not in {"", NO_NARRATIVE} and not is_unwritten(text):
            yield name, plain(resolve_variables(text, Scope(variables, {}, path)))


def _risks(workspace: Workspace, year: Period, figures: Kerncijfers) -> list[Risico]:
    """Return the heaviest risks, from the rows that the report published; none where its deal keeps no register."""
    path = workspace.report(year) / open_data.FOLDER / "risicos.csv"
    if not path.is_file():
        return []
    raw = pd.read_csv(path, dtype=str, keep_default_na=False, index_col="rij")
    texts = raw.map(unmarked)
    rows, _ = typed(texts, workspace.relative(path), schema.table("risicos"))
    report, parties = figures.verslag, {party.id: party.short for party in read_deal(workspace).parties}
    frame = register(rows, report.peildatum, date(report.jaar - 1, 12, 31), report.pijlers, parties)
    top = heaviest(frame, TOP_RISKS).to_dict(orient="index")
    return [Risico.model_validate({"nummer": number, **line}) for number, line in top.items()]


def _of(figures: Kerncijfers, part: str, stems: dict[str, str]) -> list[dict[str, Any]]:
    """Return the figures of a part: of the deal, its lines and its indicators, on the reporting year itself."""
    kinds = {"aanpak": [*counts.PROJECTS, "fasen"], "doelbereik": counts.GOALS, "financien": MONEY}[part]
    scopes = {"totaal", "overhead", *stems}
    chosen = [
        each
        for each in figures.kerncijfers
        if each.jaar == figures.verslag.jaar
        and (
            tuple(each.id.split(".")) in {(scope, kind) for scope in scopes for kind in kinds}
            or (part == "doelbereik" and "indicator" in each.over and not {"gemeente", "sector"} & each.over.keys())
        )
    ]
    return [each.model_dump() for each in chosen]


def _styles(sources: Path) -> Path:
    """Return the Word styles of a report, wherever in its sources they stand."""
    return next(iter(sorted(sources.rglob("stijl.docx"))), sources / "stijl.docx")
