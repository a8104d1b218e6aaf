"""What the pages beside the queue show, and what leaves through them."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import feedparser
import pytest
from starlette.testclient import TestClient

from dealwatch.archive import Archive, decisions, figures, hand, health, lessons
from dealwatch.archive.crawls import SourceStatus
from dealwatch.archive.deal import deal, records
from dealwatch.archive.decisions import Desk, Wish
from dealwatch.archive.filter import DealFilter
from dealwatch.clock import now
from dealwatch.deals.evaluate import wanted_deals
from dealwatch.deals.families import Families
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS
from dealwatch.exports.formats import formats
from dealwatch.review.forms import wish
from dealwatch.review.people import People
from tests.exports.conftest import add, mention
from tests.review.conftest import Server, seed
from tests.review.test_doors import login, token, visitor


def say(db: Path, alert: int, action: str, **more: object) -> None:
    with Archive.open(db) as archive:
        seen = archive.value("SELECT coalesce(max(id), 0) FROM decisions WHERE alert_id = ?", [alert])
        revision = more.pop("revision", 1)
        decisions.decide(archive, Wish(alert, revision, seen, action, **more), Desk("ann"), now())  # type: ignore[arg-type]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_weeks_count_every_deal_once_and_leave_no_week_out(db: Path) -> None:
    for number in range(9):
        seed(db, number)
    with Archive.open(db) as archive:
        archive.execute("UPDATE deals SET first_at = '2026-01-04T23:00:00Z' WHERE id = 1")  # a Sunday
        archive.execute("UPDATE deals SET first_at = '2026-01-19T00:00:00Z' WHERE id > 1")  # a Monday
        found = figures.weeks(archive, DealFilter(), DEAL_TYPES, DIRECTIONS)
    assert found.mondays == (date(2025, 12, 29), date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19))
    assert [sum(column) for column in zip(*found.types.values(), strict=True)] == [1, 0, 0, 8]
    assert [sum(column) for column in zip(*found.directions.values(), strict=True)] == [1, 0, 0, 8]


def test_charts_and_the_data_behind_them_agree(serve: Server) -> None:
    client = login(serve, "reader")
    page = client.get("/charts")
    assert page.status_code == 200
    assert "Platform 003" in page.text
    weeks, pairs = (table(client.get(f"/charts/{name}.csv").text) for name in ("weeks", "pairs"))
    assert sum(int(row["inbound"]) + int(row["outbound"]) for row in weeks) == 12
    assert {row["market"] for row in pairs} == {"US"}
    assert table(client.get("/charts/weeks.csv?type=exit").text)[0]["exit"] == "1"


def pulse(days: tuple[int, ...], silent: int | None, state: str = "done") -> health.Pulse:
    at = now()
    status = SourceStatus("x", False, at, at, state, at, at, at, 1, 1, 1, 1, 0, None, 9, 9, 0, 0)
    return health.Pulse(status, days, 7, 0, silent)


def test_a_source_in_trouble_says_so() -> None:
    steady = (5,) * 28
    assert pulse(steady, 0).trouble == ()
    assert pulse((5,) * 20 + (0,) * 8, 8).trouble == ("silent for 8 days",)
    assert pulse((5,) * 20 + (1,) * 8, 0).trouble == ("far below its usual",)
    assert pulse(steady, 0, "failed").trouble == ("last crawl failed",)
    assert pulse((0,) * 27 + (9,), 0).trouble == (), "a source first read today has no usual yet"


def test_sources_are_shown_with_their_data(serve: Server) -> None:
    client = login(serve, "reader")
    assert "harbour" in client.get("/sources").text
    assert table(client.get("/sources.csv").text)[0][now().date().isoformat()] == "12"


def test_decisions_teach_precision(serve: Server) -> None:
    for alert in (1, 2, 3):
        say(serve.db, alert, "confirm")
    say(serve.db, 4, "dismiss", reason="not retail", note="a dam")
    say(serve.db, 5, "dismiss", reason="old news")
    with Archive.open(serve.db) as archive:
        (rule,) = lessons.lessons(archive, "rule")
        (source,) = lessons.lessons(archive, "source")
    assert (rule.value, rule.right, rule.wrong, rule.known_already, rule.precision) == ("open", 3, 1, 1, 0.75)
    assert source.precision == 0.75
    client = login(serve, "reader")
    assert "75 %" in client.get("/lessons").text
    behind = client.get("/lessons/rule?value=open").text
    assert "not retail: “a dam”" in behind
    assert "/deals/4" in behind
    assert table(client.get("/lessons/type.csv").text)[0]["wrong"] == "1"
    assert client.get("/lessons/person").status_code == 400


def test_a_decision_taken_back_teaches_nothing(db: Path) -> None:
    seed(db, 0)
    say(db, 1, "confirm")
    with Archive.open(db) as archive:
        decisions.undo(archive, Desk("ann"), now())
        assert lessons.lessons(archive, "rule") == []


def test_reviewed_stories_leave_as_labelled_news(serve: Server) -> None:
    say(serve.db, 1, "correct", overrides={"type": "exit", "parties": [{"name": "Amazon", "side": "foreign"}]})
    say(serve.db, 1, "confirm")
    say(serve.db, 2, "dismiss", reason="not a deal")
    say(serve.db, 3, "dismiss", reason="duplicate")
    client = login(serve, "reviewer")
    items = [json.loads(line) for line in client.get("/lessons/labelled.jsonl").text.splitlines()]
    assert [wanted_deals(item["label"]) for item in items][1] == ()
    (corrected,) = wanted_deals(items[0]["label"])
    assert (corrected.type, corrected.parties, corrected.status) == ("exit", ("Amazon",), "reported")
    assert [item["label"]["flag"] for item in items] == [True, False]
    assert "An ordinary morning." in items[0]["text"]
    assert login(serve, "reader").get("/lessons/labelled.jsonl").status_code == 400


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_leaves_from_the_page(serve: Server, name: str) -> None:
    client = login(serve, "reader")
    answer = client.get(f"/export/{name}?type=exit")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith(f'{formats()[name].ending}"')
    assert answer.content
    assert b"An ordinary morning" not in answer.content
    assert client.get("/exports?type=exit").text.count(f"/export/{name}?type=exit") >= 1


def test_an_export_holds_what_the_queue_shows(serve: Server) -> None:
    say(serve.db, 1, "confirm")
    client = login(serve, "reader")
    assert len(table(client.get("/export/csv").text)) == 11
    assert len(table(client.get("/export/csv?state=confirmed").text)) == 1
    assert client.get("/export/csv?bom=1").content.startswith(b"\xef\xbb\xbf")
    assert client.get("/export/pdf").status_code == 400


def test_a_feed_needs_its_token_alone_until_it_is_revoked(serve: Server) -> None:
    say(serve.db, 1, "confirm")
    client = login(serve, "reviewer")
    made = client.post("/feeds", data={"name": "desk", "filter": "state=confirmed", "csrftoken": token(client)}).text
    secret = made.partition("/feed/")[2].partition(".atom")[0]
    assert secret not in serve.people.path.read_text()
    stranger = visitor(serve)
    feed = feedparser.parse(stranger.get(f"/feed/{secret}.atom").content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Platform 000 / Brand 000: storefront reported"]
    (found,) = stranger.get(f"/feed/{secret}.json").json()
    assert found["state"] == "confirmed"
    assert stranger.get(f"/feed/{secret}x.atom").status_code == 403
    assert stranger.get("/feed/../charts").status_code == 403
    assert client.get("/exports").text.count("desk") >= 1
    assert client.post("/feeds/remove", data={"name": "desk", "csrftoken": token(client)}).status_code == 303
    assert stranger.get(f"/feed/{secret}.atom").status_code == 403


def test_a_feed_that_filters_by_nonsense_is_not_made(serve: Server) -> None:
    client = login(serve, "reviewer")
    form = {"name": "desk", "filter": "type=merger", "csrftoken": token(client)}
    assert client.post("/feeds", data=form).status_code == 422
    assert People(serve.people.path).feeds() == ()


def post(client: TestClient, path: str, **form: object) -> str:
    answer = client.post(path, data={**form, "csrftoken": token(client)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_merge_split_and_undo(serve: Server) -> None:
    client = login(serve, "reviewer")
    place = post(client, "/merge", deal=1, other=2)
    with Archive.open(serve.db) as archive:
        one = deal(archive, int(place.rpartition("/")[2]))
        assert one is not None
        assert len(one.stories) == 2
        assert [item.action for item in hand.foldings(archive, one.id)] == ["merge"]
    assert "bea: merge" in client.get(place).text
    assert len(table(client.get("/export/csv").text)) == 11
    post(client, "/undo")
    assert len(table(client.get("/export/csv").text)) == 12
    place = post(client, "/merge", deal=3, other=4)
    post(client, "/split", deal=place.rpartition("/")[2], story=4)
    assert len(table(client.get("/export/csv").text)) == 12
    assert client.post("/split", data={"deal": 1, "csrftoken": token(client)}).status_code == 422
    assert client.post("/merge", data={"deal": 1, "other": "x", "csrftoken": token(client)}).status_code == 422
    assert client.post("/merge", data={"deal": 1, "other": 999, "csrftoken": token(client)}).status_code == 422


def test_undo_takes_decisions_and_merges_in_the_order_they_were_made(serve: Server) -> None:
    with Archive.open(serve.db) as archive:
        decisions.decide(archive, Wish(5, 1, 0, "confirm"), Desk("bea"), now() - timedelta(minutes=2))
        hand.merge(archive, [1, 2], "bea", now() - timedelta(minutes=1), Families())
    assert serve.office.undo("bea").action == "merge"
    assert serve.office.undo("bea").action == "confirm"


def test_a_correction_leaves_the_ladder_as_it_was(db: Path) -> None:
    """Also the step that a story told before its outlet rewrote it."""
    with Archive.open(db) as archive:
        for status in ("reported", "announced"):
            add(archive, mention("JD.com", "Ceconomy", status=status), url="https://news.example/bid")
        steps = [step.status for step in records(archive, [1])[0].steps]
        assert steps == ["reported", "announced"]
    say(db, 1, "correct", overrides={"status": "reported"}, revision=2)
    with Archive.open(db) as archive:
        assert [step.status for step in records(archive, [1])[0].steps] == steps
        decisions.undo(archive, Desk("ann"), now())
        add(archive, mention("JD.com", "Ceconomy", status="announced"))
        assert [step.status for step in records(archive, [1])[0].steps] == steps


def test_a_corrected_party_keeps_its_home_and_an_amount_its_value() -> None:
    form = {"action": "correct", "alert": "1", "revision": "1", "seen": "0", "foreign": "amazon; Nobody Ltd",
            "amount": "€2 billion"}  # fmt: skip
    fields = wish(form, {"amazon": "US"}).overrides
    assert [party["home"] for party in fields["parties"]] == ["US", None]
    assert (fields["amount"], fields["amount_value"], fields["amount_currency"]) == ("€2 billion", 2e9, "EUR")


@pytest.mark.parametrize("text", ["lots of money", "2 billion", "$1 million or $2 million"])
def test_an_amount_that_cannot_be_read_is_refused(serve: Server, text: str) -> None:
    client = login(serve, "reviewer")
    form = {"alert": "1", "revision": "1", "seen": "0", "action": "correct", "was_amount": "$2 million"}
    refused = client.post("/decide", data={**form, "amount": text, "csrftoken": token(client)})
    assert refused.status_code == 422
    assert "write it as" in refused.text
    with Archive.open(serve.db, readonly=True) as archive:
        assert records(archive, [1])[0].amount_value == 2e6
    cleared = client.post("/decide", data={**form, "amount": "", "csrftoken": token(client)})
    assert cleared.status_code == 303
    with Archive.open(serve.db, readonly=True) as archive:
        found = records(archive, [1])[0]
    assert (found.amount, found.amount_value, found.amount_currency) == (None, None, None)


def test_a_headline_that_proves_the_deal_is_marked(serve: Server) -> None:
    with Archive.open(serve.db) as archive:
        archive.execute("UPDATE mentions SET sentence = 'Brand 000 comes to Platform 000' WHERE id = 1")
        archive.execute("UPDATE deals SET sentence = 'Brand 000 comes to Platform 000' WHERE id = 1")
        archive.execute("UPDATE evidence SET field = 'title', start = 10, \"end\" = 15 WHERE role = 'trigger'")
    page = login(serve, "reader").get("/deals/1").text
    assert 'title="trigger">comes</mark>' in page.partition("<blockquote")[2]
