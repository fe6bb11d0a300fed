"""Charts and tables of an analyst's own, published by the options of their cell: `#| fig-cap`, `fig-alt`, `tbl-cap`."""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from voortgang.notebook.cell_options import options_of
from voortgang.notebook.charts.own import own_chart
from voortgang.notebook.own_table import own_table


def publish_own(shell: Any) -> None:
    """Let each cell of a kernel that has these options show its figures, or its frames, as the report does."""
    formatter = shell.display_formatter.ipython_display_formatter

    def begin(info: Any) -> None:
        for kind in (Figure, pd.DataFrame, pd.Series):
            formatter.pop(kind, None)
        options = options_of(info.raw_cell)
        words = options.words
        if options.form == "fig" and words:
            formatter.for_type(Figure, lambda figure: display(own_chart(figure, *words)))
        elif options.form == "tbl" and words:
            for kind in (pd.DataFrame, pd.Series):
                formatter.for_type(kind, lambda frame: display(own_table(frame, words[0])))

    shell.events.register("pre_run_cell", begin)
