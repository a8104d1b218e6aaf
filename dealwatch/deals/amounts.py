# ruff: noqa: E501  (tables and long alternatives read best in few lines)
"""Sums of money: as written, in whole units, with the ISO 4217 code. English and Chinese."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNS = {
    "us$": "USD", "usd": "USD", "$": "USD", "hk$": "HKD", "hkd": "HKD", "s$": "SGD", "sgd": "SGD", "a$": "AUD", "au$": "AUD", "aud": "AUD",
    "nt$": "TWD", "twd": "TWD", "nz$": "NZD", "nzd": "NZD", "c$": "CAD", "ca$": "CAD", "cad": "CAD", "r$": "BRL", "brl": "BRL", "mx$": "MXN",
    "rmb": "CNY", "cny": "CNY", "¥": "CNY", "￥": "CNY", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "jpy": "JPY", "jp¥": "JPY",
    "₩": "KRW", "krw": "KRW", "₹": "INR", "rs": "INR", "rs.": "INR", "inr": "INR", "rm": "MYR", "myr": "MYR", "rp": "IDR", "idr": "IDR",
    "฿": "THB", "thb": "THB", "php": "PHP", "₱": "PHP", "p": "PHP", "₽": "RUB", "rub": "RUB", "chf": "CHF", "sek": "SEK", "dkk": "DKK", "nok": "NOK",
    "aed": "AED", "dh": "AED", "dhs": "AED", "sar": "SAR", "sr": "SAR", "₺": "TRY", "try": "TRY", "pln": "PLN", "₫": "VND", "vnd": "VND",
    "ksh": "KES", "sh": "KES", "kes": "KES", "₦": "NGN", "ngn": "NGN", "n": "NGN", "zar": "ZAR", "mop": "MOP", "patacas": "MOP",
}  # fmt: skip
_WORDS = {
    "us dollars": "USD", "us dollar": "USD", "u.s. dollars": "USD", "american dollars": "USD", "dollars": "USD", "dollar": "USD", "bucks": "USD",
    "hong kong dollars": "HKD", "singapore dollars": "SGD", "australian dollars": "AUD", "canadian dollars": "CAD", "taiwan dollars": "TWD",
    "new zealand dollars": "NZD", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "cny": "CNY", "euros": "EUR", "euro": "EUR", "eur": "EUR",
    "pounds": "GBP", "pounds sterling": "GBP", "pound": "GBP", "sterling": "GBP", "yen": "JPY", "won": "KRW", "rupees": "INR", "rupee": "INR",
    "ringgit": "MYR", "rupiah": "IDR", "baht": "THB", "dong": "VND", "pesos": "PHP", "roubles": "RUB", "rubles": "RUB", "lira": "TRY", "zloty": "PLN",
    "reais": "BRL", "real": "BRL", "rand": "ZAR", "naira": "NGN", "shillings": "KES", "dirhams": "AED", "riyals": "SAR", "swiss francs": "CHF",
    "francs": "CHF", "kronor": "SEK", "kroner": "DKK", "usd": "USD", "hkd": "HKD", "sgd": "SGD", "gbp": "GBP", "jpy": "JPY", "krw": "KRW",
    "inr": "INR", "aud": "AUD", "taka": "BDT", "tenge": "KZT", "cedis": "GHS",
}  # fmt: skip
_CHINESE = {
    "美元": "USD", "美金": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "日圆": "JPY", "日币": "JPY", "韩元": "KRW", "韩圆": "KRW", "韩币": "KRW",
    "港元": "HKD", "港币": "HKD", "港纸": "HKD", "新台币": "TWD", "台币": "TWD", "新加坡元": "SGD", "新元": "SGD", "澳元": "AUD", "加元": "CAD", "纽元": "NZD",
    "新西兰元": "NZD", "人民币": "CNY", "元人民币": "CNY", "泰铢": "THB", "印度卢比": "INR", "卢比": "INR", "印尼盾": "IDR", "林吉特": "MYR", "令吉": "MYR", "马币": "MYR",
    "卢布": "RUB", "里拉": "TRY", "兹罗提": "PLN", "越南盾": "VND", "比索": "MXN", "雷亚尔": "BRL", "兰特": "ZAR", "迪拉姆": "AED", "里亚尔": "SAR",
    "瑞士法郎": "CHF", "瑞典克朗": "SEK", "丹麦克朗": "DKK", "挪威克朗": "NOK", "先令": "KES", "奈拉": "NGN", "澳门元": "MOP", "元": "CNY", "块": "CNY",
}  # fmt: skip
_UNITS = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "mln": 1e6, "mn": 1e6, "m": 1e6, "mio": 1e6, "billion": 1e9, "bln": 1e9, "bn": 1e9, "b": 1e9,
    "trillion": 1e12, "trn": 1e12, "tn": 1e12, "crore": 1e7, "crores": 1e7, "cr": 1e7, "lakh": 1e5, "lakhs": 1e5,
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "十万": 1e5, "万": 1e4, "千": 1e3, "百": 1e2, "": 1.0,
}  # fmt: skip


def _any(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ENGLISH_UNIT = r"thousand|million|billion|trillion|mln|bln|trn|crores?|lakhs?|mio|mn|bn|tn|cr|[mbk]"
_CHINESE_UNIT = "万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千|百"
_SPOKEN = {"a": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0, "eight": 8.0, "nine": 9.0, "ten": 10.0,
           "half a": 0.5}  # fmt: skip
_NUMBER = re.compile(r"\d(?:\d{0,2}(?:,\d{3})+|\d*)(?:\.\d+)?")
_SIGN_BEFORE = re.compile(rf"(?<![a-z])({_any(_SIGNS)})\s?$")
_UNIT_BEHIND = re.compile(rf"[ -]?({_ENGLISH_UNIT}|{_CHINESE_UNIT})(?![a-z])")
_WORD_BEHIND = re.compile(rf"(?:[ -]?({_ENGLISH_UNIT})(?![a-z]))?[ -]({_any(_WORDS)})(?![a-z])")
_SIGN_BEHIND = re.compile(rf" ?({_ENGLISH_UNIT})?([€£])")
_CHINESE_BEHIND = re.compile(rf" ?({_CHINESE_UNIT})?(?:余|多)?({_any(_CHINESE)})(?!素|件|旦|宇|老|气)")
_CHINESE_BEFORE = {"人民币": "CNY", "新台币": "TWD", "港币": "HKD", "美金": "USD", "us$": "USD", "hk$": "HKD", "nt$": "TWD", "$": "USD"}  # fmt: skip
_CURRENCY_BEFORE = re.compile(rf"({_any(_CHINESE_BEFORE)})\s?$")
_IN_WORDS = re.compile(rf"({'|'.join(_SPOKEN)})\s(million|billion|trillion)\s({_any(_WORDS)})\b")
LONGEST = 24
"""Characters of a number; longer rows of digits are no sums, and overflow."""
_LONGEST_SIGN = max(map(len, _SIGNS)) + 2
_SIGN_ENDS = frozenset(sign[-1] for sign in _SIGNS)
_NO_SUM_BEHIND = frozenset(["", *",.;:)%年月"])
"""What right behind a number says that no currency follows; most numbers are years and per cents."""


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` in whole units of `currency`; `start` and `end` are code points of the text searched."""

    start: int
    end: int
    value: float
    currency: str


