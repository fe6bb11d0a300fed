"""What an edition may say: the findings that it may show, and the words that may stand nowhere in it (Art. 10.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voortgang.check.findings import Finding
from voortgang.check.reads import View
from voortgang.check.references import Data
from voortgang.check.withheld import companions, hidden_projects
from voortgang.writing.characters import folded


def shown_findings(findings: Iterable[Finding], data: Data, view: View) -> list[Finding]:
    """Return the findings that an edition may show: none that is about a project which it hides.

    A finding is about a project when its row is, or when it names the project's number or name.
    """
    words = forbidden_words(data, view)
    if not words:
        return list(findings)
    rows = _rows_of(hidden_projects(data, view) | companions(data, view), data)
    return [
        each
        for each in findings
        if each.row not in rows.get(Path(each.file).stem, ())
        and not any(word.within(text) for word in words for text in _texts(each))
    ]


@dataclass(frozen=True)
class Forbidden:
    """A word that an edition may not hold, and of which confidential project it is the number or the name."""

    text: str
    project: str

    def within(self, text: str) -> bool:
        """Return whether the word stands in a text, however that is written, and not as part of another word."""
        return self.within_folded(folded(text))

    def within_folded(self, text: str) -> bool:
        """Return the same of a text that `folded` gave."""
        words = folded(self.text)
        return bool(words.strip()) and words in text


def forbidden_words(data: Data, view: View) -> list[Forbidden]:
    """Return the numbers and names of the projects that an edition hides.

    A name is left out where the edition shows the same words for another reason: as part of the name of a project that
    it shows, or of the covenant. It then says nothing of the hidden one.
    """
    hidden = hidden_projects(data, view)
    projects = data.tables.projecten
    is_hidden = projects["project_id"].isin(hidden)
    shown = [*projects.loc[~is_hidden, "naam"].dropna(), data.workspace.deal.read_text(encoding="utf-8")]
    words = []
    for number, name in projects.loc[is_hidden, ["project_id", "naam"]].itertuples(index=False):
        words.append(Forbidden(str(number), str(number)))
        word = Forbidden(str(name), str(number))
        if str(name).strip() and not any(word.within(text) for text in shown):
            words.append(word)
    return words


def _rows_of(projects: frozenset[str], data: Data) -> dict[str, set[int]]:
    """Return, of each table, the rows that belong to some projects."""
    return {
        table: set(map(int, frame.index[frame["project_id"].isin(projects)]))
        for table, frame in data.tables
        if "project_id" in frame
    }


def _texts(finding: Finding) -> list[str]:
    return [*finding.message("nl"), *finding.message("en"), finding.value, *(text for _, text in finding.details)]
