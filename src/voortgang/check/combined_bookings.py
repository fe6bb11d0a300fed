"""What a booking looks like that stands for several, in the tables of a public edition (decision 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FIRST_ROW = 1_000_001
"""Row number of the first row that stands for several bookings; no spreadsheet has a table that is as long."""

NUMBER = "SAM"
"""Beginning of the booking number of such a row."""


def is_together(row: Mapping[str, str]) -> bool:
    """Return whether the cells of a booking are those of one that stands for several."""
    return (row.get("boeking_id") or "").startswith(NUMBER) and not row.get("financier")


def are_together(bookings: pd.DataFrame) -> pd.Series:
    """Return which bookings stand for several."""
    return bookings["boeking_id"].str.startswith(NUMBER, na=False) & bookings["financier"].isna()
