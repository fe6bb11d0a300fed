"""Write the sources of one report: an ordinary Quarto project that anyone with Quarto can render."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from voortgang.assemble.chapter_parts import Ids, fill_in
from voortgang.assemble.chapters import included_files, prepare_chapters
from voortgang.assemble.collect import FIGURES, Collected
from voortgang.assemble.deal_words import deal_words
from voortgang.assemble.own_tables import OWN_TABLES, abbreviations, data_quality
from voortgang.assemble.quarto_project import (
    CARRIED,
    FRAGMENTS,
    PLACE,
    documents,
    read_header,
    read_project,
    with_extensions,
)
from voortgang.assemble.settings import stray_files
from voortgang.assemble.shortcodes import Scope, header_length, origin, read_text, resolve_variables
from voortgang.assemble.stories import story_fragments, story_pictures
from voortgang.check import narrative
from voortgang.check.uncomputed import VARIABLE
from voortgang.errors import TemplateError
from voortgang.run.plan import STATUS, Plan
from voortgang.workspace.deal import article_text
from voortgang.workspace.extension import FOLDER
from voortgang.workspace.paths import COUNCILS, municipal_part
from voortgang.workspace.stories import stories
from voortgang.writing import dutch, markdown, word_style
from voortgang.writing.fonts import font_files
from voortgang.writing.typesetting import Refused

NO_NARRATIVE = "Voor dit onderdeel is geen toelichting opgenomen."
_STYLE = (("typst", "font-paths"), ("docx", "reference-doc"))
_MAY_BE_ABSENT = {
    *("uitputting", "niet_getoond", "aandacht", "tussentijds", "loopt"),
    *("gerealiseerd_keer", "gerealiseerd_vergeleken"),
    *("doelen", "doelen_op_koers", "doelen_behaald", "ten_laste", "toelichting", "raad", "eerder", "verhalen"),
    *("draagt_bij", "uitgegeven", "geteld"),
}
"""Kinds of key figures and words of which there may be none: nothing is budgeted, all is shown, no project has a light,
there is no year before, the report is about a whole year, the deal has ended; no pillar has a target, no amount of a
municipality may be shown, the bureau wrote nothing about one, or asks the councils nothing; it is the first year; a
pillar has no story, the State contributes nothing, nothing is spent, or there is no project."""
EDITION = {"overleg": "overleg (alle gegevens)", "openbaar": "openbaar"}


@dataclass(frozen=True)
class Sources:
    """The written project.

    Attributes
    ----------
    folder
        Where it stands.
    mark
        What every page says about the report's standing, such as "Concept · voorbeelddata"; empty for an adopted report
        on real data.
    variables
        Content of `_variables.yml`.
    """

    folder: Path
    mark: str
    variables: dict[str, Any]


def write_sources(plan: Plan, collected: Collected, figures: str, folder: Path) -> Sources:
    """Write templates, fragments, figures, narrative, variables and fonts together into `folder`.

    Parameters
    ----------
    figures
        Content of `kerncijfers.json`.

    Raises
    ------
    TemplateError
        When the templates lack their project file, or the project file quotes an unknown variable.
    """
    templates, mark = plan.workspace.templates, plan.mark
    project = templates / "_quarto.yml"
    if not project.is_file():
        raise TemplateError(
            "The Quarto project is missing.",
            plan.workspace.relative(project),
            "the project file of the report",
            "Restore it, for instance with: git checkout -- templates",
        )
    own = (data_quality(plan), abbreviations(plan.deal))
    fragments = _narrative(plan) | {f"_{label}.md": text.encode() for label, text in zip(OWN_TABLES, own, strict=True)}
    told = list(stories(plan.workspace, plan.period))
    pictures = story_pictures(told, collected.made_fit)
    fragments |= story_fragments(plan.deal, told, pictures)
    collected.figures |= pictures
    name, words = plan.workspace.relative(project), _words(plan, mark)
    words |= collected.conditions
    _require_known(plan, {*words, *collected.facts})
    ids = plan.deal.repeated
    variables = write_project(templates, name, plan.is_last, words, fragments, collected, figures, mark, folder, ids)
    return Sources(folder, mark, variables)


def write_project(
    templates: Path,
    name: str,
    last_year: bool,
    words: dict[str, str],
    fragments: dict[str, bytes],
    collected: Collected,
    figures: str,
    mark: str,
    folder: Path,
    ids: Ids | None = None,
) -> dict[str, Any]:
    """Write a Quarto project with its variables, fragments, figures, attachments and fonts into `folder`.

    Returns the variables.

    Parameters
    ----------
    templates, name
        The project as it is written by hand, and how messages name its project file.
    last_year
        Whether the documents of the last year belong to it.
    words
        What chapters quote with `{{< var … >}}` beside facts; an empty one is known, and a condition finds it absent.
    fragments
        What chapters include beside what notebooks published, by file name.
    figures
        Content of `kerncijfers.json`.
    mark
        What every page says about the report's standing.
    ids
        For which pillars and municipalities parts and documents are repeated.
    """
    for error in stray_files(templates):
        raise error
    shutil.copytree(templates, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    kept = dict.fromkeys(document for document, _ in documents(templates, name, last_year, ids))
    for error in fill_in(folder, kept, ids or {}, lambda label: _is_there(label, words, collected)):
        raise error
    plain = _nested({key: markdown.escape(text) for key, text in words.items()} | _quoted(collected, linked=False))
    variables = _nested({key: markdown.escape(text) for key, text in words.items()} | _quoted(collected, linked=True))
    # The project file is written with its variables filled in: Quarto itself fills them in only in some of its keys.
    settings = read_project(templates, name)
    scope = Scope(plain, {}, name)
    # An unknown variable is refused by its line.
    resolve_variables(read_text(templates / "_quarto.yml", name), scope)
    for document in set(map(str, (settings.get("project") or {}).get("render") or [])) - kept.keys():
        # It belongs to the last year, and quotes what only that year has; one that is repeated is gone already.
        (folder / document).unlink(missing_ok=True)
    prepare_chapters(folder, kept)
    rows = Scope(variables, {}, name)
    for part, text in included_files(folder, kept)[0].items():
        (folder / part).write_bytes(_with_rows(text, rows).encode())
    fragments = {part: _with_rows(text.decode(), rows).encode() for part, text in fragments.items()}
    if collected.as_png is not None:
        _draw_for_word(folder, collected.as_png)
    settings["project"] = {**(settings.get("project") or {}), "render": list(kept)}
    # Which notebook page shows how a figure or table was made; toegankelijk.lua links to it.
    origins = {label: cell.page for label, cell in sorted(collected.origins.items())}
    _write_yaml(folder / "_quarto.yml", _filled_in(settings, scope) | {PLACE: "..", "herkomst": origins})
    for document in kept:
        _fill_in_header(folder / document, Scope(plain, {}, f"templates/{origin(document)}"))
    _write_yaml(folder / "_variables.yml", variables)
    _write_all(folder / FRAGMENTS, {f"_{label}.md": text.encode() for label, text in collected.fragments.items()})
    _write_all(folder / FRAGMENTS, fragments)
    _write_all(folder / FIGURES, collected.figures)
    texts = (figures, collected.tables_json())
    _write_all(folder, {name: text.encode() for name, text in zip(CARRIED, texts, strict=True)})
    _write_style(folder, mark)
    return variables


def _with_rows(text: str, scope: Scope) -> str:
    """Return a text with the variables in rows of tables filled in: a column is as wide as the lines are long."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.lstrip().startswith("|") and "{{<" in line:
            with suppress(TemplateError):  # what is unknown is refused by its line when the document is made
                lines[number] = resolve_variables(line, scope)
    return "\n".join(lines)


def _draw_for_word(folder: Path, as_png: Callable[[bytes], bytes]) -> None:
    """Put a PNG beside each SVG of the chapters' own: Word does not show SVG everywhere."""
    for path in sorted(folder.rglob("*.svg")):
        if path.relative_to(folder).parts[0] != FOLDER and not (other := path.with_suffix(".png")).exists():
            try:
                other.write_bytes(as_png(path.read_bytes()))
            except Refused as error:
                raise TemplateError(
                    f"The picture cannot be drawn: {error}.",
                    f"templates/{path.relative_to(folder).as_posix()}",
                    "an SVG picture",
                    "Save it again as plain SVG, or as PNG.",
                ) from error


def _write_style(folder: Path, mark: str) -> None:
    """Add the fonts, and the report's mark in the Word styles, where the formats of the project look for them."""
    settings = read_project(folder, "_quarto.yml")
    formats = with_extensions(settings, folder).get("format") or {}
    fonts, styles = ((formats.get(form) or {}).get(key) for form, key in _STYLE)
    if isinstance(fonts, str):
        _write_all(folder / fonts, {font.name: font.read_bytes() for font in font_files()})
    if styles:
        word_style.fill_in(folder / styles, str(settings.get("title") or "").replace("\\", ""), mark)


def _is_there(name: str, words: dict[str, str], collected: Collected) -> bool | None:
    """Return whether a label is a table or figure, or a key figure has a value; None for a name that nobody knows."""
    if name in collected.fragments:
        return name not in collected.sentences
    if name in words:
        return bool(words[name])
    if name in collected.facts:
        return True
    # A figure that cannot be computed is not published: others of the same pillar are, and the same of other pillars.
    group, _, kind = name.rpartition(".")
    groups = {key.rpartition(".")[0] for key in (*collected.facts, *words)}
    kinds = {key.rpartition(".")[2] for key in collected.facts} | _MAY_BE_ABSENT
    return False if group in groups and kind in kinds else None


def _fill_in_header(path: Path, scope: Scope) -> None:
    """Fill in the variables of a document's header, which Quarto itself leaves as they are."""
    header = read_header(path, scope.file)
    if header:
        lines = read_text(path, scope.file).split("\n")
        rest = "\n".join(lines[header_length(lines) :])
        text = yaml.dump(
            _filled_in(header, scope), Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10_000
        )
        path.write_text(f"---\n{text}---\n{rest}", encoding="utf-8")


def _filled_in(value: Any, scope: Scope) -> Any:
    if isinstance(value, dict):
        return {key: _filled_in(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled_in(item, scope) for item in value]
    return resolve_variables(value, scope) if isinstance(value, str) else value


def _write_yaml(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=10_000)
    path.write_text(text, encoding="utf-8")


def _write_all(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _narrative(plan: Plan) -> dict[str, bytes]:
    """Return the year's narrative; a part that this year lacks is said to be absent."""
    texts = narrative.read(plan.workspace, plan.period)
    parts = sorted(narrative.parts(plan.workspace, plan.deal))
    return {f"_toelichting-{part}.md": texts.get(part, f"{NO_NARRATIVE}\n").encode() for part in parts}


def _require_known(plan: Plan, known: set[str]) -> None:
    """Raise `TemplateError` where the year's narrative quotes a fact that there is not."""
    folder = plan.workspace.narrative(plan.period)
    for part, text in narrative.read(plan.workspace, plan.period).items():
        for number, line in enumerate(text.splitlines(), start=1):
            for match in VARIABLE.finditer(line):
                if match[1] not in known:
                    close = difflib.get_close_matches(match[1], sorted(known), 3)
                    raise TemplateError(
                        f"The text quotes {match[1]!r}, and there is no such fact.",
                        f"{plan.workspace.relative(folder / f'{part}.md')}, line {number}",
                        f"a fact or a word that chapters can quote, such as {', '.join(close or sorted(known)[:3])}",
                        "Correct the name; kerncijfers.json of a report lists all facts.",
                    )


def _quoted(collected: Collected, linked: bool) -> dict[str, str]:
    """Return the facts that chapters quote with `{{< var … >}}`; linked, each is a span that leads to its origin."""
    return {
        key: markdown.figure(key, fact.words) if linked else markdown.escape(fact.words)
        for key, fact in collected.facts.items()
    }


def _words(plan: Plan, mark: str) -> dict[str, str]:
    """Return the words about the report and the deal that chapters quote with `{{< var … >}}`."""
    deal, parameters = plan.deal, plan.parameters
    words = {
        "verslag.jaar": str(plan.year),
        **_period_words(plan),
        "verslag.volgend_jaar": str(plan.year + 1),
        "verslag.peildatum": dutch.long_date(parameters.reference_date),
        "verslag.datum": parameters.reference_date.isoformat(),
        "verslag.status": plan.decision.in_words if plan.decision else STATUS[parameters.status],
        "verslag.editie": EDITION[parameters.edition],
        "verslag.merk": mark or "Vastgesteld",
        **deal_words(plan),
        "deal.naam": deal.name,
        "deal.regio": deal.region,
        "deal.ambitie": dutch.sentence(deal.ambition),
        "deal.vragen": deal.contact or f"Stel uw vraag aan {'uw gemeente' if deal.municipalities else 'de uitgever'}.",
        "colofon.uitgever": deal.publisher,
        "colofon.spdx": deal.colophon.licence or "",
        "colofon.licentie": deal.colophon.licence or "niet vermeld; vraag het de uitgever",
        "colofon.gegevens": deal.colophon.data or "de bestanden staan in de map van dit verslag.",
        "deal.einde": dutch.long_date(deal.term.end),
        "deal.eerste_jaar": str(deal.term.first_year),
        "deal.laatste_jaar": str(deal.term.end.year),
        "deal.monitoring": dutch.sentence(deal.monitoring.purpose),
        "deal.pijlers": dutch.listing(pillar.name for pillar in deal.pillars),
        "deal.woord": deal.pillar_word.one,
        "deal.woorden": deal.pillar_word.many,
    }
    told = {each.pillar for each in stories(plan.workspace, plan.period)}
    for pillar in deal.pillars:
        key = pillar.id.replace("-", "_")
        words |= {f"{key}.verhalen": "ja"} if pillar.id in told else {}
        words |= {f"{key}.naam": pillar.name, f"{key}.doel": dutch.sentence(pillar.goal)}
        words |= {f"{key}.voor_inwoners": dutch.sentence(pillar.for_residents or pillar.goal)}
    words |= {f"gemeente.{party.id.replace('-', '_')}.naam": party.short for party in deal.municipalities}
    written = narrative.read(plan.workspace, plan.period)
    words |= {"verslag.raad": "ja"} if COUNCILS in written else {}
    words |= {
        f"gemeente.{party.id.replace('-', '_')}.toelichting": "ja"
        for party in deal.municipalities
        if municipal_part(party.id) in written
    }
    return words | {f"artikel.{about}": article_text(deal, about) for about in deal.articles_by_name}


def _period_words(plan: Plan) -> dict[str, str]:
    """Return what chapters say of the time that the report is about: a whole year, or the part up to a day."""
    if not plan.parameters.is_half_year:
        return {"verslag.soort": "Voortgangsrapportage", "verslag.periode": str(plan.year)}
    day = plan.parameters.reference_date
    is_half = (day.month, day.day) == (6, 30)
    kind = "Halfjaarrapportage" if is_half else "Tussenrapportage"
    return {
        "verslag.soort": kind,
        "verslag.periode": dutch.year_up_to(day),
        "verslag.tussentijds": dutch.long_date(day),
    }


def _nested(words: dict[str, str]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, text in words.items():
        *groups, last = key.split(".")
        place = nested
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = text
    return nested
