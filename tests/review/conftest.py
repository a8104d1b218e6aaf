"""An archive with alerts in it, a review server over it, and a real browser before that."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from dealwatch.archive import Archive, frontier
from dealwatch.archive.stories import StoryRecord, save
from dealwatch.clock import now
from dealwatch.deals.records import DEAL_TYPES, Evidence, Mention, Party
from dealwatch.review.app import Review
from dealwatch.review.desk import Office
from dealwatch.review.doors import Links
from dealwatch.review.people import People
from dealwatch.review.serve import bind
from tests.review.chromium import chromium


def seed(db: Path, number: int, *, title: str | None = None, url: str | None = None, lang: str = "en") -> None:
    """One story that reports a deal of its own, stored as the crawler stores it."""
    at = now() - timedelta(hours=1, minutes=number)
    url = url or f"https://news.example/{number}"
    chinese, foreign = f"Platform {number:03}", f"Brand {number:03}"
    sentence = f"{foreign} reportedly opens a store on {chinese} for $2 million."
    text = f"An ordinary morning.\n\nBefore it. {sentence} After it.\n\nThe end of story {number}."
    spans = (("name", "foreign", foreign), ("open", "trigger", "opens a store"), ("name", "chinese", chinese),
             ("say", "hedge", "reportedly"), ("amount", "amount", "$2 million"))  # fmt: skip
    mention = Mention(
        type=DEAL_TYPES[number % len(DEAL_TYPES)],
        parties=(Party(chinese, "chinese", home="CN"), Party(foreign, "foreign", home="US")),
        direction="inbound" if number % 3 else "outbound",
        status="reported",
        sentence=sentence,
        score=0.9 - number / 1000,
        amount="$2 million",
        amount_value=2e6,
        amount_currency="USD",
        evidence=tuple(
            Evidence(rule, "text", text.index(quote), text.index(quote) + len(quote), quote, role)
            for rule, role, quote in spans
        ),
    )
    key = f"news.example/{number}"
    with Archive.open(db) as archive:
        frontier.discovered(archive, "harbour", "https://news.example/feed", [frontier.Found(url, key)], None, at)
        address = archive.value("SELECT id FROM addresses WHERE key = ?", [key])
        story = StoryRecord(
            source="harbour", address_id=address, key=key, url=url, title=title or f"{foreign} comes to {chinese}",
            text=text, author=None, site="Harbour News", lang=lang, published=at, published_from="json-ld",
            modified=None, modified_from=None, text_source="page",
        )  # fmt: skip
        save(archive, story, [mention], "rules", at, 14)


class Server:
    """The review page on a free port of loopback, in a thread."""

    def __init__(self, db: Path) -> None:
        self.db = db
        self.people = People.beside(db)
        self.links = Links("ann")
        self.office = Office(db, db.parent / "watchlist")
        self.review = Review(self.office, self.people, self.links, ["127.0.0.1"], https=False)
        self._socket = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(self.review.app, log_level="error"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()

    @property
    def link(self) -> str:
        return f"{self.url}/login?token={self.links.make()}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
        self.office.close()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    (tmp_path / "watchlist").mkdir()
    (tmp_path / "watchlist" / "channels.yaml").write_text("channels: []\n")
    path = tmp_path / "deals.db"
    Archive.open(path).close()
    return path


@pytest.fixture
def serve(db: Path) -> Iterator[Server]:
    for number in range(12):
        seed(db, number)
    server = Server(db)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    flags = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, serve: Server) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(serve.link)
    yield page
    context.close()
    assert problems == []
