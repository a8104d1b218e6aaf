"""How each make of outlet spells the addresses of its pages, and what a request's path asks for."""

import re

from dealwatch.newsroom.stories import Outlet, Page


def path_of(page: Page) -> str:
    """The path of an article's page."""
    make, at = page.outlet.make, page.published
    if make == "wordpress":
        return f"/{at:%Y/%m/%d}/{page.slug}/"
    if make == "sitemap":
        return f"/members/{page.slug}" if page.closed else f"/{page.section}/{page.slug}.html"
    if make == "atom":
        return f"/articles/{page.slug}"
    if make == "listing":
        return f"/story/{at:%Y%m%d}/{page.slug}"
    return f"/news/{page.slug}.html"


def amp_of(page: Page) -> str | None:
    """The path of the page's AMP twin, where the outlet has such."""
    make = page.outlet.make
    if make == "wordpress":
        return path_of(page) + "amp/"
    if make == "atom":
        return path_of(page) + "?amp=1"
    return path_of(page) + "/amp" if make == "listing" else None


def announced(page: Page, position: int) -> str:
    """The path that the feed, map or listing gives: with tracking, sometimes the AMP twin or an old address."""
    path = path_of(page)
    if page.outlet.make == "wordpress":
        return f"{path}?utm_source=rss&utm_medium=rss&utm_campaign={page.slug}"
    if page.outlet.make == "atom":
        amp = "amp=1&" if position % 3 == 2 else ""
        return f"{path}?{amp}utm_source=atom&utm_medium=feed#top"
    if page.outlet.make == "chinese":
        return f"{path}?spm=a2o1.feed.{position}&from=timeline"
    if page.trouble == "moved":
        return f"/story/old/{page.number}"
    return f"{path}/amp" if page.outlet.make == "listing" and position == 1 else path


def find(outlet: Outlet, pages: list[Page], path: str) -> Page | None:
    """The article at `path` (query apart), its AMP twin included."""
    plain = re.sub(r"/amp/?$", "", path).rstrip("/") if outlet.make in {"wordpress", "listing"} else path
    return next((page for page in pages if path_of(page).rstrip("/") == plain), None)
