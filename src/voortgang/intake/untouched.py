"""Whether a workbook is still as it was sent, so that nobody's work is overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from voortgang.intake.edits import edits
from voortgang.intake.submission import Submission
from voortgang.intake.workbook import read_workbook
from voortgang.workspace.deal import Deal

_EMPTY = {"empty_cell"}  # what is asked for and not yet filled in


def is_untouched(path: Path, deal: Deal) -> bool:
    """Return whether a file is a workbook in which nobody has changed, added or written anything."""
    submission = read_workbook(path, deal)
    unexpected = {finding.rule for finding in submission.findings} - _EMPTY
    return bool(submission.party) and not unexpected and not edits(submission)


def told(submissions: Sequence[Submission]) -> Iterator[str]:
    """Yield what whoever reads workbooks should know of them before the changes: perhaps it is not the one filled in.

    That a workbook is as it was sent (a party may have kept the one it filled in, or sent that of last year), and that
    they are about several periods.
    """
    books = [each for each in submissions if each.party]
    for each in books:
        if not edits(each):
            yield f"{each.name} is as it was sent to {each.party} for {each.of}: nothing was filled in or changed."
    if len(periods := sorted({each.of for each in books})) > 1:
        names = (f"{of} ({', '.join(each.name for each in books if each.of == of)})" for of in periods)
        yield f"These workbooks are about several periods: {'; '.join(names)}."
