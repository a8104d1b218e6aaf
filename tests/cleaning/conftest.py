"""Pages as outlets write them, and one cleaning pool for all tests here."""

from collections.abc import Iterator

import pytest

from pipelines.cleaning.pool import Cleaner

BODY = [
    "Amazon opened an online store on Pinduoduo on Monday, its first on a Chinese marketplace that it does not own.",
    "The store sells about one thousand products from overseas until the end of December, two people said.",
    "Pinduoduo counts 430 million monthly users and has been courting foreign brands since the spring.",
    "Amazon closed its own marketplace for Chinese sellers in July after years of losing share to local rivals.",
]
BODY_CHINESE = [
    "亚马逊周一在拼多多开设了网上商店,这是它首次在不属于自己的中国平台上开店。",
    "知情人士称,该店铺将在十二月底之前销售约一千种来自海外的商品,包括食品与玩具。",
    "拼多多的月活跃用户达到四亿三千万,今年春天以来一直在争取外国品牌的入驻。",
]


def page(
    paragraphs: list[str] | None = None, head: str = "", lang: str = "en", before: str = "", after: str = ""
) -> str:
    """A whole HTML page around `paragraphs`."""
    story = "".join(f"<p>{paragraph}</p>" for paragraph in (paragraphs or BODY))
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>Amazon opens on Pinduoduo</title>{head}</head><body>'
        f"<nav><a href='/'>Home</a></nav><article><h1>Amazon opens on Pinduoduo</h1>{before}{story}{after}</article>"
        "<footer>All rights reserved</footer></body></html>"
    )


@pytest.fixture(scope="session")
def cleaner() -> Iterator[Cleaner]:
    with Cleaner(workers=2, deadline=2.0) as pool:
        yield pool
