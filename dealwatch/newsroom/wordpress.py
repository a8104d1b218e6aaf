"""WordPress's own JSON: `/wp-json/wp/v2/posts` with its paging, order and time limits."""

import html
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dealwatch.newsroom.addresses import path_of
from dealwatch.newsroom.stories import Page

_LIMITS: dict[str, Callable[[Page, datetime], bool]] = {
    "after": lambda page, at: page.published > at,
    "before": lambda page, at: page.published < at,
    "modified_after": lambda page, at: page.modified > at,
    "modified_before": lambda page, at: page.modified < at,
}


def posts(pages: list[Page], query: dict[str, list[str]], base: str) -> tuple[int, Any, dict[str, str]]:
    """(status, JSON data, headers) as WordPress answers."""
    asked = {name: values[-1] for name, values in query.items()}
    try:
        number, size = int(asked.get("page", "1")), int(asked.get("per_page", "10"))
        limits = {name: _time(asked[name]) for name in _LIMITS if name in asked}
    except ValueError:
        return _error("rest_invalid_param", "Invalid parameter(s).")
    if number < 1 or not 1 <= size <= 100:
        return _error("rest_invalid_param", "Invalid parameter(s): per_page, page")
    found = [page for page in pages if all(_LIMITS[name](page, at) for name, at in limits.items())]
    by_change = asked.get("orderby") == "modified"
    found.sort(key=lambda page: page.modified if by_change else page.published, reverse=asked.get("order") != "asc")
    last = -(-len(found) // size)
    if number > max(last, 1):
        return _error("rest_post_invalid_page_number", "The page number requested is larger than the number of pages.")
    shown = [_post(page, base) for page in found[size * (number - 1) : size * number]]
    if fields := asked.get("_fields"):
        kept = {name.split(".")[0] for name in fields.split(",")}
        shown = [{name: value for name, value in post.items() if name in kept} for post in shown]
    return 200, shown, {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(last)}


def _error(code: str, message: str) -> tuple[int, Any, dict[str, str]]:
    return 400, {"code": code, "message": message, "data": {"status": 400}}, {}


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _post(page: Page, base: str) -> dict[str, Any]:
    body = "".join(f"<p>{html.escape(block.text)}</p>\n" for block in page.blocks)
    return {
        "id": page.number,
        "date": page.published.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_gmt": page.published.strftime("%Y-%m-%dT%H:%M:%S"),
        "guid": {"rendered": f"{base}/?p={page.number}"},
        "modified": page.modified.strftime("%Y-%m-%dT%H:%M:%S"),
        "modified_gmt": page.modified.strftime("%Y-%m-%dT%H:%M:%S"),
        "slug": page.slug,
        "status": "publish",
        "type": "post",
        "link": base + path_of(page),
        "title": {"rendered": html.escape(page.title).replace("&#x27;", "&#8217;")},
        "content": {"rendered": body, "protected": False},
        "excerpt": {"rendered": f"<p>{html.escape(page.deck)} [&hellip;]</p>\n", "protected": False},
    }
