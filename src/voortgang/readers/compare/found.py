"""What two forms of a file say differently, and the steps that take away what says nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

TOLERANCE = 1e-9
"""How much two numbers with decimals may differ, relative to the larger, and still count as equal."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

Kind = Literal["value", "tolerance", "form"]
T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """One thing that two files say differently: where in the file, how, and what each says.

    For `form`, `before` says in which respect they differ without saying anything else.
    """

    where: str
    kind: Kind
    before: str
    now: str


class Unreadable(Exception):
    """A file is not what its name says, or holds what no report holds."""


def values(where: str, was: str, is_now: str) -> Iterator[Found]:
    """Yield one difference between two texts, if there is one; `tolerance` when only decimals differ, and little.

    Examples
    --------
    >>> [each.kind for each in values("", "0.1 m", "0.10000000000000001 m")]
    ['tolerance']
    >>> [each.kind for each in values("", "40000000000", "40000000001")]
    ['value']
    """
    if was == is_now:
        return
    first = next((i for i, (a, b) in enumerate(zip(was, is_now, strict=False)) if a != b), min(len(was), len(is_now)))
    around = slice(max(0, first - 40), first + 60)
    close = _NUMBER.sub("#", was) == _NUMBER.sub("#", is_now) and all(
        _close(*pair) for pair in zip(*(_NUMBER.findall(shown) for shown in (was, is_now)), strict=True)
    )
    yield Found(where, "tolerance" if close else "value", was[around], is_now[around])


def _close(one: str, other: str) -> bool:
    """Return whether two numbers as text are the same but for rounding; whole numbers are not rounded."""
    return one == other or (
        all(re.search(r"[.eE]", text) for text in (one, other))
        and math.isclose(float(one), float(other), rel_tol=TOLERANCE)
    )


Step = tuple[str, Callable[[T], T]]


def after_steps(steps: Sequence[Step[T]], old: T, new: T) -> tuple[T, T, str]:
    """Take away in steps what says nothing, and return what is left of both, and the steps that mattered."""
    mattered = []
    for reason, step in steps:
        if old == new:
            break
        left = step(old), step(new)
        if left != (old, new):
            mattered.append(reason)
        old, new = left
    return old, new, ", ".join(mattered)
