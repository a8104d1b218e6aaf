"""Sums of money in both languages, in whole units and ISO codes."""

import pytest

from dealwatch.deals.amounts import amounts
from dealwatch.deals.script import lower, plain


@pytest.mark.parametrize(
    ("text", "written", "value", "currency"),
    [
        ("pays $1.2 billion for", "$1.2 billion", 1.2e9, "USD"),
        ("raised US$85.5 million in", "US$85.5 million", 85.5e6, "USD"),
        ("HK$22.4 billion in November", "HK$22.4 billion", 22.4e9, "HKD"),
        ("worth RMB 300 million", "RMB 300 million", 300e6, "CNY"),
        ("a 35 million pounds deal", "35 million pounds", 35e6, "GBP"),
        ("for 52 million euro to", "52 million euro", 52e6, "EUR"),
        ("$1.4bn round", "$1.4bn", 1.4e9, "USD"),
        ("€600m loan", "€600m", 600e6, "EUR"),
        ("220 million yuan ($30.7 million)", "220 million yuan", 220e6, "CNY"),
        ("spend a billion dollars on", "a billion dollars", 1e9, "USD"),
        ("Rs 1,200 crore stake", "Rs 1,200 crore", 12e9, "INR"),
        ("阿里以20亿美元买下", "20亿美元", 2e9, "USD"),
        ("出資16.65億元", "16.65億元", 16.65e8, "CNY"),
        ("等值新台幣247.5億元", "新台幣247.5億元", 247.5e8, "TWD"),
        ("paid $5\nM&S, which", "$5", 5.0, "USD"),
        ("约6000万欧元", "6000万欧元", 6e7, "EUR"),
        ("合计1.424亿泰铢", "1.424亿泰铢", 1.424e8, "THB"),
    ],
)
def test_a_sum_is_read_as_written(text: str, written: str, value: float, currency: str) -> None:
    found = amounts(lower(plain(text)))
    assert found
    assert text[found[0].start : found[0].end].strip() == written
    assert found[0].value == pytest.approx(value)
    assert found[0].currency == currency


@pytest.mark.parametrize(
    "text", ["in 2016 it had 200 shops", "18个元素", "24 hours", "Mate 60 phones", "618大促", "$" + "9" * 320]
)
def test_other_numbers_are_no_sums(text: str) -> None:
    assert amounts(lower(plain(text))) == []
