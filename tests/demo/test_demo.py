"""`dealwatch demo` as a person runs it, three times in a row and in ways that must not work."""

import json
import socket
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from dealwatch.cli import cli
from tests.demo.conftest import run_demo

Run = dict[str, Any]


def pages(run: Run) -> dict[str, int]:
    """outlet/last part of the address -> status, of the pages asked for."""
    return {f"{page['outlet']}/{page['target'].strip('/').split('/')[-1]}": page["status"] for page in run["pages"]}


def deals_of(run: Run, party: str) -> list[dict[str, Any]]:
    return [deal for deal in run["deals"] if party in [one["name"] for one in deal["parties"]]]


def test_the_first_run_asks_each_page_once(runs: list[Run]) -> None:
    first = runs[0]
    assert first["requests"] == {"robots": 5, "places": 8, "places_not_modified": 0, "pages": 42}
    statuses = [page["status"] for page in first["pages"]]
    assert {status: statuses.count(status) for status in set(statuses)} == {
        200: 37, 301: 1, 302: 1, 403: 1, 404: 1, 500: 1,
    }  # fmt: skip
    targets = [(page["outlet"], page["target"]) for page in first["pages"]]
    assert len(set(targets)) == len(targets)
    assert not any("members" in target or "utm_" in target or "amp" in target for _, target in targets)


def test_the_first_run_stores_what_can_be_had(runs: list[Run]) -> None:
    articles = {source["source"]: source["new_articles"] for source in runs[0]["sources"]}
    assert articles == {
        "counter-and-till": 8, "harbour-tech": 9, "maoxun": 7, "straits-retail-post": 7, "trade-ledger": 5,
    }  # fmt: skip
    assert {source["state"] for source in runs[0]["sources"]} == {"done"}


def test_the_second_run_fetches_exactly_what_changed_or_had_failed(runs: list[Run]) -> None:
    second = runs[1]
    assert pages(second) == {
        "harbour-tech/jd-weighs-ceconomy-bid": 200,
        "trade-ledger/walmart-backs-new-dada.html": 200,
        "counter-and-till/till-roll-live": 200,
    }
    assert sum(source["new_articles"] for source in second["sources"]) == 2
    assert sum(source["new_versions"] for source in second["sources"]) == 1


def test_the_third_run_fetches_nothing_but_feeds_and_maps(runs: list[Run]) -> None:
    third = runs[2]
    assert third["pages"] == []
    # A sitemap index is always read: it says nothing of its maps.
    assert third["requests"] == {"robots": 5, "places": 7, "places_not_modified": 6, "pages": 0}
    assert third["deals"] == runs[1]["deals"]


def test_nearly_every_planted_deal_is_found(runs: list[Run]) -> None:
    assert [run["score"]["planted"] for run in runs] == [19, 20, 20]
    for run in runs:
        assert run["score"]["found"] >= run["score"]["planted"] - 3
        assert run["score"]["whole"] >= run["score"]["planted"] - 7
        assert run["score"]["false"] <= 3
        assert run["score"]["split"] == 0


def test_the_rumour_becomes_a_signed_deal_with_an_amount(runs: list[Run]) -> None:
    (rumour,), (signed,) = deals_of(runs[0], "Ceconomy"), deals_of(runs[1], "Ceconomy")
    assert (rumour["status"], rumour["amount"], rumour["revision"]) == ("reported", None, 1)
    assert (signed["status"], signed["amount"], signed["revision"]) == ("announced", "€2.2 billion", 2)
    assert signed["id"] == rumour["id"]


def test_one_deal_from_rumour_to_closing_at_three_outlets(runs: list[Run]) -> None:
    (deal,) = deals_of(runs[0], "Carrefour")
    assert [step["status"] for step in deal["steps"]] == ["reported", "announced", "completed"]
    assert [story["outlet"] for story in deal["stories"]] == ["trade-ledger", "harbour-tech", "straits-retail-post"]
    assert (deal["status"], deal["amount"]) == ("completed", "4.8 billion yuan")


def test_one_deal_in_two_languages_and_one_reprinted(runs: list[Run]) -> None:
    (tokopedia,) = deals_of(runs[0], "Tokopedia")
    assert sorted(story["lang"] for story in tokopedia["stories"]) == ["en", "zh"]
    (amazon,) = deals_of(runs[0], "Amazon")
    assert [story["outlet"] for story in amazon["stories"]] == ["harbour-tech", "counter-and-till"]
    assert (amazon["type"], amazon["status"], amazon["direction"]) == ("storefront", "reported", "inbound")


