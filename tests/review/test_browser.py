"""The review page in a real browser."""

import re
import time
from functools import partial

from playwright.sync_api import Browser, Page, expect

from dealwatch.archive import Archive, hand
from tests.review.conftest import Server, seed


def states(server: Server) -> dict[str, int]:
    with Archive.open(server.db, readonly=True) as archive:
        return {
            row["state"]: row["n"] for row in archive.rows("SELECT state, count(*) AS n FROM alerts GROUP BY state")
        }


def test_ten_alerts_by_keys_alone(page: Page, serve: Server) -> None:
    began = time.monotonic()
    for number in range(10):
        if number % 2:
            page.keyboard.press("d")
            page.keyboard.press(str(number // 2 + 1))
            expect(page.locator("#say")).to_have_text("Dismissed")
        else:
            page.keyboard.press("c")
            expect(page.locator("#say")).to_have_text("Confirmed")
        expect(page.locator("#total")).to_have_text(str(11 - number))
    print(f"ten alerts: {time.monotonic() - began:.2f} s")
    assert states(serve) == {"confirmed": 5, "dismissed": 5, "waiting": 2}
    page.reload()
    expect(page.locator("article.card")).to_have_count(2)


def test_keys_faster_than_the_server(page: Page, serve: Server) -> None:
    """Ten confirmations are ten alerts, also while the answer to the first is still on its way."""
    page.route("**/decide", lambda route: (time.sleep(0.05), route.continue_()))
    for _ in range(10):
        page.keyboard.press("c")
    expect(page.locator("#total")).to_have_text("2")
    expect(page.locator("article.card.here")).to_contain_text("Brand 010")
    expect(page.get_by_text("ann: confirm")).to_have_count(10)
    assert states(serve) == {"confirmed": 10, "waiting": 2}


def test_undo_goes_back_step_by_step(page: Page, serve: Server) -> None:
    for left in (11, 10, 9):
        page.keyboard.press("c")
        expect(page.locator("#total")).to_have_text(str(left))
    for left in (10, 11, 12):
        page.keyboard.press("u")
        expect(page.locator("#total")).to_have_text(str(left))
    assert states(serve) == {"waiting": 12}
    page.keyboard.press("u")
    expect(page.locator("#say")).to_contain_text("nothing of yours")


def test_two_windows_that_decide_the_same_alert(page: Page, browser: Browser, serve: Server) -> None:
    serve.people.put("bea", "correct horse", "reviewer")
    other = browser.new_context().new_page()
    other.goto(serve.url + "/login")
    other.get_by_label("Name").fill("bea")
    other.get_by_label("Password").fill("correct horse")
    other.get_by_role("button", name="Log in").click()
    expect(other.locator("article.card")).to_have_count(12)
    expect(other.locator("article.card.here")).to_have_count(1)  # the keys are heard from here on
    page.keyboard.press("c")
    expect(page.locator("#say")).to_have_text("Confirmed")
    other.keyboard.press("d")
    other.keyboard.press("1")
    expect(other.locator("#say")).to_have_text(
        re.compile(r"^ann confirmed this alert at \d\d:\d\d UTC on \d+ \w+; look again$")
    )
    expect(other.locator("article.card").first).to_contain_text("ann: confirm")
    assert states(serve) == {"confirmed": 1, "waiting": 11}


def test_a_hostile_article_is_text(page: Page, serve: Server) -> None:
    seed(serve.db, -2, title='<script>document.title="owned"</script><img src=x onerror=alert(1)>')
    seed(serve.db, -3, title="loud " * 200_000, url="javascript:alert(1)")
    page.on("dialog", lambda dialog: (_ for _ in ()).throw(AssertionError(dialog.message)))
    answer = page.goto(serve.url)
    assert answer is not None and len(answer.body()) < 150_000
    assert "owned" not in page.title()
    expect(page.locator("article.card .headline").filter(has_text="<script>document.title")).to_have_count(1)
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("article img").count() == 0


def test_filters_are_addresses(page: Page, serve: Server) -> None:
    page.get_by_role("link", name="exit 1", exact=True).click()
    assert "type=exit" in page.url
    expect(page.locator("#total")).to_have_text("1")
    page.goto(serve.url + "/?q=%22story+7%22")
    expect(page.locator("article.card")).to_have_count(1)
    expect(page.locator("article.card")).to_contain_text("Brand 007")
    page.goto(serve.url + "/?party=brand+003&since=7d")
    expect(page.locator("#total")).to_have_text("1")


def test_the_proving_sentence_is_marked(page: Page) -> None:
    first = page.locator("article.card").first
    expect(first.locator("mark.trigger")).to_have_text("opens a store")
    expect(first.locator("mark.hedge")).to_have_text("reportedly")
    expect(first.locator("mark.chinese")).to_have_text("Platform 000")
    expect(first.locator("mark.foreign")).to_have_text("Brand 000")
    expect(first.locator("blockquote")).to_contain_text("Before it.")


def test_a_correction_shows_at_once(page: Page, serve: Server) -> None:
    page.keyboard.press("e")
    first = page.locator("article.card").first
    first.locator("select[name=type]").select_option("exit")
    first.get_by_label("Foreign side").fill("Amazon")
    first.get_by_role("button", name="Correct").click()
    expect(first).to_contain_text("corrected: parties, type")
    expect(first.locator(".line")).to_contain_text("Amazon")


def test_a_card_drawn_anew_keeps_its_stories_and_the_filters_count_along(page: Page, serve: Server) -> None:
    serve.office.fold(partial(hand.merge, deal_ids=[1, 2]), "bea")
    page.goto(serve.url)
    card = page.locator("article.card").filter(has_text="1 more story")
    expect(card.get_by_text("Both stories")).to_have_count(1)
    ladder, level = card.locator(".ladder").inner_text(), card.locator("h3.headline")
    filters = page.get_by_role("navigation", name="Filters")
    for key, said, waiting in (("c", "Confirmed", 10), ("u", "Taken back", 11), ("d", "Dismissed", 10)):
        page.locator("article.card").filter(has_text="1 more story").focus()
        page.keyboard.press(key)
        if key == "d":
            page.keyboard.press("1")
        expect(page.locator("#say")).to_contain_text(said)
        expect(card.get_by_text("Both stories")).to_have_count(1)
        expect(level).to_have_count(1)
        assert card.locator(".ladder").inner_text() == ladder
        expect(filters.get_by_role("link", name=f"waiting {waiting}", exact=True)).to_have_count(1)
    expect(filters.get_by_role("link", name="dismissed 1", exact=True)).to_have_count(1)


def test_a_phone(browser: Browser, serve: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(serve.link)
    for place in ("/", "/deals/1", "/charts", "/sources", "/lessons", "/exports"):
        page.goto(serve.url + place)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, place
    page.goto(serve.url)
    page.get_by_role("button", name="Confirm").first.tap()
    expect(page.locator("#say")).to_have_text("Confirmed")
    context.close()


def test_it_works_without_javascript(browser: Browser, serve: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(serve.link)
    page.get_by_role("button", name="Confirm").first.click()
    expect(page.locator("#say")).to_have_text("Confirmed")
    expect(page.locator("article.card")).to_have_count(11)
    page.get_by_role("button", name="Undo my last action").click()
    expect(page.locator("article.card")).to_have_count(12)
    context.close()


def test_merge_split_and_undo_in_the_browser(page: Page, serve: Server) -> None:
    page.keyboard.press("m")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_contain_text("Merged")
    expect(page.locator(".timeline li")).to_have_count(2)
    page.get_by_label("This story tells of another deal").first.check()
    page.get_by_role("button", name="Split off the ticked stories").click()
    expect(page.locator(".timeline li")).to_have_count(1)
    page.goto(serve.url)
    expect(page.locator("#total")).to_have_text("12")


def test_snooze_and_note_by_keys(page: Page, serve: Server) -> None:
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_have_text("Snoozed")
    expect(page.locator("#total")).to_have_text("11")
    page.keyboard.press("n")
    page.keyboard.type("ask Wei")
    page.keyboard.press("Enter")
    expect(page.locator("#say")).to_have_text("Noted")
    expect(page.locator("article.card").nth(1)).to_contain_text("“ask Wei”")
    assert states(serve) == {"snoozed": 1, "waiting": 11}


def test_the_last_decision_of_a_page_brings_the_next(page: Page, serve: Server) -> None:
    for number in range(20, 26):
        seed(serve.db, number)
    page.reload()
    expect(page.locator("article.card")).to_have_count(15)
    for _ in range(15):
        page.keyboard.press("c")
    expect(page.locator("article.card")).to_have_count(3)
    assert states(serve) == {"confirmed": 15, "waiting": 3}


def test_charts_are_drawn_under_the_policy(page: Page, serve: Server) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(serve.url + "/charts")
    expect(page.locator(".plot canvas")).to_have_count(9)
    assert refused == []


def test_help_and_focus(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_label("Search the stories")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("article.card").first).to_be_focused()
