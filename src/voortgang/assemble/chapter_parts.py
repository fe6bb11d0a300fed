"""Chapters as a writer keeps them, filled in for each pillar and municipality.

A part `_pijler-*.qmd` is written once and comes out for each pillar; `_gemeente-*.qmd`, and the documents
`gemeente.qmd` and `gemeente-*.qmd`, for each municipality. In it `{pijler}` stands for the id, and
`{{< var pijler.… >}}` for a variable of the pillar. What stands in `.content-visible when-meta="…"` is there when the
table, figure or key figure of that name is. All this is done while the sources are written: they are a plain Quarto
project, with every line where it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from voortgang.assemble.shortcodes import FENCE, origin, read_text
from voortgang.errors import TemplateError

Ids = Mapping[str, tuple[str, ...]]
"""Of `pijler` and `gemeente`, the ids of all there are."""

OWN = "pijlers"
"""Folder of the parts that one pillar has for itself, such as `_werken.qmd`; who has none, has none."""

_VARIABLE = r"(\{\{<\s*var\s+|when-meta=\")%s\."
_INCLUDE = re.compile(r"^\s*\{\{<\s*include\s+(\S+)\s*>\}\}\s*$")
_CONDITION = r"\{\s*\.content-(visible|hidden)\s+when-meta=\"([^\"]*)\"\s*\}"
_OPEN = re.compile(rf"^:::+\s*{_CONDITION}\s*$")
_SPAN_ENDS = re.compile(rf"\]{_CONDITION}")
_BRACKET = re.compile(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)|[\[\]]")


def repeated(name: str, ids: Ids) -> list[str]:
    """Return the documents that a name in `_quarto.yml` stands for.

    Examples
    --------
    >>> repeated("gemeente.qmd", {"gemeente": ("emmen",)}), repeated("gemeente-brief.qmd", {"gemeente": ("emmen",)})
    (['gemeente-emmen.qmd'], ['brief-gemeente-emmen.qmd'])
    """
    kind, _, own = name.removesuffix(".qmd").partition("-")
    return [_document(kind, own, key) for key in ids[kind]] if kind in ids else [name]


def _document(kind: str, own: str, key: str) -> str:
    return f"{own}-{kind}-{key}.qmd" if own else f"{kind}-{key}.qmd"


def fill_in(
    folder: Path, documents: Iterable[str], ids: Ids, is_there: Callable[[str], bool | None]
) -> list[TemplateError]:
    """Fill in the documents of a copied project, and what they include.

    Return an error for each file that is no UTF-8 text, has a condition that names nothing known or is not closed, or
    in which `{pijler}` stands where nothing repeats.

    Parameters
    ----------
    documents
        Those that are made, by their names when filled in.
    is_there
        Returns whether there is a table, figure or key figure of some name; None when nobody ever heard of it.
    """
    refused: list[TemplateError] = []
    for kind, keys in ids.items():
        for path in sorted(folder.rglob(f"_{kind}-*.qmd")):
            name = path.relative_to(folder)
            text = _read(path, name.as_posix(), refused)
            for key in keys:
                _write(path.parent / key / path.name, _of(text, kind, key))
            places = [(name.parent / key / path.name).as_posix() for key in keys]
            _write(path, "\n".join(f"{{{{< include {place} >}}}}\n" for place in places))
        for document in [*sorted(folder.glob(f"{kind}-*.qmd")), folder / f"{kind}.qmd"]:
            if document.is_file():
                text = _read(document, document.name, refused)
                document.unlink()
                for key in keys:
                    made = _document(kind, document.stem.partition("-")[2], key)
                    _write(folder / made, _of(text, kind, key))
    # What no document includes, or only where it is not shown, is nobody's concern.
    waiting, done = list(documents), set[str]()
    while waiting:
        place = waiting.pop()
        path = folder / place
        if place in done or not path.is_file():
            continue
        done.add(place)
        lines = []
        try:
            for line in _resolved(_read(path, origin(place), refused).split("\n"), place, folder, is_there):
                lines.append(line)
        except TemplateError as error:
            refused.append(error)
        path.write_text("\n".join(lines), encoding="utf-8")
        found = filter(None, map(_INCLUDE.match, lines))
        waiting += [match[1] for match in found if match[1].endswith(".qmd")]
    return refused


def _read(path: Path, name: str, refused: list[TemplateError]) -> str:
    try:
        return read_text(path, name)
    except TemplateError as error:
        refused.append(error)
        return ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _of(text: str, kind: str, key: str) -> str:
    """Return a part for one pillar or municipality."""
    # The key figures of a pillar begin with its id, those of a municipality with `gemeente.` and its id.
    variables = key.replace("-", "_") if kind == "pijler" else f"{kind}.{key.replace('-', '_')}"
    text = re.sub(_VARIABLE % kind, rf"\g<1>{variables}.", text)
    # A part that includes another means the one of the same pillar or municipality.
    text = re.sub(rf"(\{{\{{<\s*include\s+(?:\S*/)?)(_{kind}-)", rf"\g<1>{key}/\g<2>", text)
    return text.replace(f"{{{kind}}}", key)


def _resolved(lines: list[str], name: str, folder: Path, is_there: Callable[[str], bool | None]) -> Iterator[str]:
    """Yield the lines of a file; one that is not shown becomes an empty line, so that the others keep their number."""
    fence, hidden = "", 0
    depth: list[int] = []  # how many divs are open within each condition
    opened = 0
    for number, line in enumerate(lines, start=1):
        where = f"{origin(name)}, line {number}"
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence):
            fence = ""
        if fence or mark:
            yield "" if hidden else line
            continue
        if match := _OPEN.match(line):
            depth.append(0)
            opened = opened or number
            # Once hidden, what is within is hidden too.
            hidden += bool(hidden) or not _shown(match[1], match[2], where, is_there)
            yield ""
        elif depth and line.startswith(":::") and line.strip(": "):
            depth[-1] += 1
            yield "" if hidden else line
        elif depth and re.fullmatch(r":::+\s*", line):
            if depth[-1]:
                depth[-1] -= 1
                yield "" if hidden else line
            else:
                depth.pop()
                hidden = max(0, hidden - 1)
                yield ""
        else:
            yield "" if hidden else _line(line, where, folder, is_there)
    if depth:
        raise TemplateError(
            "A condition is not closed.",
            f"{origin(name)}, line {opened}",
            "a line ::: where it ends",
            "Add the line.",
        )


def _line(line: str, where: str, folder: Path, is_there: Callable[[str], bool | None]) -> str:
    include = _INCLUDE.match(line)
    if include and include[1].startswith(f"{OWN}/") and not (folder / include[1]).is_file():
        return ""
    # The first to end holds no other, so that a condition within a condition is decided before it.
    while (end := _SPAN_ENDS.search(line)) and (start := _opening(line[: end.start()])) is not None:
        inner = line[start + 1 : end.start()] if _shown(end[1], end[2], where, is_there) else ""
        line = line[:start] + inner + line[end.end() :]
    if match := re.search(r"\{(pijler|gemeente)\}", line):
        raise TemplateError(
            f"{match[0]} stands in a file that is not repeated.",
            where,
            f"{match[0]} in a part _{match[1]}-….qmd, which comes out for each",
            "Move the text to such a part, and include that here.",
        )
    return line


def _opening(text: str) -> int | None:
    """Return where the last bracket stands that a text opens and does not close."""
    open_: list[int] = []
    for match in _BRACKET.finditer(text):
        if match[0] == "[":
            open_.append(match.start())
        elif match[0] == "]" and open_:
            open_.pop()
    return open_[-1] if open_ else None


def _shown(verb: str, name: str, where: str, is_there: Callable[[str], bool | None]) -> bool:
    found = is_there(name)
    if found is None:
        raise TemplateError(
            f"The condition names {name!r}, which no notebook publishes.",
            where,
            "the label of a table or figure (tbl-…, fig-…), or the id of a key figure",
            "Correct the name, or publish it in a notebook.",
        )
    return found if verb == "visible" else not found
