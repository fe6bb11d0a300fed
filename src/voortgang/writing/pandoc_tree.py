"""What Pandoc makes of a Markdown text, as its syntax tree: the only judge of what a text will do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

READER = "markdown"
"""Pandoc's own Markdown with all that it can do: what Quarto reads with, and more than the built-in path allows."""

LOCALE = {"LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"}
"""Environment in which Pandoc knows names of files that are not ASCII: in the locale C, as of cron, it does not."""


class Unread(Exception):
    """Pandoc did not read a text: it took too long, or stopped."""


def tree(text: str, seconds: float = 10) -> list[dict[str, Any]]:
    """Return the blocks of a text; raises `Unread`."""
    blocks: list[dict[str, Any]] = json.loads(_read(text, "json", seconds))["blocks"]
    return blocks


def plain(text: str, seconds: float = 10) -> str:
    """Return a text without its markup, one line a paragraph; raises `Unread`."""
    return _read(text, "plain", seconds).strip()


def _read(text: str, form: str, seconds: float) -> str:
    command = [pandoc(), "--sandbox", f"--from={READER}", f"--to={form}", "--wrap=none"]
    command += ["+RTS", "-M512M", "-RTS"]
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=seconds, check=True, env=os.environ | LOCALE
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Unread(str(error)) from error
    return done.stdout.decode()


def pandoc_lua(script: Path, given: str, seconds: float = 60, folder: Path | None = None, strict: bool = False) -> str:
    """Return what a Lua script of this package writes, run by Pandoc in `folder`.

    Raises
    ------
    Unread
        When it stops, or takes too long; with `strict`, also when Pandoc warns of anything.
    """
    command = [pandoc(), "lua", str(script)]
    try:
        done = subprocess.run(
            command,
            input=given.encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=folder,
            env=os.environ | LOCALE,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise Unread(str(error)) from error
    if done.returncode or (strict and done.stderr):
        raise Unread(done.stderr.decode(errors="replace"))
    return done.stdout.decode()


def pandoc() -> str:
    """Return the Pandoc program of the `pypandoc_binary` package."""
    import pypandoc  # no sooner: with it come all of Python's means to fetch pages

    return str(pypandoc.get_pandoc_path())


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
