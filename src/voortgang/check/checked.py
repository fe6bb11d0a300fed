"""Check a workspace before anything is computed from it: every finding at once.

A rule is a generator that takes the data and yields findings. Add one by writing a function in `references.py`,
`controls.py`, `money.py`, `plausible.py` or `risks.py`, naming it in that module's `RULES`, and its texts in
`messages.yml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from voortgang.check import (
    adopted,
    adopted_agreements,
    controls,
    covenant_readings,
    file_names,
    merge_marks,
    money,
    narrative,
    plausible,
    references,
    risks,
    stories,
    withheld,
)
from voortgang.check.cells import read_tables
from voortgang.check.data import Data
from voortgang.check.findings import CheckError, Finding, finding
from voortgang.workspace.deal import Deal, read_deal
from voortgang.workspace.parameters import Parameters, read_parameters, require_within
from voortgang.workspace.paths import Period, Workspace
from voortgang.workspace.public_note import read_note
from voortgang.workspace.shapes import read_shapes
from voortgang.writing.photo import Fit, fit


@dataclass(frozen=True)
class Checked:
    """Data, and what was found in it."""

    data: Data
    findings: tuple[Finding, ...]

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that do not stop a build."""
        return tuple(each for each in self.findings if each.severity == "warning")

    def require_sound(self, but: frozenset[str] = frozenset()) -> Data:
        """Return the data; raises `CheckError` when a finding is an error, by another rule than those in `but`."""
        errors = tuple(each for each in self.findings if each.severity == "error" and each.rule not in but)
        if errors:
            raise CheckError(errors)
        return self.data


def judged(data: Data) -> Iterator[Finding]:
    """Yield what every rule finds; a rule that fails is a finding of its own, and the others go on."""
    for rule in (*references.RULES, *controls.RULES, *money.RULES, *plausible.RULES, *risks.RULES):
        try:
            yield from rule(data)
        except Exception as error:  # a fault of the rule, or data that no rule expected
            what, why = getattr(rule, "__name__", str(rule)), f"{type(error).__name__}: {error}"
            yield finding(data.workspace.relative(data.workspace.data), 0, "", "", "rule_failed", name=what, why=why)


Judge = Callable[[Callable[[], list[Finding]]], list[Finding]]
"""Returns what a function finds; it may know that already."""


def _anew(find: Callable[[], list[Finding]]) -> list[Finding]:
    return find()


def check(workspace: Workspace, judge: Judge = _anew, texts: bool = True, made_fit: Fit = fit) -> Checked:
    """Read a workspace and return it with all findings.

    Parameters
    ----------
    judge
        Returns what the rules find. Their answer depends on the tables, the covenant, the parameters and the map.
    texts
        Whether the bureau's texts and stories are judged too. What computes with tables does without.
    made_fit
        Tells whether the picture of a story can be shown.

    Raises
    ------
    DealError, ParametersError, WorkspaceError
        When `deal.yml`, a parameter file, a map or a kept decision breaks its model: without them the rest cannot be
        judged.
    """
    deal = read_deal(workspace)
    read_shapes(workspace)
    parameters = {each: read_parameters(workspace, each) for each in workspace.periods()}
    for of_period in parameters.values():
        require_within(of_period, deal, workspace)
    tables, findings = read_tables(workspace)
    data = Data(workspace, deal, tables, frozenset(each.file for each in findings), note=read_note(workspace))
    found = [*findings, *file_names.findings(workspace)]
    if texts:
        found += [*merge_marks.findings(workspace), *narrative.findings(workspace), *stories.findings(data, made_fit)]
    unfit = list(adopted.unfit_copies(workspace))
    unread = ({data.file(name) for name, frame in tables if frame.empty} & data.unsound) | {each.file for each in unfit}
    # What stands alone is for the bureau only: a report that told it would give it away.
    # So is how the covenant was written down.
    own = (covenant_readings.findings, withheld.alone_in_a_time)
    found.extend(
        judge(
            lambda: [*judged(data), *(each for rule in own for each in rule(data)), *adopted.changes(workspace, unread)]
        )
    )
    found.extend([*unfit, *adopted.standing(workspace)])
    if data.sound("begroting"):
        found.extend(adopted_agreements.changes(data))
    if data.sound("projecten"):
        found.extend(adopted_agreements.changed_projects(data))
    found.extend(_parts_of_years(workspace, deal, parameters))
    return Checked(data, tuple(sorted(set(found))))


def _parts_of_years(workspace: Workspace, deal: Deal, parameters: Mapping[Period, Parameters]) -> Iterator[Finding]:
    """Yield a finding for a file of a year that goes up to another day than the last of the year or of the deal."""
    for year, given in parameters.items():
        day = given.reference_date
        if isinstance(year, int) and day not in {last := date(year, 12, 31), deal.as_of(day).term.end}:
            file, own = (workspace.relative(workspace.parameters(each)) for each in (year, day.isoformat()))
            names = {"own": own, "command": f"voortgang new-year {day}"}  # in which a day is no date in words
            yield finding(file, 0, "reference_date", day, "part_of_year", year=year, day=day, last=last, **names)
