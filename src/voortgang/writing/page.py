"""HTML pages, self-contained, in Dutch, light and dark: what they look like stands in templates beside the modules."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_PACKAGE = Path(__file__).parents[1]
_STYLE = Path(__file__).with_name("page.css")


def html_page(template: str, title: str, mark: str = "", policy: str = "", **values: Any) -> bytes:
    """Return a page. No script, style or font comes from elsewhere.

    Parameters
    ----------
    template
        File of a Jinja template in this package that extends `writing/page.html`, such as `publish/origins_page.html`.
    title
        Plain text.
    mark
        What the page says of the standing of what it shows, such as "Concept · voorbeelddata", also on paper.
    policy
        What a browser may load for it, as a Content-Security-Policy.
    values
        What the template fills in. All of it is text, and is escaped.
    """
    common = _STYLE.read_text(encoding="utf-8")
    page = _templates().get_template(template).render(values, title=title, mark=mark, policy=policy, common=common)
    return page.encode()


class _Text(str):
    """Text as Python escapes it: Jinja's own function writes quotes in another way than published pages have them."""

    def __html__(self) -> str:
        return escape(self)


@cache
def _templates() -> Environment:
    # Late: a build in which nothing has changed makes no page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_PACKAGE),
        autoescape=True,
        finalize=lambda value: value if hasattr(value, "__html__") else _Text(value),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
