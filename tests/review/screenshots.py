"""`make screenshots`: the review page as it looks, over the archive named (or the demo's), into docs/screenshots."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dealwatch.archive import Archive
from dealwatch.archive.backup import backup
from tests.review.chromium import chromium
from tests.review.conftest import Server

DEMO = Path("demo/dealwatch.db")
FOLDER = Path("docs/screenshots")
SHOTS = (
    ("queue", "/", 1280, "light"),
    ("queue-dark", "/", 1280, "dark"),
    ("phone", "/", 390, "light"),
    ("deal", "/deals/1", 1280, "light"),
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


if __name__ == "__main__":
    main()
