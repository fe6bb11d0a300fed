"""The outcome of a verification, as it travels from the confined process and is shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from voortgang.assemble.render import Chosen
from voortgang.workspace.paths import Period, period

Verdict = Literal["identical", "equal within tolerance", "different"]
Kind = Literal["changed", "value", "tolerance", "form", "order", "programs"]
_HARMLESS = {"tolerance", "form", "order", "programs"}


@dataclass(frozen=True)
class How:
    """How the verifier wants a report judged.

    Attributes
    ----------
    trust_templates
        Whether filters, partials and styles that are not those of the engine may be used.
    reason
        Why files may be compared by what a reader sees of them; empty for by their bytes.
    engine
        What makes the documents again; empty for what made them. Another engine writes other bytes, so documents are
        compared by what a reader sees of them, and all other files by their bytes.
    """

    trust_templates: bool = False
    reason: str = ""
    engine: Chosen | Literal[""] = ""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was.

    Attributes
    ----------
    where
        File, and cell of a notebook or id of a fact.
    kind
        `changed`: a file is not the one that the manifest names, or has no place in a report. `value`: another result.
        `tolerance`: numbers that differ by less than `compare.TOLERANCE`. `form`: the same content in another form;
        `before` says in which respect. `order`: the same rows in another order; the report was made again from the
        published order. `programs`: another version made the report. `tolerance`, `form` and `programs` exist only
        where the verifier gave a reason; without one any other byte is a `value`.
    before, now
        What was published, and what comes out now; shortened.
    """

    where: str
    kind: Kind
    before: str = ""
    now: str = ""


@dataclass(frozen=True)
class Verified:
    """The outcome for one report.

    Attributes
    ----------
    files
        How many files were compared.
    programs
        Each program or package of another version: what made the report, and what made it again.
    claims
        What the manifest says that nobody can make again: when the report was made, in how many seconds, and from
        which commit.
    confined
        What was taken away from all that ran (`run.confinement.PARTS`).
    brought
        Files of `templates/` that are not those of this version of the engine, and decide how the report looks.
    reason
        Why files were compared by what a reader sees; empty: by their bytes.
    seconds
        How long it took.
    """

    year: Period
    differences: tuple[Difference, ...]
    files: int = 0
    programs: tuple[tuple[str, str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    confined: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()
    reason: str = ""
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """What all differences together mean."""
        if not self.differences:
            return "identical"
        return "equal within tolerance" if {each.kind for each in self.differences} <= _HARMLESS else "different"

    def to_json(self) -> dict[str, Any]:
        """Return this as JSON can write it."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Verified:
        """Return what `to_json` wrote, each part in its form.

        Raises
        ------
        KeyError, TypeError, ValueError
            When something else wrote it.
        """
        return cls(
            _period(content["year"]),
            tuple(
                Difference(plain(each["where"]), _kind(each["kind"]), plain(each["before"]), plain(each["now"]))
                for each in content["differences"]
            ),
            int(content["files"]),
            tuple((plain(name), plain(before), plain(now)) for name, before, now in content["programs"]),
            tuple((plain(name), plain(said)) for name, said in content["claims"]),
            tuple(plain(part) for part in content["confined"]),
            tuple(plain(name) for name in content["brought"]),
            plain(content["reason"]),
            float(content["seconds"]),
        )


def _kind(text: str) -> Kind:
    if text not in get_args(Kind):
        raise ValueError(text)
    return cast(Kind, text)


def plain(text: object) -> str:
    r"""Return a text from a stranger without characters that steer a terminal.

    Examples
    --------
    >>> plain("a\x1b[31m red")
    'a�[31m red'
    """
    return "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in str(text))


def _period(value: Any) -> Period:
    if (found := period(str(value))) is None:
        raise ValueError(f"{value!r} is no period")
    return found
