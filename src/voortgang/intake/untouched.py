"""Whether a workbook is still as it was sent, so that nobody's work is overwritten."""

from __future__ import annotations

from pathlib import Path

from voortgang.intake.edits import edits
from voortgang.intake.workbook import read_workbook
from voortgang.workspace.deal import Deal

_EMPTY = {"empty_cell"}  # what is asked for and not yet filled in


def is_untouched(path: Path, deal: Deal) -> bool:
    """Return whether a file is a workbook in which nobody has changed, added or written anything."""
    submission = read_workbook(path, deal)
    unexpected = {finding.rule for finding in submission.findings} - _EMPTY
    return bool(submission.party) and not unexpected and not edits(submission)
