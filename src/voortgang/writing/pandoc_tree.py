"""What Pandoc makes of a Markdown text, as its syntax tree: the only judge of what a text will do."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pypandoc

READER = "markdown"
"""Pandoc's own Markdown with all that it can do: what Quarto reads with, and more than the built-in path allows."""


class Unread(Exception):
    """Pandoc did not read a text: it took too long, or stopped."""


def tree(text: str, seconds: float = 10) -> list[dict[str, Any]]:
    """Return the blocks of a text; raises `Unread`."""
    command = [pypandoc.get_pandoc_path(), "--sandbox", f"--from={READER}", "--to=json", "+RTS", "-M512M", "-RTS"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=seconds, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise Unread(str(error)) from error
    blocks: list[dict[str, Any]] = json.loads(done.stdout)["blocks"]
    return blocks


def nodes(content: Any) -> Iterator[dict[str, Any]]:
    """Yield each node of a tree, from the top, in order."""
    waiting = [content]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if "t" in each:
                yield each
            waiting.extend(reversed(list(each.values())))
        elif isinstance(each, list):
            waiting.extend(reversed(each))
