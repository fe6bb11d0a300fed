"""The annex Convenantwijzer: what each part of the covenant asks, and where the report answers it."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.report import Report
from voortgang.writing import dutch

TO_COME = "Nog niet aan de orde."


def covenant_guide(report: Report) -> pd.DataFrame:
    """Return what every part of every article asks; no rows where `deal.yml` does not say it.

    Returns
    -------
    DataFrame
        Index: the part as it is cited. Columns: `artikel` (with its title, in the first row of an article), `vraagt`,
        `wanneer`, `waar` (headings of the report), `open_punt` (missing where nothing is open).
    """
    covenant = report.deal.covenant
    columns = ["artikel", "vraagt", "wanneer", "waar", "open_punt"]
    if covenant is None:
        return pd.DataFrame(columns=columns)
    titles = {article.references[0]: article.title for article in covenant.articles}
    rows = {}
    for each in covenant.provisions:
        title = titles.get(each.article)
        to_come = each.due is not None and report.reference_date < each.due
        rows[each.article] = (
            f"{each.article} ({title})" if title else each.article,
            each.asks,
            each.by,
            dutch.listing(each.answered) or None,
            TO_COME if to_come else each.open or None,
        )
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
