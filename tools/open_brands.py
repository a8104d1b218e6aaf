"""Build `watchlist/entities/open/brands.csv`, the weaker tier of names, from OpenStreetMap's name-suggestion-index.

`python tools/open_brands.py` fetches two npm packages with `npm pack` at the versions below: the index itself
(BSD-3-Clause, its licence is copied beside the result) and a list of English words, used only to leave out brands
that are words. Running it again on the same versions and the same hand-kept lists gives the same file.
"""

import csv
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dealwatch.watchlist.entities import load_entities

INDEX = "name-suggestion-index@8.0.20260918"
WORDS = "word-list@4.1.0"
WATCHLIST = Path("watchlist")
OUT = WATCHLIST / "entities" / "open"

MIN_LATIN_LETTERS = 4
MIN_HAN_CHARACTERS = 3

RESTAURANTS = {"restaurant": "restaurants", "fast_food": "restaurants", "cafe": "coffee", "ice_cream": "ice cream"}
PAYMENTS = {"payment_terminal": "payments", "payment_centre": "payments", "money_transfer": "payments"}
PARCELS = {"parcel_locker": "logistics", "post_office": "post", "post_depot": "post"}

# Shops that sell services, vehicles or bets, not goods a retailer deals in.
NOT_RETAIL = frozenset(
    {
        "agrarian", "art", "bookmaker", "car", "car_repair", "caravan", "charity", "copyshop", "dry_cleaning",
        "estate_agent", "funeral_directors", "gas", "glaziery", "gold_buyer", "groundskeeping", "hairdresser",
        "hearing_aids", "laundry", "locksmith", "lottery", "massage", "money_lender", "motorcycle",
        "motorcycle_repair", "outpost", "party", "pawnbroker", "pest_control", "plant_hire", "rental", "repair",
        "shoe_repair", "storage_rental", "tailor", "tattoo", "telecommunication", "ticket", "tool_hire",
        "tractor", "tractor_repair", "trade", "truck", "truck_repair", "tyres", "boat", "cannabis", "erotic",
        "pyrotechnics", "window_blind",
    }
)  # fmt: skip
SHOP_INDUSTRIES = {
    "supermarket": "grocery", "convenience": "convenience", "greengrocer": "grocery", "general": "grocery",
    "clothes": "fashion", "shoes": "shoes", "bag": "bags", "jewelry": "jewellery", "watches": "watches",
    "cosmetics": "beauty", "beauty": "beauty", "perfumery": "beauty", "chemist": "health and beauty",
    "electronics": "electronics", "computer": "electronics", "mobile_phone": "electronics", "doityourself": "home",
    "furniture": "home", "houseware": "home", "interior_decoration": "home", "department_store": "department store",
    "variety_store": "discount", "optician": "optical", "baby_goods": "mother and baby", "alcohol": "wine and spirits",
    "sports": "sports", "outdoor": "outdoor", "pet": "pet", "toys": "toys", "books": "books",
}  # fmt: skip

HAN = re.compile(r"[\u3400-\u9fff]")
KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
OTHER_SCRIPT = re.compile(r"[\u0370-\u1dbf\u3040-\ud7af]")
COUNTRY = re.compile(r"^([a-z]{2})(?:-[\w-]+\.geojson)?$")
CHINESE_READERS = frozenset({"CN", "HK", "MO", "TW", "SG", "MY"})


@dataclass
class Brand:
    """One row: a name, what it sells, where it trades. No countries means everywhere (or nowhere told)."""

    name: str
    wikidata: str
    kind: str
    industry: str
    countries: set[str] = field(default_factory=set)
    chinese: str = ""

    @property
    def side(self) -> str:
        return "chinese" if self.countries == {"CN"} else "foreign"


