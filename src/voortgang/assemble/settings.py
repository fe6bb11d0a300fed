"""What a Quarto project may say of itself, for Quarto and for the built-in path alike.

Quarto gives hundreds of keys and a dozen files a meaning: they run programs, change where documents go, or what these
show. To the built-in path most would be metadata without effect. What is not in the subset is refused by its place, so
that both make the same report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from voortgang.assemble.shortcodes import origin
from voortgang.errors import TemplateError
from voortgang.workspace.extension import FOLDER, NAME
from voortgang.workspace.yaml_model import Strict, spelled

_KEYS = Path(__file__).with_name("quarto_keys.txt")
"""Names that Quarto 1.10 gives a meaning at the top of a document or project: those of its schemas."""

_METADATA = {"title", "subtitle", "author"}
"""Those that mean the same to both."""

_ACTING = (
    "_metadata.y*ml",
    "_quarto.yaml",
    "_quarto-*",
    "_quarto.*.local",
    "_environment*",
    "_brand.y*ml",
    "_variables.yaml",
)
"""Files that Quarto reads by their name."""


class _Loose(Strict):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Html(_Loose):
    theme: Literal["none"] = "none"
    minimal: Literal[True] = True
    embed_resources: bool = Field(default=True, alias="embed-resources")
    section_divs: bool = Field(default=True, alias="section-divs")
    template: str | None = None
    css: str | None = None


class _Typst(_Loose):
    papersize: str = "a4"
    template_partials: list[str] = Field(default_factory=list, alias="template-partials")
    font_paths: str | list[str] = Field(default_factory=list, alias="font-paths")
    keep_typ: bool = Field(default=False, alias="keep-typ")
    pdf_standard: str | list[str] = Field(default_factory=list, alias="pdf-standard")


class Office(_Loose):
    """What Word and OpenDocument are made with."""

    # The contents of Word stand where a chapter has the div 'inhoudsopgave'.
    toc: Literal[False] | None = None
    template: str | None = None
    reference_doc: str | None = Field(default=None, alias="reference-doc")


class _Formats(_Loose):
    html: _Html = _Html()
    typst: _Typst = _Typst()
    docx: Office = Office()
    odt: Office = Office()


class _Filter(_Loose):
    path: Annotated[str, spelled(r"(?s:.*)\.lua", "a file that ends with .lua")]
    at: str = "post-quarto"


class _Project(_Loose):
    type: Literal["default"] = "default"
    render: list[str] = Field(default_factory=list)
    title: str = ""


class _Execute(_Loose):
    enabled: Literal[False] = False


class Settings(Strict):
    """The keys of a document that every report can be made with; one that Quarto does not know is metadata."""

    model_config = ConfigDict(extra="allow", frozen=True)

    project: _Project = _Project()
    execute: _Execute = _Execute()
    toc: bool = False
    toc_depth: int = Field(default=2, alias="toc-depth")
    number_sections: bool = Field(default=False, alias="number-sections")
    shift_headings: int = Field(default=0, alias="shift-heading-level-by")
    syntax_highlighting: Literal["none"] = Field(default="none", alias="syntax-highlighting")
    lang: Annotated[str, spelled(r"nl(-.*)?", "nl: the words of a report are Dutch")] = "nl"
    filters: list[_Filter] = Field(default_factory=list)
    format: _Formats = _Formats()

    @model_validator(mode="after")
    def _known(self) -> Settings:
        """Refuse a key that only Quarto would act on."""
        for key in self.model_extra or {}:
            if key in quarto_keys() - _METADATA:
                raise ValueError(f"Quarto gives {key!r} a meaning that not every report can be made with")
        return self


@cache
def quarto_keys() -> frozenset[str]:
    """Return the names that Quarto gives a meaning."""
    return frozenset(_KEYS.read_text(encoding="utf-8").split())


def settings_of(raw: dict[str, Any], name: str = "", header: Collection[str] = ()) -> Settings:
    """Return the settings of a document.

    Parameters
    ----------
    raw
        The settings of the project, and over them those of the document.
    name
        The document.
    header
        The keys that the document itself has; the others are the project's.

    Raises
    ------
    TemplateError
        When there is one that not every report can be made with.
    """
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        problem = error.errors()[0]
        said = problem["msg"].removeprefix("Value error, ")
        place = problem["loc"] or tuple(key for key in raw if repr(key) in said)[:1]
        own = bool(place) and place[0] in header
        raise TemplateError(
            f"The {'document' if own else 'project'} has a setting that not every report can be made with: {said}.",
            f"templates/{origin(name) if own else '_quarto.yml'}: {'.'.join(map(str, place))}",
            "the settings that docs/quarto-subset.md lists",
            "Remove or correct the setting.",
        ) from error


def stray_files(folder: Path) -> Iterator[TemplateError]:
    """Yield an error for each file of a project that Quarto reads by its name, and the built-in path does not."""
    strays = {path for pattern in _ACTING for path in folder.rglob(pattern)}
    strays |= {path for path in (folder / FOLDER).glob("*") if path.name != NAME and path.name[0] not in "._"}
    for path in sorted(strays):
        yield TemplateError(
            "Quarto would read the file, and the built-in path does not.",
            f"templates/{path.relative_to(folder).as_posix()}",
            "settings in _quarto.yml, values as key figures, one extension that contributes the formats",
            "Remove the file, or move what it says to _quarto.yml.",
        )
