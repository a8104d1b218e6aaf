"""What those meet who listen to a page, or see little of it: axe-core over every page, contrast of colours included."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.review.conftest import Server

PAGES = ("/", "/?state=all&q=brand", "/deals/1", "/charts", "/lessons", "/sources", "/exports", "/nowhere")


def flaws(page: Page) -> str:
    found = Axe().run(page)
    return str(found.generate_report()) if found.violations_count else ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_shuts_anybody_out(page: Page, serve: Server, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in PAGES:
        page.goto(serve.url + path)
        assert flaws(page) == "", path


def test_nor_does_the_login_or_a_phone(browser: Browser, serve: Server) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(serve.url)
        assert flaws(page) == "", "login"
        page.goto(serve.link)
        assert flaws(page) == "", "queue"


def test_nor_do_the_help_and_the_forms_of_a_card(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert flaws(page) == "", "help"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.get_by_label("Foreign side").first).to_be_visible()
    assert flaws(page) == "", "correction"
