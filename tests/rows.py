"""Data with rows of a test's own, to try a rule on what lies on its edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from voortgang.check.data import Data

Row = str | Mapping[str, object]
"""Values by column; or as a text such as `partij=emmen datum=2021-05-01 bedrag=5`. What is left out is empty."""


def with_rows(data: Data, until: date = date(2021, 12, 31), **rows: Sequence[Row]) -> Data:
    """Return the data with other rows in some tables, from row 2 on, as known on a day."""
    made = {}
    for table, frame in data.tables:
        if table in rows:
            values = [_values(row, frame) if isinstance(row, str) else row for row in rows[table]]
            new = pd.DataFrame(values, columns=frame.columns, index=pd.RangeIndex(2, len(values) + 2))
            frame = new.astype(frame.dtypes.to_dict())
        made[table] = frame
    return replace(data, tables=type(data.tables)(**made), until=until)


def _values(row: str, frame: pd.DataFrame) -> dict[str, object]:
    pairs = dict(pair.split("=") for pair in row.split())
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    return {name: None if kind != "bool" else False for name, kind in kinds.items()} | {
        name: pd.Timestamp(value)
        if kinds[name].startswith("datetime")
        else float(value)
        if kinds[name] in ("Int64", "Float64")
        else tuple(value.split(";"))
        if kinds[name] == "object"
        else value
        for name, value in pairs.items()
    }
