"""Names nobody listed in Chinese text: runs of Latin letters, and the Latin name in brackets behind a Chinese one."""

import re
from collections import Counter

from dealwatch.deals.records import Side
from dealwatch.deals.script import lower
from dealwatch.deals.text import MASK, Masked, Texts

_LATIN_IN_CHINESE = re.compile(
    r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9&'.+!-]*(?:\s(?:&\s)?(?!\d+[%％万亿家个元])[A-Za-zÀ-ÿ0-9][A-Za-zÀ-ÿ0-9&'.+!-]*){0,4}"
)
_BRACKETED = re.compile(
    r"([\u4e00-\u9fffA-Za-z·]{2,10})[（(]([A-Z][A-Za-zÀ-ÿ0-9&'.+! -]{1,40}?)(?:[,，;；、][^）)]{0,30})?[）)]"
)
_CN_ENDINGS = {
    "集团": "Group",
    "资本": "Capital",
    "控股": "Holdings",
    "基金": "Fund",
    "银行": "Bank",
    "百货": "Department Store",
}
_LATIN_STOP = frozenset(
    [
        "app",
        "ipo",
        "ceo",
        "cfo",
        "coo",
        "cto",
        "gmv",
        "ai",
        "vip",
        "sku",
        "kol",
        "koc",
        "diy",
        "ip",
        "pe",
        "vc",
        "o2o",
        "b2b",
        "b2c",
        "c2c",
        "dtc",
        "dau",
        "mau",
        "pr",
        "hr",
        "it",
        "tv",
        "5g",
        "4g",
        "nft",
        "esg",
        "gdp",
        "roi",
        "pos",
        "qr",
        "id",
        "ok",
        "vs",
        "plus",
        "pro",
        "max",
        "pvc",
        "led",
        "usb",
        "url",
        "pc",
        "ar",
        "vr",
        "ev",
        "npo",
        "wto",
        "cop30",
        "covid",
        "hot",
        "sale",
        "day",
        "bloomberg",
        "reuters",
        "cnbc",
        "bbc",
        "afp",
        "nbd",
        "fda",
        "spf",
        "ebitda",
        "api",
        "cagr",
        "cpi",
        "pmi",
        "bd",
        "lbs",
        "saas",
        "cdp",
        "crm",
        "erp",
        "rcep",
        "abs",
        "ltd",
        "inc",
        "q1",
        "q2",
        "q3",
        "q4",
        "h1",
        "h2",
        "and",
        "of",
        "the",
        "in",
        "on",
        "for",
        "us",
        "uk",
        "eu",
        "un",
    ]
)


def chinese(both: Texts, open_: Masked) -> dict[str, tuple[Side, str]]:
    """Runs of Latin letters in Chinese text, and the Latin name in brackets behind a Chinese one."""
    found: dict[str, tuple[Side, str]] = {}
    counts: Counter[str] = Counter()
    for field in ("title", "text"):
        text = both.plain[field][:3000]
        for match in _BRACKETED.finditer(text):
            if open_[field][match.start(2)] != MASK and lower(match.group(2)) not in _LATIN_STOP:
                found.setdefault(match.group(2), ("foreign", match.group(2)))
        for match in _LATIN_IN_CHINESE.finditer(text):
            shown = match.group().strip(" .-")
            if (
                open_[field][match.start()] == MASK
                or open_[field][match.end() - 1] == MASK
                or lower(shown) in _LATIN_STOP
            ):
                continue
            if (
                len(shown) < 2
                or not (any(c.isupper() for c in shown) or _is_small_name(shown, both))
                or shown.split()[0].lower() in _LATIN_STOP
            ):
                continue
            if match.start() and text[match.start() - 1] in "0123456789.$":
                continue
            ending = _CN_ENDINGS.get(text[match.end() : match.end() + 2])
            if ending and field == "text" and len(shown.split()) == 1:
                found.setdefault(shown, ("foreign", f"{shown} {ending}"))
            counts[shown] += 3 if field == "title" else 1
    for shown, _ in counts.most_common(6):
        found.setdefault(shown, ("foreign", shown))
    return found


def _is_small_name(shown: str, both: Texts) -> bool:
    """A name written in small letters ("hince"): one word, told in the headline or more than once."""
    told = both.plain["title"].count(shown) * 2 + both.plain["text"].count(shown)
    return len(shown) > 3 and shown.replace("-", "").isalpha() and told > 1
