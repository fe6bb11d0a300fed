"""What a notebook did in its kernel: written there by `recorder`, and read by the build."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from voortgang.check.data import View
from voortgang.check.notebook_reads import Reads, view_from


@dataclass(frozen=True)
class Recorded:
    """What a notebook did.

    Attributes
    ----------
    reads
        The rows and files that it read.
    loaded
        What it asked `load` for.
    changed
        Parameters to which it gave another value than the run did.
    uncertain
        Why nobody can say what its result depends on; empty when somebody can.
    ended
        Number (execution count) of the cell that asked the kernel to end; 0 when none did.
    data
        What the data that it loaded is known by (`checked_data.digest`).
    seen
        Signature of each file of `reads` from before it was opened.
    """

    reads: Reads
    loaded: tuple[View, ...] = ()
    changed: tuple[str, ...] = ()
    uncertain: str = ""
    ended: int = 0
    data: tuple[str, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Recorded:
        """Return what `text` wrote; raises `ValueError` when something else did."""
        content = json.loads(text)
        return cls(
            Reads.parse(content["reads"]),
            tuple(view_from(each) for each in content["loaded"]),
            tuple(content["changed"]),
            content["uncertain"],
            content["ended"],
            tuple(content["data"]),
            content["seen"],
        )

    def text(self) -> str:
        """Return this as JSON."""
        loaded = [vars(view) | {"reference_date": view.reference_date.isoformat()} for view in self.loaded]
        return json.dumps(vars(self) | {"reads": self.reads.text(), "loaded": loaded})
