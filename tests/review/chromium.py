"""The browser of the tests: Playwright's own, or the system's; installed where that can be done, never passed over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Where Chromium is. Raises RuntimeError in words where there is none."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    found = own if Path(own).is_file() else next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise RuntimeError(
            "the browser tests need Chromium: run apt-get install chromium, or .venv/bin/playwright install chromium"
        )
    return found


def main() -> None:
    try:
        chromium()
    except RuntimeError as error:
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            sys.exit(str(error))
        print("installing Debian's chromium for the browser tests ...")
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"], check=True)
        chromium()


if __name__ == "__main__":
    main()
