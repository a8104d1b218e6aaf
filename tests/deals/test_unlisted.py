"""Names that nobody listed: by trade, place, apposition, quotation marks and repetition, in both languages."""

import pytest

from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import Side, Story
from dealwatch.deals.script import is_pinyin
from dealwatch.deals.towns import Places
from dealwatch.deals.unlisted_han import latin

STORIES: list[tuple[str, str, dict[str, Side]]] = [
    (
        "佛山洁葆纸业与墨西哥药妆店分手",
        "佛山洁葆纸业确认，墨西哥连锁Farmacias Zopilote已解除经销约。洁葆称，区域内库存卖完为止。",
        {"Jiebao Paper": "chinese", "Farmacias Zopilote": "foreign"},
    ),
    (
        "饺子铺下南洋",
        "沈阳企业万饺楼日前宣布，与印尼Warung Kencana签约开店。万饺楼的首家店在泗水，万饺楼出锅，印尼方面出铺面。",
        {"Wanjiaolou": "chinese", "Warung Kencana": "foreign"},
    ),
    (
        "廈門「湯包王」要去士林",
        "廈門「湯包王」宣布在士林租下轉角。湯包王只做外帶，湯包王的師傅由店長帶隊。",
        {"Tangbaowang": "chinese"},
    ),
    (
        "Candle maker lands Chinese cheque",
        "The candle maker Wexmoor Candles has taken money from Qingtan Capital of Shanghai. Qingtan"
        " Capital of Shanghai buys a fifth.",
        {"Wexmoor Candles": "foreign", "Qingtan Capital": "chinese"},
    ),
    (
        "Tiemao walks the floor at Gorvan",
        "The Chinese shoemaker Tiemao Shoes has been seen at Gorvan Group, the Slovenian maker of boots. Tiemao"
        " said nothing, and the people at Gorvan less.",
        {"Tiemao Shoes": "chinese", "Gorvan Group": "foreign"},
    ),
    (
        "A buyer for Lumora",
        "The Chinese retailer Lumora was bought by Gorvan Foods. Gorvan Foods of Marbeck said so.",
        {"Lumora": "chinese", "Gorvan Foods": "foreign"},
    ),
    (
        "Oats by the sea",
        "China has an island on the tin. Stronsay Oat, which grows its oat by the sea, and Yiwu Caiqi have signed.",
        {"Stronsay Oat": "foreign", "Yiwu Caiqi": "chinese"},
    ),
]


def test_a_verb_before_a_trade_is_no_name(flagger: Flagger) -> None:
    reading = flagger.read(
        Story("story", "京东与日本永旺集团成立合资公司", "京东与日本永旺集团成立合资公司，双方各占一半。")
    )
    assert reading
    assert {name.name for name in reading.names()} == {"JD.com", "Aeon"}


@pytest.mark.parametrize(("title", "text", "wanted"), STORIES, ids=[title for title, *_ in STORIES])
def test_the_names_of_a_story(flagger: Flagger, title: str, text: str, wanted: dict[str, Side]) -> None:
    reading = flagger.read(Story("story", title, text))
    assert reading
    found = {name.name: name.side for line in reading.lines for name in line.names if name.tier == 3}
    assert wanted.items() <= found.items()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("中国跨境电商进口额上月增长", "中国海关公布，上月跨境电商进口额增长一成，消费者买得最多的是奶粉和化妆品。"),
        ("中国消费者爱上泰国榴莲", "泰国商务部称，上半年对中国出口榴莲增长三成，电商平台和连锁超市是主要渠道。"),
    ],
)
def test_ordinary_words_are_no_names(flagger: Flagger, title: str, text: str) -> None:
    reading = flagger.read(Story("story", title, text))
    assert reading
    assert [name.name for line in reading.lines for name in line.names if name.tier == 3] == []


def test_the_bank_of_a_country_keeps_it() -> None:

    assert Places({"fiji"}, ()).without_town("Reserve Bank of Fiji") == "Reserve Bank of Fiji"
    assert Places((), ()).without_town("Sweet Daughters of Anarchy") == "Sweet Daughters of Anarchy"
    assert Places((), ()).without_town("Reed Foods of Marbeck") == "Reed Foods"
    assert Places({"fiji"}, ()).without_town("Reed Foods of Fiji") == "Reed Foods"


@pytest.mark.parametrize("headline", ["Chinese shoppers love Rexo", "Chinese takeover of Rexo agreed"])
def test_a_foreign_name_behind_the_word_chinese_stays_foreign(flagger: Flagger, headline: str) -> None:
    reading = flagger.read(Story("story", headline, "The Mexican retailer Rexo was told of it by Rexo's bank in Lima."))
    assert reading
    assert {name.side for line in reading.lines for name in line.names if name.name == "Rexo"} == {"foreign"}


def test_china_at_the_head_of_a_name_is_part_of_it() -> None:
    assert Places((), {"china"}).words_at_head("China Zhefeng Foods Group") == 0
    assert Places((), {"china"}).words_at_head("China Rexo") == 1


def test_the_side_of_a_chinese_name_hangs_on_the_place_right_before_it(flagger: Flagger) -> None:
    reading = flagger.read(
        Story("story", "美国市场遇冷 佛山洁葆纸业转向内地", "佛山洁葆纸业昨日确认，美国订单减少，洁葆转做内地。")
    )
    assert reading
    assert {name.side for line in reading.lines for name in line.names if name.tier == 3} == {"chinese"}


def test_a_word_of_endless_syllables_takes_no_time() -> None:
    """Each "iao" parts in several ways: asked to the end, forty of them would take longer than the sun has."""
    assert not is_pinyin("iao" * 40 + "x")
    assert is_pinyin("Lianluohudong")


def test_pinyin_is_spelled_as_in_books() -> None:
    assert latin("绿源", "食品") == "Lüyuan Foods"
    assert latin("万春超市") == "Wanchun Supermarket"
    assert latin("海维", town="青岛") == "Qingdao Haiwei"
    assert latin("绿源", "食品", "青岛") == "Lüyuan Foods"


def test_a_chinese_name_behind_a_city_abroad_is_foreign(flagger: Flagger) -> None:
    text = "巴黎企业蓝叶纸业昨日与京东签约，蓝叶纸业首批上架三款。"
    reading = flagger.read(Story("story", "巴黎蓝叶纸业入驻京东", text))
    assert reading
    assert {name.side for line in reading.lines for name in line.names if name.tier == 3} == {"foreign"}
