# ruff: noqa: E501  (long alternatives read best in few lines)
"""Places at the head and the tail of a name: which only say where a firm is, and which are part of what it is called."""

import re
from collections.abc import Collection

from dealwatch.deals.script import is_pinyin, lower

COMPANY_WORD = re.compile(
    r"\b(?:Group|Holdings?|Capital|Ventures|Partners|Foods?|Retail|Airways|Airlines|Cargo|Bank|Post|Stores?|Supermarkets?|Brands?|Fashion|Cosmetics|Beauty|Pharmacy|"
    r"Logistics|Express|Pay|Payments|Wallet|Mart|Market|Markets|Department|Foods|Dairy|Coffee|Tea|Burger|Pizza|Kitchen|Bakery|Sports|Jewell?ery|Watches|Toys|Wines?|Winery|"
    r"Brewery|Corporation|Corp|Inc|Ltd|Limited|Company|Co|GmbH|AG|SA|SE|NV|Oyj|AB|ASA|SpA|PLC|LLC|Berhad|Bhd|Tbk|Enterprises?|Industries|International|Trading|Investments?|"
    r"Products|Catering|Beverages?|Enterprise|Wellness|Health|Pharmaceuticals?|Winery|Commodities|Consumables|Nutrition|Chocolates?|Seafoods?|Eyewear|Textiles?|"
    r"Equity|Fund|Technologies|Technology|Telecom|Microfinance|Financial|Clothing|Apparel|Shoes|Home|Furniture|Electronics|Mall|Malls|Property|Properties|Media|Farms?|Organics|Liquor|Rice|Noodles?|Pottery|Ceramics|Knitting|Knitwear|Cashmere|Distillers?|Distillery|Spirits|Vegetables|Fruits?|Smokehouse|Gelato|Carpets|Distribution|Socks|Leather|Jewels|Vineyards?|Estates?|Cellars|Mills?|Tannery|Roasters|Roastery|Confectionery|Pastry|Cakes?|Meats?|Fisheries|Honey|Biotech|Kitchenware|Houseware|Homewares?|Outfitters|Boutiques?|Opticians|Optical|Toiletries|Perfumes?|Skincare)\b"
)
"""Words that make a name a firm's."""
_OF_A_TOWN = re.compile(r"^(.*\w) of (\w[\w' -]*)$")
_NAMED_BY_PLACE = re.compile(r"\b(?:Bank|House|University|Republic|Kingdom|Museum|Port|Duchy|Chamber|Authority)$", re.I)


def without_town(run: str, places: frozenset[str]) -> str:
    """ "Jinhe Capital of Shanghai" says where Jinhe Capital is; the Bank of China is called so."""
    match = _OF_A_TOWN.match(run)
    if match and lower(match[2]) in places and not _NAMED_BY_PLACE.search(match[1]):
        return match[1]
    return run


_BASED = re.compile(r"-(?:based|listed|backed|headquartered|owned|run|born)$")


def place_words(run: str, places: frozenset[str], chinese_places: Collection[str]) -> int:
    """How many words at the head of a run only say where: "German", "Shanghai-based", "New Zealand"; 0 for a Chinese town
    that is part of the name ("Harbin Pharmaceutical Group", "Daqing Shengye")."""
    words = run.split(" ")
    if len(words) > 1 and _BASED.search(words[0]):
        return 1
    if len(words) > 1 and lower(words[0]) in chinese_places:
        named = len(words) > 2 and COMPANY_WORD.search(" ".join(words[1:]))
        if named or (is_pinyin(words[1]) and lower(words[0]) not in _LANDS):
            return 0
    if len(words) > 1 and lower(" ".join(words[:2])) in places:
        return 2
    return 1 if lower(words[0]) in places else 0


_LANDS = frozenset(["china", "chinese", "mainland", "prc"])
