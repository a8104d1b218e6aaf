"""Charsets named by the server, by the page, by both wrongly, or by nobody."""

import codecs

import pytest

from pipelines.clean import clean
from tests.cleaning.conftest import BODY_CHINESE, page

URL = "https://news.example/a"
SIMPLIFIED = BODY_CHINESE
TRADITIONAL = [
    "亞馬遜週一在拼多多開設了網上商店,這是它首次在不屬於自己的中國平台上開店。",
    "知情人士稱,該店鋪將在十二月底之前銷售約一千種來自海外的商品,包括食品與玩具。",
]
FRENCH = [
    "Carrefour a cédé sa filiale chinoise à Suning à l'été, après des années de pertes répétées et de réformes.",
    "Le groupe français a déclaré qu'il garderait vingt pour cent du capital de la société créée à cette occasion.",
]


@pytest.mark.parametrize("declared", ["gbk", "gb2312", "GB18030"])
def test_gbk_by_meta(declared: str) -> None:
    html = page(SIMPLIFIED, head=f'<meta charset="{declared}">')
    assert SIMPLIFIED[1] in clean(html.encode("gb18030"), URL).text


@pytest.mark.parametrize(
    ("paragraphs", "written", "header"),
    [
        (SIMPLIFIED, "gbk", "gbk"),
        (SIMPLIFIED, "gbk", None),
        (SIMPLIFIED, "gbk", "utf-8"),
        (SIMPLIFIED, "gbk", "iso-8859-1"),
        (SIMPLIFIED, "utf-8", "gbk"),
        (SIMPLIFIED, "utf-8", "iso-8859-1"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "big5", None),
        (FRENCH, "cp1252", "iso-8859-1"),
        (FRENCH, "cp1252", "utf-8"),
        (FRENCH, "utf-8", None),
    ],
)
def test_header_right_wrong_or_missing(paragraphs: list[str], written: str, header: str | None) -> None:
    assert paragraphs[0] in clean(page(paragraphs).encode(written), URL, header).text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_beats_the_header(mark: bytes, encoding: str) -> None:
    assert SIMPLIFIED[0] in clean(mark + page(SIMPLIFIED).encode(encoding), URL, "gbk").text


def test_one_broken_byte_does_not_change_the_charset() -> None:
    body = page(SIMPLIFIED * 3, head='<meta charset="gbk">').encode("gbk").replace("拼".encode("gbk"), b"\xff\xff", 1)
    assert SIMPLIFIED[1] in clean(body, URL).text
