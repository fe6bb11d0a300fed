"""What was computed of the content of a file, kept where the file is small."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
_SMALL = 1_000_000
"""Bytes; what is known of the files of a large deal would stay in memory."""


def of_small_files(count: int) -> Callable[[Function], Function]:
    """Let a function of a file's content, its first argument, keep its last answers, as many as `count`."""

    def keeping(function: Function) -> Function:
        known = lru_cache(count)(function)

        @wraps(function)
        def answer(content: bytes | None, *rest: Any) -> Any:
            return (known if len(content or b"") < _SMALL else function)(content, *rest)

        return cast(Function, answer)

    return keeping
