"""What is said of a labelled cell that ends with a chart or table of its analyst's own, and lacks what those need."""

from __future__ import annotations

from typing import Any

from voortgang.errors import NotebookError
from voortgang.notebook.cell_options import CellOptions, options_of
from voortgang.writing.publishable import Figure, Table

_FUNCTIONS = "a table by vg.table(…), a figure by one of vg.chart_…(…), a text by vg.text(…) or vg.sentences(…)"
_NAMES = {"fig-cap": "caption (fig-cap)", "fig-alt": "text alternative (fig-alt)", "tbl-cap": "caption (tbl-cap)"}
_SHOWN = {
    "fig": ("figure of matplotlib", 'a figure of matplotlib, with #| fig-cap: "…" and #| fig-alt: "…"'),
    "tbl": ("DataFrame of pandas", 'a DataFrame of pandas as its result, with #| tbl-cap: "…"'),
}


def require_nothing_own(label: str, code: Any, where: str) -> None:
    """Raise `NotebookError` when a cell that published nothing shows something of its own, or says that it would.

    Parameters
    ----------
    code
        The executed cell.
    """
    options, own = options_of(code.source), _own_output(code)
    if not own and not options.given and not options.wrong:
        return
    expected = f"{_FUNCTIONS}; or {_SHOWN[options.form][1]}" if options.form in _SHOWN else _FUNCTIONS
    found = f"{own} of its own{_why(options)}; it stands on the page of the notebook only" if own else "nothing"
    if not own and options.wrong:
        found += _why(options)
    raise NotebookError(
        f"The cell with the label {label!r} shows {found}.",
        where,
        expected,
        _mend(options),
    )


def _why(options: CellOptions) -> str:
    if options.wrong:
        return f", and its options cannot be read ({options.wrong})"
    if options.missing:
        lacking = " and no ".join(_NAMES[key] for key in options.missing)
        return f", which has no {lacking}"
    return f", which is no {_SHOWN[options.form][0]}" if options.form in _SHOWN else ""


def _mend(options: CellOptions) -> str:
    if options.wrong:
        return 'Write the words of each option between quotation marks: #| fig-cap: "Deelnemers: per sector".'
    if options.missing:
        lines = " and ".join(f"#| {key}: …" for key in options.missing)
        return f"Add {lines} below the label, with words between quotation marks; or remove the label."
    if options.form in _SHOWN:
        return "Let the cell end with one; or remove the label, and let the chapter say in which notebook it stands."
    return "Show it by one of these; or remove the label, and let the chapter say in which notebook it stands."


def _own_output(code: Any) -> str:
    """Return what a cell shows that no function of voortgang made: a picture, a table, or nothing."""
    shown = [each.data for each in code.outputs if each.output_type in {"display_data", "execute_result"}]
    kinds = {kind for bundle in shown for kind in bundle}
    if any(kind.startswith("image/") for kind in kinds):
        return "a picture"
    return "a table or text" if "text/html" in kinds else ""


def require_filled_in(label: str, item: Table | Figure, where: str, each: tuple[str, str] | None) -> None:
    """Raise `NotebookError` when the words of a cell hold a mark that stands for a pillar in labels only."""
    words = item.caption + (item.alt if isinstance(item, Figure) else "")
    if each is not None and (mark := f"{{{each[0]}}}") in words:
        name = "vg.own_chart(…)" if label.startswith("fig-") else "vg.own_table(…)"
        raise NotebookError(
            f"The words of {label!r} hold {mark}, which stands for an id in labels and chapters only.",
            where,
            "words that a reader reads as they are",
            f'Let the cell compute them: {name} with caption=f"… {{name}} …"; or leave {mark} out.',
        )
