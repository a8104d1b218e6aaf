# ruff: noqa: E501, SIM905  (a table of words reads best in few lines)
"""Places at the head and the tail of a name: which only say where a firm is, and which are part of what it is called."""

import re
from collections.abc import Iterable

from dealwatch.deals.phrases import Phrases
from dealwatch.deals.script import is_pinyin, lower

_COMPANY_WORDS = frozenset(
    """Group Holding Holdings Capital Ventures Partners Food Foods Retail Airways Airlines Cargo Bank Post Store Stores Supermarket Supermarkets Brand Brands
    Fashion Cosmetics Beauty Pharmacy Logistics Express Pay Payments Wallet Mart Market Markets Department Dairy Coffee Tea Burger Pizza Kitchen Bakery
    Sports Jewelry Jewellery Watches Toys Wine Wines Winery Brewery Corporation Corp Inc Ltd Limited Company Co GmbH AG SA SE NV Oyj AB ASA SpA PLC LLC
    Berhad Bhd Tbk Enterprise Enterprises Industries International Trading Investment Investments Products Catering Beverage Beverages Wellness Health
    Pharmaceutical Pharmaceuticals Commodities Consumables Nutrition Chocolate Chocolates Seafood Seafoods Eyewear Textile Textiles Equity Fund
    Technologies Technology Telecom Microfinance Financial Clothing Apparel Shoes Home Furniture Electronics Mall Malls Property Properties Media Farm
    Farms Organics Liquor Rice Noodle Noodles Pottery Ceramics Knitting Knitwear Cashmere Distiller Distillers Distillery Spirits Vegetables Fruit Fruits
    Smokehouse Gelato Carpets Distribution Socks Leather Jewels Vineyard Vineyards Estate Estates Cellars Mill Mills Tannery Roasters Roastery
    Confectionery Pastry Cake Cakes Meat Meats Fisheries Honey Biotech Kitchenware Houseware Homeware Homewares Outfitters Boutique Boutiques Opticians
    Optical Toiletries Perfume Perfumes Skincare Botanics Cooperative Packaging Imports Exports Merchants Traders Grocers Groceries Provisions Butchers Bakers
    Brewers Growers Orchards Ranch Plantation Gardens Nursery Studio Studios Atelier Workshop Works Factory Manufacturing Motors Cycles Tools Hardware Lighting
    Grupo Gruppo Groupe Gruppe Grup Cia Compañía Companhia Conservas Supermercados Supermercado Supermarkt Supermarché Hipermercados Mercado Tienda Tiendas Almacenes
    Frutas Bodega Bodegas Viña Viñedos Vinos Vinícola Quinta Herdade Casa Château Domaine Maison Cave Tenuta Cantina Fattoria Pastificio Salumificio Caseificio Dolciaria
    Calzaturificio Ceramiche Ceramica Pelletteria Gelateria Pasticceria Panificio Farmacia Farmacias Pharmacie Apteka Apotheke Drogerie Panadería Pastelería Pastelaria
    Confeitaria Ferretería Zapatería Librería Lácteos Laticínios Cervejaria Cervecería Tejidos Textil Moda Calzados Distribuidora Comercial Industrias Agrícola Banco Banque
    Banca Banka Correos Poczta Pošta Posta Posten Pošte Bäckerei Brauerei Konditorei Metzgerei Weingut Piekarnia Cukiernia Browar Pekara Kozmetika Toko Kedai Batik""".split()
)
_WORD = re.compile(r"\w+")


def says_firm(name: str) -> bool:
    """Whether one of its words makes the name a firm's: "Tiema Shoes"."""
    return not _COMPANY_WORDS.isdisjoint(_WORD.findall(name))


_OF_A_TOWN = re.compile(r"^(.*\w) of (\w[\w' -]*)$")
_NAMED_BY_PLACE = re.compile(r"\b(?:Bank|House|University|Republic|Kingdom|Museum|Port|Duchy|Chamber|Authority)$", re.I)
_BASED = re.compile(r"-(?:based|listed|backed|headquartered|owned|run|born)$")
_LANDS = frozenset(["china", "chinese", "mainland", "prc"])
_CHINA_WORDS = ("中国", "内地", "大陆", "chinese")


class Places:
    """The words for markets, lower-case: lands, towns and peoples. `china` are those for the mainland."""

    def __init__(self, words: Iterable[str], china: Iterable[str]) -> None:
        self.china = frozenset(china)
        self.words = self.china.union(words)
        self.china_words = tuple(dict.fromkeys((*sorted(self.china), *_CHINA_WORDS)))
        self._china = Phrases(self.china_words)

    def speak_of_china(self, lowered: str) -> bool:
        """Whether the mainland, one of its towns or its people are named in a lower-case text."""
        return bool(self._china.find(lowered))

    def of_china(self, lowered: str) -> list[tuple[int, int]]:
        """Where the words for China and its towns stand in a lower-case text."""
        return [(start, end) for _, start, end in self._china.find(lowered)]

    def begin_with_china(self, lowered: str) -> bool:
        return any(start == 0 for _, start, _ in self._china.find(lowered))

    def without_town(self, run: str) -> str:
        """ "Jinhe Capital of Shanghai" says where Jinhe Capital is, whether the town is known or not; the Bank of China is
        called so, and so are the Daughters of Anarchy."""
        match = _OF_A_TOWN.match(run) if " of " in run else None
        if match is None or _NAMED_BY_PLACE.search(match[1]):
            return run
        placed = lower(match[2]) in self.words or says_firm(match[1])
        return match[1] if placed else run

    def words_at_head(self, run: str) -> int:
        """How many words at the head of a run only say where: "German", "Shanghai-based", "New Zealand"; 0 for a Chinese
        town that is part of the name ("Harbin Pharmaceutical Group", "Daqing Shengye")."""
        words = run.split(" ")
        first = lower(words[0])
        if len(words) == 1:
            return 1 if first in self.words else 0
        if _BASED.search(first):
            return 1
        if first in self.china:
            named = len(words) > 2 and says_firm(" ".join(words[1:]))
            if named or (first not in _LANDS and is_pinyin(words[1])):
                return 0
        if f"{first} {lower(words[1])}" in self.words:
            return 2
        return 1 if first in self.words else 0
