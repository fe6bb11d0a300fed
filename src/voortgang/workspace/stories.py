"""Stories: what a result means to people, with a picture, at most two for each pillar of a report.

A story is a Markdown file such as `data/verhalen/2021/werken-1.md`. Its header, in YAML between lines of three dashes,
says what the picture shows and who agreed to it; below it stands the text. The picture lies beside it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from voortgang.errors import WorkspaceError
from voortgang.workspace import yaml_model
from voortgang.workspace.inputs import in_sight
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.plain_text import NotText, decoded

MOST = 2
"""Stories of one pillar in one report."""

_NAME = re.compile(rf"(?P<pillar>.+)-(?P<number>[1-{MOST}])")
_HEADER = re.compile(r"---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)

Line = Annotated[str, StringConstraints(min_length=1, max_length=120), yaml_model.ONE_LINE]

_PICTURE = yaml_model.spelled(
    r"(?i:[a-z0-9][a-z0-9._-]*\.(png|jpe?g|svg))",
    "the name of a file that ends with .png, .jpg, .jpeg or .svg, of letters without accents, digits, hyphens, "
    "underscores and full stops only, such as werken-1.jpg; give the file itself that name too",
)


def _describes(alt: str) -> str:
    if len(alt.split()) < 3 or re.search(r"\.(png|jpe?g|svg)\b", alt, re.IGNORECASE):
        raise ValueError(
            "the text alternative describes nothing; say in a sentence what the picture shows, for who does not see it"
        )
    return alt


class Consent(yaml_model.Strict):
    """That whoever can be recognised in the picture or the text agreed to both.

    Attributes
    ----------
    who
        Who agreed, or where the form lies: the header is published with the inputs of a report.
    date
        On which day.
    """

    who: Line
    date: datetime.date


class Header(yaml_model.Strict):
    """What a story says of itself.

    Attributes
    ----------
    title
        Heading above the story.
    picture
        File beside it: `.png`, `.jpg` or `.svg`.
    alt
        What the picture shows, for who does not see it.
    consent
        Who agreed, and when.
    credit
        Who made the picture.
    project
        The project that it is about; where an edition does not show the project, it does not show the story.
    """

    title: Line
    picture: Annotated[str, StringConstraints(max_length=80), _PICTURE]
    alt: Annotated[str, StringConstraints(max_length=400), yaml_model.ONE_LINE, AfterValidator(_describes)]
    consent: Consent
    credit: Line
    project: Line | None = None


@dataclass(frozen=True)
class Story:
    """One story.

    Attributes
    ----------
    path, picture
        The files.
    pillar, key
        Of which pillar it is, and its own name, such as `werken-1`.
    header, text
        What it says of itself, and the Markdown below that.
    first_line
        The line of the file in which the text begins.
    """

    path: Path
    pillar: str
    header: Header
    text: str
    first_line: int

    @property
    def key(self) -> str:
        """Its own name, such as `werken-1`."""
        return self.path.stem

    @property
    def picture(self) -> Path:
        """File with its picture."""
        return self.path.parent / self.header.picture


def pillar_of(path: Path) -> str | None:
    """Return the id of the pillar that a file name is about; None when it is no name of a story."""
    found = _NAME.fullmatch(path.stem)
    return found["pillar"] if found and path.suffix == ".md" else None


def read_story(workspace: Workspace, path: Path) -> Story:
    """Return the story in a file with the name of one.

    Raises
    ------
    WorkspaceError
        When it is no UTF-8 text, or has no header, or one that lacks or does not know a key.
    """
    name = workspace.relative(path)
    try:
        if path.stat().st_size > yaml_model.LARGEST:
            raise WorkspaceError("The file is too large.", name, "a text of a page", "Shorten the story.")
        text = decoded(path.read_bytes())
    except NotText as error:
        raise WorkspaceError(
            f"The file is not UTF-8 text ({error.why}).",
            f"{name}, line {error.line}",
            "text in UTF-8",
            "Save it as UTF-8.",
        ) from error
    except OSError as error:
        raise WorkspaceError(
            f"The file cannot be read: {error.strerror}.", name, "a readable file", "Check its permissions."
        ) from error
    found = _HEADER.match(text)
    if found is None:
        raise WorkspaceError(
            "The story has no header.",
            name,
            "lines with title, picture, alt, consent and credit, between two lines ---",
            "Write the header above the text; the README shows one.",
        )
    # A line before the header keeps its lines at their numbers.
    header = yaml_model.parse(f"\n{found[1]}", name, Header, WorkspaceError)
    return Story(path, pillar_of(path) or "", header, text[found.end() :], text[: found.end()].count("\n") + 1)


def stories(workspace: Workspace, of: Period) -> Iterator[Story]:
    """Yield the stories of a report, in order; raises as `read_story` does."""
    for path in in_sight(workspace.stories(of), "*.md"):
        if pillar_of(path) is not None:
            yield read_story(workspace, path)
