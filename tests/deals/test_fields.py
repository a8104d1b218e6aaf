"""What a flagged story says: type, sides, direction, status, amount; in English, simplified and traditional Chinese."""

from collections.abc import Callable

import pytest

from dealwatch.deals.records import Mention

Flag = Callable[..., tuple[Mention, ...]]

STORIES = [
    (
        "Burberry opens flagship store on Tmall",
        "The British fashion brand Burberry opened a flagship store on Tmall on Monday. The store sells its full range"
        " to Chinese shoppers. Burberry said the store on Alibaba's platform would carry bags and coats.",
        ("storefront", {"Burberry", "Tmall"}, "inbound", "completed"),
    ),
    (
        "JD.com agrees to buy German electronics retailer Ceconomy",
        "JD.com has agreed to buy Ceconomy, the German electronics retailer, for 2.2 billion euros. The Chinese"
        " e-commerce group said it would pay cash. Ceconomy runs stores in eleven countries.",
        ("acquisition", {"JD.com", "Ceconomy"}, "outbound", "announced"),
    ),
    (
        "Marks & Spencer to close all its stores in China",
        "The British retailer Marks & Spencer will close its ten remaining stores in mainland China, it said on"
        " Tuesday. Marks & Spencer is pulling out of China after years of losses in its shops there.",
        ("exit", {"Marks & Spencer"}, "inbound", "terminated"),
    ),
    (
        "Starbucks denies report of sale of its China business",
        "Starbucks denied on Monday a report that it was looking for a buyer for its China business. The coffee chain"
        " said no full sale of its China business was being considered.",
        ("acquisition", {"Starbucks"}, "inbound", "denied"),
    ),
    (
        "丝芙兰入驻京东开设官方旗舰店",
        "法国美妆零售商丝芙兰3月1日在京东开出官方旗舰店，店铺已正式上线。丝芙兰表示，京东店铺将同步销售门店商品。",
        ("storefront", {"Sephora", "JD.com"}, "inbound", "completed"),
    ),
    (
        "菜鳥與DHL簽署合作協議",
        "菜鳥網絡與德國敦豪昨日簽署合作協議，雙方將在波蘭華沙合作處理跨境包裹的配送。菜鳥與DHL已在當地鋪設自提櫃。",
        ("partnership", {"Cainiao", "DHL"}, "outbound", "announced"),
    ),
]


@pytest.mark.parametrize(("title", "text", "wanted"), STORIES, ids=[title for title, *_ in STORIES])
def test_a_plain_story_is_read_whole(flag: Flag, title: str, text: str, wanted: tuple[str, set[str], str, str]) -> None:
    (mention,) = flag(title, text)
    kind, names, direction, status = wanted
    assert (mention.type, mention.direction, mention.status) == (kind, direction, status)
    assert names <= set(mention.names)


def test_the_sum_comes_with_value_and_currency(flag: Flag) -> None:
    (mention,) = flag(STORIES[1][0], STORIES[1][1])
    assert (mention.amount, mention.amount_value, mention.amount_currency) == ("2.2 billion euros", 2.2e9, "EUR")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "JD snaps up America's Gorvan",
            "JD Sports, the British trainer seller, is buying Gorvan for $1.1bn, said JD.",
        ),
        ("JD Sports opens first store in Leeds mall", "JD Sports Fashion opened its first store in Leeds on Monday."),
        ("Fires in the Amazon rainforest reach a record", "Satellites saw more fires in the Amazon rainforest."),
        ("The best deals on AliExpress this week", "Save up to 70% with our coupon codes on AliExpress and Temu."),
        ("Target shuts its last stores in Canada", "Target is leaving Canada after two years and 133 shops."),
        (
            "Alibaba's quarterly revenue rose 10%",
            "Alibaba posted quarterly revenue of $38 billion, up 10% on the year.",
        ),
        ("Court fines Temu over fake discounts in Poland", "A court in Warsaw fined Temu for fake discounts."),
    ],
)
def test_what_is_no_deal_is_left_alone(flag: Flag, title: str, text: str) -> None:
    assert flag(title, text) == ()


def test_evidence_lies_in_the_story(flag: Flag) -> None:
    for title, text, _ in STORIES:
        for mention in flag(title, text):
            fields = {"title": title, "text": text}
            assert mention.evidence
            assert all(fields[e.field][e.start : e.end] == e.quote for e in mention.evidence)
            assert {e.role for e in mention.evidence} >= {"trigger"}
            assert mention.sentence in fields["title"] or mention.sentence in fields["text"]


def test_a_name_that_nobody_listed_is_found_by_its_place(flag: Flag) -> None:
    (mention,) = flag(
        "Danish grocer Zwibbel signs with Kaola",
        "Zwibbel Danmark, a grocer from Aarhus, has signed a cooperation agreement with Kaola, the Chinese platform."
        " Zwibbel Danmark will supply Kaola with oats. Kaola and Zwibbel Danmark will work together for three years.",
    )
    assert any("Zwibbel" in party.name and not party.listed for party in mention.parties)