def fetch(package: str, into: Path) -> Path:
    """Unpack an npm package; its folder. Raises CalledProcessError when npm cannot have it."""
    into.mkdir()
    packed = subprocess.run(  # noqa: S603 - the packages are the constants above
        ["npm", "pack", package, "--silent"],  # noqa: S607 - npm is wherever the user keeps it
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    with tarfile.open(into / packed) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def trade(path: str) -> tuple[str, str] | None:
    """(kind, industry) of a category such as `brands/shop/shoes`; None where it is not retail."""
    tree, key, value = path.split("/")
    if key == "amenity" and value in PARCELS:
        return "logistics", PARCELS[value]
    if tree != "brands":
        return None
    if key == "shop":
        return None if value in NOT_RETAIL else ("retailer", SHOP_INDUSTRIES.get(value, value.replace("_", " ")))
    if key == "office":
        return ("logistics", "logistics") if value == "logistics" else None
    if key != "amenity":
        return None
    if value in RESTAURANTS:
        return "restaurant", RESTAURANTS[value]
    if value in PAYMENTS:
        return "payment", PAYMENTS[value]
    return ("retailer", "pharmacy") if value == "pharmacy" else None


def countries_of(item: dict[str, Any]) -> set[str]:
    found = (COUNTRY.match(str(place)) for place in item.get("locationSet", {}).get("include", []))
    return {match.group(1).upper() for match in found if match}


def english_name(tags: dict[str, str]) -> str:
    """The name as Latin letters write it, or an empty string."""
    names = (tags.get(key, "") for key in ("brand:en", "name:en", "brand", "name", "operator:en", "operator"))
    return next((name.strip() for name in names if LATIN.search(name) and not is_foreign_script(name)), "")


def is_foreign_script(name: str) -> bool:
    return bool(HAN.search(name) or OTHER_SCRIPT.search(name))


def chinese_name(tags: dict[str, str], countries: set[str]) -> str:
    """The Chinese name, long enough to stand alone, or an empty string. Kanji of a Japanese brand do not count."""
    keys = ["brand:zh", "name:zh", "brand:zh-Hans", "name:zh-Hans", "brand:zh-Hant", "name:zh-Hant"]
    if countries and countries <= CHINESE_READERS:
        keys += ["brand", "name"]
    for key in keys:
        name = tags.get(key, "").strip()
        if len(HAN.findall(name)) >= MIN_HAN_CHARACTERS and not KANA_OR_HANGUL.search(name):
            return name
    return ""


def brands(index: dict[str, Any]) -> Iterator[Brand]:
    for path, category in sorted(index["nsi"].items()):
        kind_industry = trade(path)
        if kind_industry is None:
            continue
        for item in category["items"]:
            tags = item["tags"]
            countries = countries_of(item)
            chinese = chinese_name(tags, countries)
            name = english_name(tags) or chinese
            if name:
                wikidata = tags.get("brand:wikidata") or tags.get("operator:wikidata") or ""
                yield Brand(name, wikidata, *kind_industry, countries, chinese)


def merged(found: Iterator[Brand]) -> list[Brand]:
    """One row a name: the first category it stands in, the countries of all. Everywhere swallows any country."""
    rows: dict[str, Brand] = {}
    for brand in found:
        row = rows.setdefault(brand.name.casefold(), brand)
        row.countries = row.countries | brand.countries if row.countries and brand.countries else set()
        row.chinese = row.chinese or brand.chinese
        row.wikidata = row.wikidata or brand.wikidata
    return sorted(rows.values(), key=lambda row: (row.name.casefold(), row.name))


def why_not(brand: Brand, words: frozenset[str], listed: frozenset[str]) -> str | None:
    """Why a brand is left out; None for one that stays."""
    folded = brand.name.casefold()
    if folded in listed or brand.chinese.casefold() in listed:
        return "listed by hand"
    if not HAN.search(brand.name) and len(LATIN.findall(brand.name)) < MIN_LATIN_LETTERS:
        return "too short"
    if folded in words or folded.removesuffix("'s") in words:
        return "an English word"
    return None


def main() -> int:
    listed = frozenset(
        name.casefold() for entity in load_entities(WATCHLIST) for name in (entity.name, *entity.aliases)
    )
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(INDEX, Path(folder) / "index")
        index = json.loads((package / "dist" / "json" / "nsi.min.json").read_text(encoding="utf-8"))
        licence = (package / "LICENSE.md").read_text(encoding="utf-8")
        word_file = fetch(WORDS, Path(folder) / "words") / "words.txt"
        words = frozenset(word_file.read_text(encoding="utf-8").split())
    dropped: dict[str, int] = {}
    kept: list[Brand] = []
    for brand in merged(brands(index)):
        reason = why_not(brand, words, listed)
        if reason is None:
            kept.append(brand)
        else:
            dropped[reason] = dropped.get(reason, 0) + 1
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / "brands.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "wikidata", "side", "kind", "industry", "countries", "chinese"])
        for row in kept:
            places = " ".join(sorted(row.countries))
            writer.writerow([row.name, row.wikidata, row.side, row.kind, row.industry, places, row.chinese])
    (OUT / "LICENSE.md").write_text(licence, encoding="utf-8")
    (OUT / "VERSION").write_text(INDEX + "\n", encoding="utf-8")
    with_chinese = sum(bool(row.chinese) for row in kept)
    print(
        f"{len(kept)} brands kept, {with_chinese} with a Chinese name, {sum(r.side == 'chinese' for r in kept)} chinese"
    )
    print("left out: " + ", ".join(f"{count} {reason}" for reason, count in sorted(dropped.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
