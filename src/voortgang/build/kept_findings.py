"""What an earlier build found out about the tables, used again while no table, parameter or map has changed.

The bureau's texts lie among the data too, and nothing here depends on them: so a changed word asks for no new judgement
of any row.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from voortgang.build.unchanged import PROGRAMS, Digests
from voortgang.check.data import Data, View
from voortgang.check.findings import Finding
from voortgang.check.for_readers import found_so_far
from voortgang.check.notebook_reads import Rows, digests_of, view_from
from voortgang.run.plan import Plan
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_value
from voortgang.workspace.paths import Workspace

_KIND = "tables"


class KeptFindings:
    """What is known of the tables of a workspace, and of the copy that a public edition is made from.

    Parameters
    ----------
    store
        Where it is kept; None to look at everything anew.
    made_from
        What `unchanged.inputs` said before anything else was read.
    """

    def __init__(self, workspace: Workspace, store: Store | None, made_from: Digests) -> None:
        folders = [workspace.relative(each) + "/" for each in (workspace.data, workspace.parameters_folder)]
        texts = tuple(workspace.relative(each) + "/" for each in (workspace.narratives, workspace.all_stories))
        self._store = store
        self._made_from = {
            name: digest
            for name, digest in made_from.items()
            if name in PROGRAMS or (name.startswith(tuple(folders)) and not name.startswith(texts))
        }
        self._known: dict[str, dict[str, Any]] = {}

    @property
    def digest(self) -> str:
        """The digest of the programs and of every file of the tables, the covenant, the parameters and the maps."""
        return of_value(self._made_from)

    def findings(self, of: str, find: Callable[[], list[Finding]]) -> list[Finding]:
        """Return what rules find in some tables.

        Parameters
        ----------
        of
            Which tables: the period of a public edition that is made from a copy, and nothing for the workspace's own.
        find
            Judges them.
        """
        known = self._of(of)
        with suppress(KeyError, TypeError, ValueError):  # another version of this program wrote it
            return _findings_from(known["findings"])
        found = find()
        if all(each.rule != "rule_failed" for each in found):
            known["findings"] = [asdict(each) for each in found]
        return found

    def take_over(self, plans: list[Plan]) -> None:
        """Let the digests of rows be known that an earlier build computed, and what readers are told was found."""
        for data, of in _tables(plans):
            with suppress(KeyError, TypeError, ValueError):
                known = [(Rows(**rows), view_from(view), digest) for rows, view, digest in self._of(of)["digests"]]
                digests_of(data).update({(rows, view): digest for rows, view, digest in known})
                told = [(view_from(view), _findings_from(found)) for view, found in self._of(of)["for readers"]]
                found_so_far(data).update(told)

    def keep(self, plans: list[Plan]) -> None:
        """Keep for the next build what is known now; only when no file was saved meanwhile."""
        if self._store is None:
            return
        for data, of in _tables(plans):
            self._of(of)["digests"] = [
                [asdict(rows), _as_json(view), digest]
                for (rows, view), digest in sorted(digests_of(data).items(), key=str)
            ]
            if told := found_so_far(data):
                self._of(of)["for readers"] = [
                    [_as_json(view), [asdict(each) for each in found]] for view, found in sorted(told.items(), key=str)
                ]
        for of, known in self._known.items():
            self._store.put(_KIND, self._key(of), json.dumps(known).encode())

    def _of(self, of: str) -> dict[str, Any]:
        if of not in self._known:
            self._known[of] = self._store.get_object(_KIND, self._key(of)) if self._store else {}
        return self._known[of]

    def _key(self, of: str) -> str:
        return of_value([of, self._made_from])


def _as_json(view: View) -> dict[str, Any]:
    return asdict(view) | {"reference_date": view.reference_date.isoformat()}


def _findings_from(kept: list[dict[str, Any]]) -> list[Finding]:
    return [Finding(**each | {"details": tuple(map(tuple, each["details"]))}) for each in kept]


def _tables(plans: list[Plan]) -> list[tuple[Data, str]]:
    """Return the tables that notebooks of some reports read, each once."""
    found = {}
    for planned in plans:
        copied = planned.checked is not planned.whole
        found[id(planned.checked)] = (planned.checked.data, str(planned.period) if copied else "")
    return list(found.values())
