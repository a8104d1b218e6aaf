"""WordPress's own JSON of posts (wp-json/wp/v2/posts): exact times of change, and pages back into the past."""

import json
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from crawler.discovery.base import Answer, Ask, DiscoveryError, Reading, found, unique, when
from crawler.discovery.feed import plain_text
from dealwatch.archive.frontier import Found

PER_PAGE = 50
MAX_PAGES = 400
_FIELDS = "link,date_gmt,modified_gmt,title,excerpt"


class WordPress:
    kind: ClassVar[str] = "wordpress"

    def __init__(self, url: str, since: datetime | None = None) -> None:
        """`url` is the posts collection; its own query (`?categories=7`) is kept."""
        self._url = url
        self._since = since

    def first(self) -> Ask:
        return self._ask(1)

    def read(self, ask: Ask, answer: Answer) -> Reading:
        try:
            posts = json.loads(answer.body)
        except ValueError as error:
            raise DiscoveryError("the WordPress address did not answer with JSON") from error
        if isinstance(posts, dict) and ask.page > 1:
            return Reading()  # past the last page WordPress answers with an error object
        if not isinstance(posts, list):
            said = posts.get("message") if isinstance(posts, dict) else None
            raise DiscoveryError(f"the WordPress JSON is not a list of posts{f': {said}' if said else ''}")
        return Reading(unique(_link(post, answer) for post in posts if isinstance(post, dict)))

    def following(self, ask: Ask, reading: Reading, new: int) -> Ask | None:
        if self._since is None or len(reading.found) == 0 or ask.page >= MAX_PAGES:
            return None
        return self._ask(ask.page + 1)

    def _ask(self, page: int) -> Ask:
        """Without `since`, the posts changed last; with it, all posts not older, newest first."""
        query: dict[str, str] = {"per_page": str(PER_PAGE), "_fields": _FIELDS, "order": "desc"}
        if self._since is None:
            query["orderby"] = "modified"
        else:
            query |= {"orderby": "date", "after": self._since.strftime("%Y-%m-%dT%H:%M:%S"), "page": str(page)}
        joint = "&" if "?" in self._url else "?"
        return Ask(f"{self._url}{joint}{urlencode(query, safe=',:')}", page=page)


def _link(post: dict[str, Any], answer: Answer) -> Found | None:
    link = post.get("link")
    if not isinstance(link, str):
        return None
    published = when(_string(post.get("date_gmt")))
    return found(
        link,
        answer.url,
        title=plain_text(_rendered(post.get("title"))),
        summary=plain_text(_rendered(post.get("excerpt"))),
        published=published,
        modified=when(_string(post.get("modified_gmt"))) or published,
    )


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _rendered(value: Any) -> str:
    return _string(value.get("rendered")) if isinstance(value, dict) else _string(value)
