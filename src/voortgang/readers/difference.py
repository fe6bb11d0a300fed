"""What changed between the reports of two years, figure by figure, and what else sets them apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from voortgang.errors import VoortgangError
from voortgang.publish.key_figures import NAME, Kerncijfer, Kerncijfers, Verslag, read_key_figures
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing import dutch
from voortgang.writing.characters import as_name


@dataclass(frozen=True)
class Change:
    """One figure that differs.

    Attributes
    ----------
    kind
        `changed`: the figure on the later year against that on the earlier. `new` and `gone`: only one report has it.
        `restated`: the second report gives another value for the same year. What half a year had and the whole year
        has is no restatement.
    id, label
        Which figure; `year` is the year that it is about.
    before, now
        As the reports write it; empty where absent.
    difference
        The later value minus the earlier, in the figure's unit; none for words and absent figures.
    """

    kind: Literal["changed", "new", "gone", "restated"]
    id: str
    label: str
    year: int
    before: str
    now: str
    difference: float | None


@dataclass(frozen=True)
class Comparison:
    """What became of the figures from one report to another.

    Attributes
    ----------
    apart
        What sets the reports apart beside their year, a sentence each: a figure may differ for that reason alone.
    changes
        Every figure that differs, in the order of the ids.
    """

    apart: tuple[str, ...]
    changes: list[Change]


def compare(workspace: Workspace, before: Period, now: Period) -> Comparison:
    """Return what changed from one report to another.

    Raises
    ------
    VoortgangError
        When one of the reports is missing, they are of two deals, or both are the same one.
    """
    old, new = (read_key_figures(workspace, year) for year in (before, now))
    _require_comparable(workspace, (before, old.verslag), (now, new.verslag))
    return Comparison(_apart((before, old.verslag), (now, new.verslag)), _changes(old, new))


def _require_comparable(workspace: Workspace, old: tuple[Period, Verslag], new: tuple[Period, Verslag]) -> None:
    (before, was), (now, is_now) = old, new
    if as_name(was.deal) != as_name(is_now.deal):
        raise VoortgangError(
            "The reports are of two deals, so their figures cannot be compared.",
            f"{workspace.relative(workspace.report(before) / NAME)}: {was.deal}\n"
            f"{workspace.relative(workspace.report(now) / NAME)}: {is_now.deal}",
            "two reports of one deal",
            "Compare two of one deal. Where the name of the deal was corrected, make the earlier report again.",
        )
    if before == now:
        raise VoortgangError(
            f"The report on {now} is compared with itself.",
            "voortgang diff",
            "two reports, the earlier one first",
            "Name another report.",
        )


def _apart(old: tuple[Period, Verslag], new: tuple[Period, Verslag]) -> tuple[str, ...]:
    """Return what sets two reports apart beside their year, a sentence each."""
    (before, was), (now, is_now) = old, new
    said = []
    if is_now.peildatum < was.peildatum:
        said.append(f"The report on {now} is the earlier one: differences are told back in time.")
    if was.editie != is_now.editie:
        said.append(
            f"The report on {before} is the edition {was.editie}, and that on {now} the edition {is_now.editie}: the "
            "public edition leaves out what a party keeps confidential, so a figure may differ for that alone."
        )
    for period, each in (old, new):
        if each.peildatum < date(each.jaar, 12, 31):
            said.append(f"The report on {period} goes up to {each.peildatum}: it counts a part of {each.jaar} only.")
    if was.voorbeelddata != is_now.voorbeelddata:
        made_up = before if was.voorbeelddata else now
        said.append(f"The report on {made_up} is made from example rows, and the other is not.")
    return tuple(said)


def _changes(old: Kerncijfers, new: Kerncijfers) -> list[Change]:
    was, is_now = (_on_its_year(figures) for figures in (old, new))
    found = []
    for key in sorted(was.keys() | is_now.keys()):
        a, b = was.get(key), is_now.get(key)
        if a is None or b is None or a.waarde != b.waarde:
            kind: Literal["changed", "new", "gone"] = "new" if a is None else ("gone" if b is None else "changed")
            found.append(_change(kind, key, a, b))
    earlier, later = ({(_stem(each), each.jaar): each for each in figures.kerncijfers} for figures in (old, new))
    part = {each.verslag.jaar for each in (old, new) if each.verslag.peildatum < date(each.verslag.jaar, 12, 31)}
    both = (key for key in earlier.keys() & later.keys() if key[1] not in part)
    restated = sorted(key for key in both if earlier[key].waarde != later[key].waarde)
    return found + [_change("restated", key, earlier[key, year], later[key, year]) for key, year in restated]


def _on_its_year(figures: Kerncijfers) -> dict[str, Kerncijfer]:
    return {each.id: each for each in figures.kerncijfers if each.jaar == figures.verslag.jaar}


def _stem(figure: Kerncijfer) -> str:
    return figure.id.removesuffix(f"_{figure.jaar}")


def _change(
    kind: Literal["changed", "new", "gone", "restated"], key: str, a: Kerncijfer | None, b: Kerncijfer | None
) -> Change:
    figure = b or a
    assert figure is not None
    numbers = [each.waarde for each in (a, b) if each is not None and not isinstance(each.waarde, str)]
    difference = numbers[1] - numbers[0] if len(numbers) == 2 else None
    return Change(
        kind, key, figure.label, figure.jaar, a.tekst if a else "", b.tekst if b else "", _rounded(difference)
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 12)


def show(comparison: Comparison, before: Period, now: Period) -> None:
    """Print what sets the reports apart, and the changes as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading, side in (("", "left"), ("Figure", "left"), (str(before), "right"), (str(now), "right")):
        table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for each in comparison.changes:
        name = f"{each.label} ({each.year})" if each.kind == "restated" else each.label
        table.add_row(*map(Text, (each.kind, name, each.before or dutch.MISSING, each.now or dutch.MISSING)))
    console = Console()
    for sentence in comparison.apart:
        console.print(sentence, highlight=False, markup=False)
    if comparison.changes:
        console.print(table)
    counted = f"{count} figures differ" if (count := len(comparison.changes)) != 1 else "1 figure differs"
    console.print(f"{counted} between {before} and {now}.", highlight=False)
