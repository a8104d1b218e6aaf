"""Each format opened by the program people would open it with."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner
from icalendar import Calendar
from lxml import etree, html

from dealwatch.archive import Archive, board
from dealwatch.cli import cli
from dealwatch.exports.formats import formats
from dealwatch.exports.formats.json_lines import schema
from dealwatch.review.cards import cards
from tests.exports.conftest import AT, BODY, add, fill, mention

EVIL = '=HYPERLINK("http://evil.example") <script>alert(1)</script> [x](javascript:alert(1)) \x0b,;\\ 亚马逊'


@pytest.fixture
def filled(archive: Archive, db: Path) -> Path:
    said = "Amazon has opened its store with Pinduoduo."
    add(archive, mention("Pinduoduo", "Amazon", score=0.95), url="https://news.example/b")
    add(
        archive,
        mention("Pinduoduo", "Amazon", status="completed", sentence=said),
        title=EVIL,
        url="https://news.example/a?b=1&c=2",
    )
    add(archive, mention("JD.com", "Ocado", type="partnership", sentence="+1 JD.com, and Ocado; said yes."))
    return db


def run(db: Path, *arguments: str) -> bytes:
    result = CliRunner().invoke(cli, ["export", *arguments, "--db", str(db)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_is_read_back_and_holds_no_formula(filled: Path) -> None:
    data = run(filled, "csv")
    by_id = {row["id"]: row for row in rows(data)}
    assert by_id["1"]["chinese"] == "Pinduoduo"
    assert by_id["1"]["status"] == "completed"
    assert by_id["1"]["url"] == "https://news.example/a?b=1&c=2"
    assert by_id["1"]["headline"].startswith("'=HYPERLINK")
    assert by_id["2"]["sentence"].startswith("'+1 JD.com")
    assert not any(cell[:1] in "=+-@\t\r" for row in by_id.values() for cell in row.values() if cell)
    assert not data.startswith(b"\xef\xbb\xbf")
    assert run(filled, "csv", "--bom") == b"\xef\xbb\xbf" + data


def test_sentence_headline_and_address_are_of_the_story_that_brought_the_status(archive: Archive, db: Path) -> None:
    for status, score in (("reported", 0.9), ("announced", 0.95), ("completed", 0.7)):
        told = mention("Suning", "Carrefour", type="acquisition", status=status, score=score, sentence=f"It {status}.")
        hours = {"reported": 1, "announced": 2, "completed": 3}[status]
        add(archive, told, at=AT.replace(hour=hours), title=f"Told {status}", url=f"https://news.example/{status}")
    (row,) = rows(run(db, "csv"))
    assert (row["status"], row["sentence"], row["headline"]) == ("completed", "It completed.", "Told completed")
    assert row["url"] == "https://news.example/completed"
    (deal,) = map(json.loads, run(db, "jsonl").splitlines())
    assert deal["sentence"] == deal["stories"][deal["told_by"]]["sentence"] == "It completed."
    for kind in ("markdown", "html"):
        text = run(db, kind).decode()
        assert "It completed" in text and "Told completed" in text and "announced" not in text, kind
    (entry,) = feedparser.parse(run(db, "atom")).entries
    assert (entry.link, entry.summary) == ("https://news.example/completed", "It completed.")
    events = Calendar.from_ical(run(db, "ics")).walk("VEVENT")
    assert [event["DESCRIPTION"] for event in events] == ["It reported.", "It announced.", "It completed."]
    with Archive.open(db, readonly=True) as read:
        (card,) = cards(read, board.load(read), [1])
    assert card.story is not None and card.story.title == "Told completed"
    assert "".join(run.text for run in card.title) == "Told completed"
    assert "".join(run.text for run in card.passage.runs) == "It completed."


def test_xlsx_has_types_links_and_parties(filled: Path, tmp_path: Path) -> None:
    run(filled, "xlsx", "-o", str(tmp_path / "deals.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "deals.xlsx")
    sheet = book["Deals"]
    head = [cell.value for cell in sheet[1]]
    first = {name: sheet.cell(_row(sheet, 1), column) for column, name in enumerate(head, 1)}
    assert sheet.freeze_panes == "A2"
    assert first["first_at"].value == AT.replace(tzinfo=None)
    assert isinstance(first["last_at"].value, datetime)
    assert first["amount_value"].value == 2e9
    assert first["url"].hyperlink.target == "https://news.example/a?b=1&c=2"
    assert first["headline"].data_type == "s"
    assert first["headline"].value.startswith("=HYPERLINK")
    parties = list(book["Parties"].values)
    assert parties[0] == ("deal", "name", "side", "home")
    assert (1, "Amazon", "foreign", "US") in parties
    assert (2, "JD.com", "chinese", "CN") in parties


def _row(sheet: Any, deal_id: int) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == deal_id)


def test_json_lines_obey_the_published_schema(filled: Path) -> None:
    published = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    deals = [json.loads(line) for line in run(filled, "jsonl").splitlines()]
    for deal in deals:
        validator.validate(deal)
    first = next(deal for deal in deals if deal["id"] == 1)
    assert [party["name"] for party in first["parties"]] == ["Pinduoduo", "Amazon"]
    assert [(step["status"], step["url"]) for step in first["steps"]] == [
        ("announced", "https://news.example/b"),
        ("completed", "https://news.example/a?b=1&c=2"),
    ]
    assert len(first["stories"]) == 2


def test_the_schema_in_the_docs_is_that_of_the_code() -> None:
    kept = Path(__file__).parents[2] / "docs" / "deal.schema.json"
    assert kept.read_text("utf-8") == schema(), "write it anew: see docs/exports.md"


def test_atom_reads_as_a_feed_and_keeps_its_ids(filled: Path, archive: Archive) -> None:
    before = feedparser.parse(run(filled, "atom", "--title", "Deals & more"))
    assert not before.bozo
    assert before.version == "atom10"
    assert before.feed.title == "Deals & more"
    assert before.feed.id.startswith("urn:uuid:")
    assert all(entry.id and entry.updated_parsed and entry.title and entry.link for entry in before.entries)
    first = next(entry for entry in before.entries if "Amazon" in entry.title)
    assert first.link == "https://news.example/a?b=1&c=2"
    add(archive, mention("Pinduoduo", "Amazon", status="terminated"), at=AT.replace(hour=20))
    after = feedparser.parse(run(filled, "atom"))
    assert {entry.id for entry in after.entries} == {entry.id for entry in before.entries}
    same = next(entry for entry in after.entries if entry.id == first.id)
    assert same.updated_parsed > first.updated_parsed
    assert len({entry.id for entry in after.entries} | {after.feed.id}) == 3


def test_atom_has_what_the_standard_demands(filled: Path) -> None:
    name = "{http://www.w3.org/2005/Atom}"
    feed = etree.fromstring(run(filled, "atom"))
    assert [len(feed.findall(name + child)) for child in ("id", "title", "updated", "author")] == [1] * 4
    for entry in feed.findall(name + "entry"):
        assert [len(entry.findall(name + child)) for child in ("id", "title", "updated", "content")] == [1] * 4
        assert len(entry.findall(f"{name}link[@rel='alternate']")) == 1


def test_calendar_has_a_day_for_every_step(filled: Path) -> None:
    data = run(filled, "ics")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    events = Calendar.from_ical(data).walk("VEVENT")
    assert len({event["UID"] for event in events}) == len(events) == 3
    completed = next(event for event in events if "completed" in event["SUMMARY"])
    assert completed.start == AT.date()
    assert completed["URL"] == "https://news.example/a?b=1&c=2"
    assert completed["DESCRIPTION"] == "Amazon has opened its store with Pinduoduo."
    said = next(event for event in events if "Ocado" in event["SUMMARY"])
    assert said["DESCRIPTION"] == "+1 JD.com, and Ocado; said yes."


def test_html_shows_hostile_titles_as_text(filled: Path) -> None:
    tree = html.document_fromstring(run(filled, "html"))
    assert tree.find(".//script") is None
    assert all(link.get("href").startswith("https://news.example/") for link in tree.iterfind(".//a"))
    assert [heading.text for heading in tree.iterfind(".//h2")] == ["Storefronts", "Partnerships"]
    assert "alert(1)" in tree.text_content()
    assert "+1 JD.com, and Ocado; said yes." in tree.text_content()


def test_markdown_shows_hostile_titles_as_text(filled: Path) -> None:
    text = run(filled, "markdown").decode()
    assert text.startswith("# Deals\n")
    assert "## Storefronts" in text
    assert "<script" not in text.replace("\\<script", "")
    assert "](javascript" not in text.replace("\\]\\(javascript", "")
    assert "](<https://news.example/a?b=1&c=2>)" in text


@pytest.mark.parametrize("name", sorted(formats()))
def test_no_format_lets_body_text_or_odd_links_out(name: str, archive: Archive, db: Path) -> None:
    add(archive, mention("Pinduoduo", "Amazon"), url="javascript://x/%0aalert(1)")
    add(archive, mention("Temu", "Ocado"), url="file:///etc/passwd")
    data = run(db, name)
    if name == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        data = repr([list(sheet.values) for sheet in book]).encode()
    assert BODY.encode() not in data
    assert b"javascript:" not in data
    assert b"file:" not in data
    assert b"Amazon" in data


@pytest.mark.parametrize("name", sorted(formats()))
def test_an_archive_without_deals_gives_a_whole_empty_file(name: str, archive: Archive, db: Path) -> None:
    data = run(db, name)
    if name == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(data))["Deals"].max_row == 1
    elif name == "atom":
        assert not feedparser.parse(data).entries
    elif name == "ics":
        assert Calendar.from_ical(data).walk("VEVENT") == []
    else:
        assert b"Platform" not in data


def test_formats_have_what_a_server_needs() -> None:
    for name, kind in formats().items():
        assert kind.name == name
        assert kind.ending.startswith(".")
        assert "/" in kind.mime
        assert kind.title


def test_types_are_grouped_once_each(archive: Archive, db: Path) -> None:
    fill(archive, 21)
    text = run(db, "markdown").decode()
    assert text.count("\n## ") == 7
    assert text.count("\n- **") == 21
