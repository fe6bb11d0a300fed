"""Find kept results for what is to be made, and say why something must be made again.

A notebook's result is kept under the hash of what it is made of and of all that it read. What it reads is only known
once it has run, so that is kept too: under the hash of what it is made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voortgang.assemble import chapters
from voortgang.assemble.document_names import Job
from voortgang.assemble.quarto_project import CARRIED
from voortgang.assemble.render import Chosen
from voortgang.check import checked_data
from voortgang.check.data import Data
from voortgang.check.notebook_reads import Reads
from voortgang.run.plan import Run
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_engine, of_file, of_packages, of_state, of_value

if TYPE_CHECKING:
    from voortgang.assemble.engines.shared import Shared
    from voortgang.run.execute import Executed

_KEPT_READS = 8


@dataclass(frozen=True)
class Found:
    """What is known about one notebook before it runs.

    Attributes
    ----------
    executed
        The kept notebook with its outputs; None when it must run.
    elsewhere
        What it read beside rows, with the digest of each.
    why
        Why it runs, in a few words; empty when it does not.
    """

    executed: bytes | None
    why: str = ""
    elsewhere: dict[str, str] = field(default_factory=dict)


def find(run: Run, data: Data, store: Store) -> Found:
    """Look for the kept result of a notebook."""
    for reads in _kept_reads(run, store):
        now = run.made_of | reads.digests(data)
        executed = store.get("notebooks", of_value(now))
        if executed is not None:
            return Found(executed, elsewhere={name: now[name] for name in reads.elsewhere})
    return Found(None, _why(run, data, store))


def keep(run: Run, data: Data, executed: Executed, store: Store) -> tuple[dict[str, str], bool]:
    """Keep what a notebook made, what it read, and what both were made of.

    Returns
    -------
    dict
        What it read beside rows, with the digest of each.
    bool
        Whether that is all that its result depends on. When nobody can say, the result is not kept, and the notebook
        runs again at the next build.
    """
    reads = executed.reads
    now = run.made_of | reads.digests(data)
    uncertain = executed.uncertain or _changed_meanwhile(run, data, executed)
    if uncertain:
        store.put("last", _name(run), json.dumps({"uncertain": uncertain}).encode())
        return {name: now[name] for name in reads.elsewhere}, False
    others = [each for each in _kept_reads(run, store) if each != reads][: _KEPT_READS - 1]
    texts = [each.text() for each in (reads, *others)]
    store.put("reads", of_value(run.made_of), json.dumps(texts).encode())
    store.put("notebooks", of_value(now), executed.notebook)
    last = {"now": now, "reads": reads.text()}
    store.put("last", _name(run), json.dumps(last).encode())
    return {name: now[name] for name in reads.elsewhere}, True


def _changed_meanwhile(run: Run, data: Data, executed: Executed) -> str:
    """Say what was written since the notebook read it: what is digested now may be something else than it read."""
    root = data.workspace.root
    for name, state in executed.seen.items():
        if of_state(root / name) != state:
            return f"{name} was changed while it ran"
    if run.data and run.data != checked_data.digest(data.workspace):
        return "the data was changed while it ran"
    return ""


def document_keys(jobs: list[Job], engine: Chosen, shared: Shared) -> dict[Job, str]:
    """Return under which key each document is kept: the digest of the programs and of all that it is made from."""
    from voortgang.assemble.engines import quarto

    made_of = {name: shared.ingredients(name) for name in dict.fromkeys(name for name, _ in jobs)}
    made_with = [of_engine(), of_packages()]
    if engine == "quarto":
        # It joins the lists of a header to those of the project: the header alone does not say what is carried.
        made_with += [*quarto.program(), *(of_file(shared.sources / name) for name in CARRIED)]
    return {(name, form): of_value([made_of[name], form, *made_with]) for name, form in jobs}


@contextmanager
def known_chapters(store: Store) -> Iterator[None]:
    """Let Pandoc read only the chapters that it was not given before; keep for the next build which it was given."""
    key = of_value([of_engine(), of_packages()])
    with suppress(ValueError, TypeError):  # another version of this program wrote it
        chapters.trust(json.loads(store.get("chapters", key) or b"[]"))
    yield
    store.put("chapters", key, json.dumps(chapters.sound()).encode())


def _kept_reads(run: Run, store: Store) -> list[Reads]:
    content = store.get("reads", of_value(run.made_of))
    with suppress(ValueError, KeyError, TypeError):  # another version of this program wrote it
        return [Reads.parse(text) for text in json.loads(content or b"[]")]
    return []


def _why(run: Run, data: Data, store: Store) -> str:
    """Say what has changed since the notebook last ran for this year."""
    with suppress(ValueError, KeyError, TypeError):
        last = json.loads(store.get("last", _name(run)) or b"null")
        if last is not None:
            if "uncertain" in last:
                return f"always: {last['uncertain']}"
            now = run.made_of | Reads.parse(last["reads"]).digests(data)
            changed = [name for name, digest in now.items() if last["now"].get(name) != digest]
            return f"changed: {', '.join(changed)}" if changed else "its result is no longer kept"
    return "it has not run before"


def _name(run: Run) -> str:
    return of_value([run.name, run.parameters.period])
