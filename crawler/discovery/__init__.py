"""Where articles are announced: one small class a kind, all of one shape (see `base.Place`)."""

from collections.abc import Iterator
from datetime import datetime

from crawler.discovery.base import Place, Reading
from crawler.discovery.feed import Feed
from crawler.discovery.listing import Listing
from crawler.discovery.sitemap import NewsSitemap, Sitemap
from crawler.discovery.wordpress import WordPress
from dealwatch.watchlist.sources import Source

EMPTY = Reading()


def places(source: Source, since: datetime | None = None) -> Iterator[Place]:
    """Everything that announces the source's articles; with `since`, each reaches back to that time if it can."""
    discover = source.discover
    yield from (Feed(url) for url in discover.feeds)
    yield from (NewsSitemap(url, since) for url in discover.news_sitemaps)
    yield from (Sitemap(url, since) for url in discover.sitemaps)
    yield from (WordPress(url, since) for url in discover.wordpress)
    yield from (Listing(listing, since) for listing in discover.listings)
