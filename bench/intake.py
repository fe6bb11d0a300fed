"""How long `voortgang intake read` takes over small workbooks that ask for much work.

Run with `python bench/intake.py`. Prints seconds of CPU and peak memory of a process of its own for each.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).with_name("voortgang"))
END = b"</sheetData>"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        made = [COMMAND, "intake", "template", "2022", "--party", "emmen", "--output", folder]
        subprocess.run(made, cwd=REPOSITORY, check=True, capture_output=True)
        sent = (Path(folder) / "Emmen-2022.xlsx").read_bytes()
        print("workbook                        size (kB)   CPU (s)   peak memory (MB)   answer")
        for name, end in {"as it was sent": END, **_worst()}.items():
            path = Path(folder) / "read.xlsx"
            path.write_bytes(_with(sent, end))
            _measure(name, path)


def _worst() -> dict[str, bytes]:
    texts = ("B99999", "2022-05-01", "K001", "werken", "emmen", "gerealiseerd")
    booking = "".join(
        f'<c r="{column}#" t="inlineStr"><is><t>{text}</t></is></c>'
        for column, text in zip("ABCDEF", texts, strict=True)
    )
    stray = '<c r="Z#" t="inlineStr"><is><t>x</t></is></c>'
    link = b'<hyperlinks><hyperlink ref="A1:A1048576" location="A1"/></hyperlinks>'
    hidden = "".join(f'<row r="{n}" hidden="1"/>' for n in range(200, 9_900)).encode()
    return {
        "a cell at XFD9999": _rows(9_999, 1, '<c r="XFD#"><v>5</v></c>'),
        "a cell in row 1048576": _rows(1_048_576, 1, '<c r="A#"><v>5</v></c>'),
        "a million merged cells": END + b'<mergeCells><mergeCell ref="K1:T99999"/></mergeCells>',
        "a link over a column": END + link,
        "formatted empty columns": _rows(200, 9_500, "".join(f'<c r="{c}#"/>' for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        "formatted empty rows": _rows(200, 100_000, ""),
        "hidden empty rows": hidden + END,
        "rows that stand twice": _rows(200, 9_500, booking),
        "3,000 cells beside the form": _rows(200, 3_000, stray),
        "9,500 cells beside the form": _rows(200, 9_500, stray),
    }


def _rows(first: int, count: int, cells: str) -> bytes:
    rows = (f'<row r="{n}">' + cells.replace("#", str(n)) + "</row>" for n in range(first, first + count))
    return "".join(rows).encode() + END


def _with(content: bytes, end: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in source.namelist():
            part = source.read(name)
            new.writestr(name, part.replace(END, end, 1) if name == "xl/worksheets/sheet5.xml" else part)
    return target.getvalue()


def _measure(name: str, path: Path) -> None:
    with tempfile.TemporaryFile() as said:
        read = subprocess.Popen([COMMAND, "intake", "read", str(path)], cwd=REPOSITORY, stdout=said, stderr=said)
        _, status, used = os.wait4(read.pid, 0)
        read.returncode = os.waitstatus_to_exitcode(status)
    size, seconds, memory = path.stat().st_size / 1000, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000
    print(f"{name:<32}{size:>9.0f}{seconds:>10.1f}{memory:>19.0f}   exit {read.returncode}")


if __name__ == "__main__":
    main()
