"""How a report is built."""

from __future__ import annotations

from dataclasses import dataclass

from voortgang.assemble.render import Chosen


@dataclass(frozen=True)
class Options:
    """How to build.

    Attributes
    ----------
    engine
        `quarto` or `builtin`.
    jobs
        How many notebooks, and how many reports, are made at once.
    fresh_kernels
        Start a Python for each notebook, instead of a fork of one that is ready.
    reuse
        Whether kept results may be used.
    offline
        Whether a notebook that reaches for the network fails.
    """

    engine: Chosen
    jobs: int = 1
    fresh_kernels: bool = False
    reuse: bool = True
    offline: bool = False
