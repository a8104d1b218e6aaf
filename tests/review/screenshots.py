"""`make screenshots`: the review page as it looks, over the archive named (or the demo's), into docs/screenshots."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dealwatch.archive import Archive
from dealwatch.archive.backup import backup
from dealwatch.archive.decisions import Desk, Wish, decide
from dealwatch.clock import now
from tests.review.chromium import chromium
from tests.review.conftest import Server

DEMO = Path("demo/dealwatch.db")
FOLDER = Path("docs/screenshots")
SHOTS = (
    ("queue", "/", 1280, "light"),
    ("queue-dark", "/", 1280, "dark"),
    ("phone", "/", 390, "light"),
    ("deal", "/deals/5", 1280, "light"),
    ("charts", "/charts", 1280, "light"),
    ("sources", "/sources", 1280, "light"),
    ("lessons", "/lessons", 1280, "light"),
    ("exports", "/exports", 1280, "light"),
)


def main() -> None:
    db = Path(sys.argv[1]) if len(sys.argv) > 1 else DEMO
    browser_path = chromium()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy = Path(folder) / "deals.db"
        with Archive.open(db, readonly=True) as archive:
            backup(archive, copy)
        (Path(folder) / "watchlist").mkdir()
        (Path(folder) / "watchlist" / "channels.yaml").write_text("channels: []\n")
        with Archive.open(copy) as archive:
            _decide(archive)
        server = Server(copy)
        flags = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=browser_path, args=flags)
        for name, place, width, scheme in SHOTS:
            page = browser.new_page(viewport={"width": width, "height": 860}, color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(server.link)
            page.goto(server.url + place)
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()
        server.stop()


def _decide(archive: Archive) -> None:
    """Judge the last deals of the queue, so that there is something to learn."""
    alerts = [row["id"] for row in archive.rows("SELECT id FROM alerts ORDER BY id DESC LIMIT 9")]
    for number, alert in enumerate(alerts):
        action = "dismiss" if number % 4 == 1 else "confirm"
        reason = ("not retail", "old news", "not a deal")[number % 3] if action == "dismiss" else None
        revision = archive.value("SELECT revision FROM alerts WHERE id = ?", [alert])
        decide(archive, Wish(alert, revision, 0, action, reason), Desk("ann"), now())  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
