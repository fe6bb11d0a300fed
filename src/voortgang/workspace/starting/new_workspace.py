"""Write a complete workspace for a deal: notebooks, chapters, parameters, tables, README and Makefile."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from voortgang import __version__
from voortgang.errors import DealError, WorkspaceError
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal, Indicator, Pillar
from voortgang.workspace.extension import extension_files
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting import examples
from voortgang.writing import dutch

_SKELETON = Path(__file__).with_name("skeleton")
_MARKUP = re.compile(r"[\\`*_\[\]<>@#{}$|~^\"]")
_NUMBERS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_OF_THE_DEAL = ("regiodeal", "gemeenten", "bijlagen")
_NARRATIVE = ("inleiding", "samenvatting", "financien", "vooruitblik", "risicos")


@dataclass(frozen=True)
class _PillarFacts:
    """What the covenant says of a pillar that decides which tables and charts it has."""

    targets: bool
    open_targets: bool
    municipal: bool
    parts: dict[str, Indicator | None]

    @classmethod
    def of(cls, deal: Deal, pillar: Pillar) -> _PillarFacts:
        indicators = [each for result in deal.results_of(pillar.id) for each in result.indicators]
        with_target = [each for each in indicators if each.target is not None or each.target_per_part is not None]
        parts: dict[str, Indicator | None] = {"gemeente": None, "sector": None}
        for each in indicators:
            if each.target is None and each.target_per_part is not None and not each.sum_of:
                parts[each.scope] = parts[each.scope] or each
        return cls(
            bool(with_target),
            len(with_target) < len(indicators),
            any(each.scope == "gemeente" for each in indicators),
            parts,
        )


def write_workspace(deal_text: str, deal: Deal, folder: Path, with_examples: bool) -> list[Path]:
    """Write a workspace, and return its files.

    Parameters
    ----------
    deal_text, deal
        The covenant as data: the file, and what it says.
    folder
        A new or empty folder.
    with_examples
        Whether the tables hold invented rows, which say that they are; otherwise they hold only their headings.

    Raises
    ------
    WorkspaceError
        When the folder is not empty, or cannot be written.
    DealError
        When a name cannot be written into a notebook.
    """
    if folder.exists() and any(each.name != ".git" for each in folder.iterdir()):
        raise WorkspaceError(
            "The folder is not empty.",
            str(folder),
            "a new or empty folder",
            "Choose another name; nothing was written.",
        )
    _check_names(deal)
    files = dict(_files(deal_text, deal, with_examples))
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise WorkspaceError(
            f"The workspace cannot be written: {error.strerror}.",
            str(folder),
            "a folder to write in",
            "Choose another.",
        ) from error
    return [folder / name for name in files]


def new_year(workspace: Workspace, deal: Deal, year: int) -> list[Path]:
    """Add a reporting year: its parameters and its narrative files; return what was written.

    Projects and tables need nothing: they carry on.

    Raises
    ------
    WorkspaceError
        When the year is outside the term of the deal, or exists.
    """
    first, last = deal.term.first_year, deal.term.end.year
    if not first <= year <= last:
        raise WorkspaceError(
            f"The year {year} is outside the term of the deal.",
            workspace.relative(workspace.deal),
            f"a year from {first} to {last} ({deal.term.article})",
            "Choose such a year, or record the extension of the deal first.",
        )
    if workspace.parameters(year).exists():
        raise WorkspaceError(
            f"The year {year} exists.",
            workspace.relative(workspace.parameters(year)),
            "a year without parameters",
            "Edit that file, or choose another year.",
        )
    written = [workspace.parameters(year)]
    written[0].write_text(_parameters(year), encoding="utf-8")
    for name, text in _narrative(deal, year).items():
        path = workspace.narrative(year) / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _files(deal_text: str, deal: Deal, with_examples: bool) -> Iterator[tuple[str, bytes]]:
    yield "data/deal.yml", deal_text.encode()
    yield "data/datapackage.json", schema.data_package(deal.name).encode()
    rows = examples.rows(deal) if with_examples else {}
    for table in schema.tables():
        yield f"data/{table.name}.csv", examples.as_csv(table, rows.get(table.name, [])).encode()
    years = range(deal.term.first_year, deal.term.end.year + 1) if with_examples else [deal.term.first_year]
    for year in years:
        yield f"parameters/{year}.yml", _parameters(year).encode()
        for name, text in _narrative(deal, year).items():
            yield f"data/toelichting/{year}/{name}", text.encode()
    yield from report_files(deal)
    texts = _texts()
    for name in ("README.md", "Makefile", ".gitignore", "requirements.txt"):
        template = texts.from_string((_SKELETON / name).read_text(encoding="utf-8"))
        yield name, template.render(_words(deal), version=__version__, year=list(years)[-1]).encode()


def report_files(deal: Deal) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks and templates for a deal, by their path in the workspace."""
    for pillar in deal.pillars:
        yield f"notebooks/{pillar.id}.ipynb", _notebook("pijler", deal, pillar)
    for name in _OF_THE_DEAL:
        yield f"notebooks/{name}.ipynb", _notebook(name, deal)
    for name, path in extension_files():
        yield f"templates/{name}", path.read_bytes()
    texts, words = _texts(), _words(deal)
    for path in sorted((_SKELETON / "templates").rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(_SKELETON).as_posix()
        if path.suffix not in {".qmd", ".yml"}:
            yield name, path.read_bytes()
            continue
        template = texts.from_string(path.read_text(encoding="utf-8"))
        if path.stem in {"gemeente", "_gemeente"}:
            for party in deal.municipalities:
                target = name.replace(f"{path.stem}.qmd", f"{path.stem}-{party.id}.qmd")
                yield target, template.render(words, party=party).encode()
        else:
            yield name, template.render(words).encode()


def _texts() -> jinja2.Environment:
    environment = jinja2.Environment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters |= {
        "key": lambda key: key.replace("-", "_"),
        "md": lambda text: _MARKUP.sub(r"\\\g<0>", text),
        "yaml": lambda text: text.replace("\\", "\\\\").replace('"', '\\"'),
        "count": lambda count: _NUMBERS[count] if count < len(_NUMBERS) else str(count),
    }
    return environment


def _words(deal: Deal) -> dict[str, Any]:
    articles = {part.id: f"art. {part.article}" for part in deal.monitoring.report_parts}
    recipient = next(party.short for party in deal.parties if party.id == deal.instalments.recipient)
    return {
        "deal": deal,
        "word": deal.pillar_word.one,
        "words": deal.pillar_word.many,
        "art": articles,
        "monitoring": dutch.listing(articles.values()),
        "facts": {pillar.id: _PillarFacts.of(deal, pillar) for pillar in deal.pillars},
        "tiles": all(party.tile is not None for party in deal.municipalities),
        "province": any(party.kind == "provincie" for party in deal.parties),
        "cross_overs": bool(deal.cross_overs),
        "prosperity": any(result.prosperity is not None for result in deal.results),
        "recipient": recipient,
    }


def _notebook(name: str, deal: Deal, pillar: Pillar | None = None) -> bytes:
    content = json.loads((_SKELETON / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    words = _words(deal)
    facts: _PillarFacts | None = words["facts"][pillar.id] if pillar else None
    flags = {name: words[name] for name in ("tiles", "cross_overs", "prosperity")}
    if facts:
        flags |= {"targets": facts.targets, "open_targets": facts.open_targets, "municipal": facts.municipal}
        flags |= {f"parts_{scope}": found is not None for scope, found in facts.parts.items()}
    repeated: dict[str, list[dict[str, Any]]] = {
        "": [{"pillar": pillar, "parts": facts.parts if facts else {}}],
        "pillar": [{"pillar": each} for each in deal.pillars],
        "municipality": [{"party": each} for each in deal.municipalities],
    }
    cells = []
    rest = content["cells"]
    while rest:
        each = _rule(rest[0]).get("each", "")
        # Neighbouring cells that repeat for the same thing repeat together.
        group = [rest.pop(0)]
        while rest and each and _rule(rest[0]).get("each", "") == each:
            group.append(rest.pop(0))
        for local in repeated[each]:
            for cell in group:
                when = _rule(cell).get("when")
                if when is None or flags[when]:
                    cells.append(_cell(cell, words | local))
    content["cells"] = cells
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _rule(cell: dict[str, Any]) -> dict[str, str]:
    return dict(cell["metadata"].get("voortgang", {}))


def _cell(cell: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    texts = _texts()
    if cell["cell_type"] == "code":
        # All that is filled in stands between double quotes.
        texts.finalize = lambda value: (
            value.replace("\\", "\\\\").replace('"', '\\"') if isinstance(value, str) else value
        )
    made = copy.deepcopy(cell)
    made["metadata"].pop("voortgang", None)
    made["id"] = texts.from_string(cell["id"]).render(words)
    made["source"] = texts.from_string("".join(cell["source"])).render(words).splitlines(keepends=True)
    return made


def _parameters(year: int) -> str:
    return (
        f"# Parameters of the report on {year}.\n"
        f"year: {year}\n"
        f"reference_date: {year}-12-31   # peildatum: figures as known on this date\n"
        "status: concept             # concept, besproken or vastgesteld\n"
        "edition: overleg            # overleg or openbaar (without what a party keeps confidential)\n"
    )


def _narrative(deal: Deal, year: int) -> dict[str, str]:
    """Return the files for the bureau's own text about a year; what is not yet written says so."""
    names = [*_NARRATIVE, *(name for pillar in deal.pillars for name in (pillar.id, pillar.lessons_part))]
    if year == deal.term.end.year:
        names.append("evaluatie")
    return {f"{name}.md": f"De toelichting over {year} moet nog worden geschreven.\n" for name in names}


def _check_names(deal: Deal) -> None:
    names = [pillar.name for pillar in deal.pillars] + [party.name for party in deal.parties]
    names += [indicator.name for indicator in deal.indicators]
    for name in names:
        wrong = set("{}[]%") & set(name)
        if wrong:
            raise DealError(
                f"The name {name!r} holds {' and '.join(sorted(wrong))}.",
                "deal.yml",
                "names without braces, square brackets and percent signs",
                "Write the name differently.",
            )
    taken = {pillar.id for pillar in deal.pillars} & set(_OF_THE_DEAL)
    if taken:
        raise DealError(
            f"A pillar cannot have the id {min(taken)!r}.",
            "deal.yml: pillars",
            f"another id than {', '.join(_OF_THE_DEAL)}, which are notebooks of the deal as a whole",
            "Rename the pillar's id.",
        )


def copy_style(folder: Path) -> None:
    """Copy the format extension into a Quarto project outside a workspace."""
    for name, path in extension_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
