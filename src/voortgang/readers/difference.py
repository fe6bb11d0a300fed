"""What changed between the reports of two years, figure by figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from voortgang.publish.key_figures import Kerncijfer, Kerncijfers, read_key_figures
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing import dutch


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


def changes(workspace: Workspace, before: Period, now: Period) -> list[Change]:
    """Return every figure that differs between two reports, in the order of their ids.

    Raises
    ------
    VoortgangError
        When one of the reports is missing.
    """
    old, new = (read_key_figures(workspace, year) for year in (before, now))
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


def show(found: list[Change], before: Period, now: Period) -> None:
    """Print the changes as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading, side in (("", "left"), ("Figure", "left"), (str(before), "right"), (str(now), "right")):
        table.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for each in found:
        name = f"{each.label} ({each.year})" if each.kind == "restated" else each.label
        table.add_row(*map(Text, (each.kind, name, each.before or dutch.MISSING, each.now or dutch.MISSING)))
    console = Console()
    if found:
        console.print(table)
    counted = f"{len(found)} figures differ" if len(found) != 1 else "1 figure differs"
    console.print(f"{counted} between {before} and {now}.", highlight=False)