def test_old_news_is_history_and_a_paywalled_story_comes_from_the_feed(runs: list[Run]) -> None:
    (asos,) = deals_of(runs[0], "ASOS")
    assert (asos["state"], asos["revision"]) == ("history", 0)
    (paypal,) = deals_of(runs[0], "PayPal")
    assert (paypal["type"], paypal["status"]) == ("acquisition", "completed")


def test_the_words_read_well_at_80_columns_and_wide(runs: list[Run], demo_db: Path) -> None:
    narrow = run_demo(demo_db)
    assert narrow.returncode == 0, narrow.stderr
    table = [line for line in narrow.stdout.splitlines() if line.startswith(("┃", "│"))]
    assert len(table) > 60 and max(map(len, table)) <= 80
    assert "Pinduoduo / Amazon" in narrow.stdout and "inbound, reported" in narrow.stdout
    assert "Amazon to open store on" in narrow.stdout and "“Amazon plans to open a store on" in narrow.stdout
    assert str(demo_db) in narrow.stdout and "Try next:" in narrow.stdout
    assert "No page was fetched, only feeds and maps" in narrow.stdout
    score = runs[2]["score"]
    assert narrow.stdout.splitlines()[-1].startswith(f"Found {score['found']} of 20 planted deals (")
    assert "\x1b" not in narrow.stdout + narrow.stderr
    for outlet in ("Harbour Tech", "The Trade Ledger", "Counter & Till", "Straits Retail Post", "贸讯网"):
        assert f"  {outlet}: pages 0" in narrow.stderr
    wide = run_demo(demo_db, columns=170)
    assert all(head in wide.stdout for head in ("Chinese side", "foreign side", "direction", "headline"))
    assert max(map(len, wide.stdout.splitlines()[:40])) <= 170


def test_fresh_forgets_the_earlier_runs(tmp_path: Path) -> None:
    db = tmp_path / "demo" / "dealwatch.db"
    db.parent.mkdir()
    db.write_bytes(b"an archive that went bad")
    (db.parent / "newsroom.json").write_text(json.dumps({"opened": "2020-01-01T00:00:00Z", "port": 9, "runs": 7}))
    told = run_demo(db, "--fresh")
    assert told.returncode == 0, told.stderr
    assert "Run 1, " in told.stdout and " 42 pages." in told.stdout
    assert "37 × 200, 1 × 301, 1 × 302, 1 × 403, 1 × 404, 1 × 500" in told.stdout


def test_an_archive_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    db = tmp_path / "data" / "dealwatch.db"
    db.parent.mkdir()
    db.write_bytes(b"precious")
    for arguments in ([], ["--fresh"]):
        refused = run_demo(db, *arguments)
        assert refused.returncode == 2
        assert "not the demo's archive" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert db.read_bytes() == b"precious"


def test_taken_ports_a_broken_state_and_a_wrong_watchlist_are_told(tmp_path: Path) -> None:
    db = tmp_path / "demo" / "dealwatch.db"
    db.parent.mkdir()
    state = db.parent / "newsroom.json"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        state.write_text(json.dumps({"opened": "2026-11-20T09:30:00Z", "port": port}))
        told = run_demo(db)
    assert (told.returncode, f"port {port} " in told.stderr, "--fresh" in told.stderr) == (2, True, True)
    state.write_text("[]")
    told = run_demo(db)
    assert (told.returncode, "newsroom.json" in told.stderr, "--fresh" in told.stderr) == (2, True, True)
    told = run_demo(db, watchlist=tmp_path / "nowhere")
    assert (told.returncode, "--watchlist" in told.stderr) == (2, True)


def test_what_an_outlet_changed_in_its_story_is_shown(runs: list[Run], demo_db: Path) -> None:
    (deal,) = deals_of(runs[2], "Ceconomy")
    words = ["deals", "show", str(deal["id"]), "--changes", "--db", str(demo_db)]
    said = CliRunner().invoke(cli, words).output
    assert "-JD.com considers bid" in said and "+JD.com agrees to buy" in said
