"""Write cells of a workbook so that text stays text."""

from __future__ import annotations

from typing import Any


def put_text(cell: Any, text: str) -> Any:
    """Write `text` as text, also when it looks like a formula ("=1+1") or a number, and return the cell."""
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    # What Excel itself sets for text typed after an apostrophe: it stays text when the cell is edited.
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@", "'"}
    return cell