def amounts(lowered: str) -> list[Amount]:
    """Every sum in a plain, lower-case text, in order; of overlapping readings the longest."""
    found = [amount for number in _NUMBER.finditer(lowered) for amount in _readings(number, lowered)]
    if "illion" in lowered:
        found += _in_words(lowered)
    found.sort(key=lambda amount: (amount.start, -amount.end))
    kept: list[Amount] = []
    for amount in found:
        if not kept or amount.start >= kept[-1].end:
            kept.append(amount)
    return kept


def _readings(number: re.Match[str], text: str) -> Iterator[Amount]:
    """What a number may be a sum of, by the sign or word on either side of it."""
    start, end = number.span()
    if end - start > LONGEST:
        return
    value = float(number.group().replace(",", ""))
    before = text[max(0, start - _LONGEST_SIGN) : start]
    if before.rstrip()[-1:] in _SIGN_ENDS and (sign := _SIGN_BEFORE.search(before)):
        unit = _UNIT_BEHIND.match(text, end)
        at = start - len(before) + sign.start()
        yield Amount(at, unit.end() if unit else end, value * _UNITS[unit[1] if unit else ""], _SIGNS[sign[1]])
    if text[end : end + 1] in _NO_SUM_BEHIND:
        return
    if not before[-1:].isalnum() and before[-1:] not in (".", "_"):
        if word := _WORD_BEHIND.match(text, end):
            yield Amount(start, word.end(), value * _UNITS[word[1] or ""], _WORDS[word[2]])
        if sign := _SIGN_BEHIND.match(text, end):
            yield Amount(start, sign.end(), value * _UNITS[sign[1] or ""], _SIGNS[sign[2]])
    if word := _CHINESE_BEHIND.match(text, end):
        told = _CURRENCY_BEFORE.search(before)
        at = start - len(before) + told.start() if told else start
        currency = _CHINESE_BEFORE[told[1]] if told else _CHINESE[word[2]]
        yield Amount(at, word.end(), value * _UNITS[word[1] or ""], currency)


def _in_words(text: str) -> Iterator[Amount]:
    """ "half a million dollars"."""
    for match in _IN_WORDS.finditer(text):
        spoken, unit, word = match.groups()
        if not text[match.start() - 1 : match.start()].isalnum():
            yield Amount(match.start(), match.end(), _SPOKEN[spoken] * _UNITS[unit], _WORDS[word])
