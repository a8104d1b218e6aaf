"""What a reading marks in the lines of a story: markets by their capital, shares in words."""

import pytest

from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import Story


@pytest.mark.parametrize(
    ("title", "places"),
    [
        ("Alibaba eats turkey with us in Turkey", ["TR"]),
        ("Alibaba sells in the US, overseas and on the mainland", ["US", "ABR", "CN"]),
        ("alibaba opens a store in france and germany", ["FR", "DE"]),
        ("Alibaba opens in São Paulo", ["BR"]),
        ("阿里巴巴在德国开店", ["DE"]),
    ],
)
def test_a_market_is_told_by_its_capital(flagger: Flagger, title: str, places: list[str]) -> None:
    reading = flagger.read(Story("story", title, "China."))
    assert reading
    hits = reading.lines[0].places
    assert [hit.code for hit in hits] == places
    assert not any(hit.people for hit in hits if hit.code != "ABR")


@pytest.mark.parametrize("share", ["half of", "two-thirds of", "12.5 per cent", "百分之三十", "三成"])
def test_a_share_is_marked_however_it_is_written(flagger: Flagger, share: str) -> None:
    reading = flagger.read(Story("story", f"Alibaba buys {share} Carrefour on behalf of China", ""))
    assert reading
    assert len(reading.lines[0].marks["{percent}"]) == 1
