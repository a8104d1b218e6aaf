"""The third step: which article the story is, however its address is spelled.

Whether it is a copy of another outlet's story, or tells of a deal that is known, is found where it is stored: that must
be read and written in one transaction (dealwatch.archive.folding).
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dealwatch.address import canonical, key, same_site

if TYPE_CHECKING:
    from pipelines.items import Page


class FoldPipeline:
    """Sets `item.article_url` and `item.article_key`."""

    def process_item(self, item: "Page") -> "Page":
        assert item.cleaned is not None
        item.article_url = article_address(item.url, item.cleaned.canonical_url)
        item.article_key = key(item.article_url)
        return item


def article_address(url: str, canonical_url: str | None) -> str:
    """The story's own address: what the page calls its canonical one, if that can be believed.

    Of real pages one in forty names its homepage or another host: it counts only within one host, never at its root.
    """
    if not canonical_url:
        return canonical(url)
    address = canonical(canonical_url)
    if not same_site(url, address) or urlsplit(address).path in {"", "/"}:
        return canonical(url)
    return address
