"""Who may come in, and what they may do there."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from dealwatch.archive import Archive, board, filter
from dealwatch.archive.filter import DealFilter
from dealwatch.errors import DealwatchError
from dealwatch.review.evidence import Span, runs
from dealwatch.review.people import People
from tests.review.conftest import Server, seed

PASSWORD = "correct horse"


def visitor(serve: Server) -> TestClient:
    return TestClient(serve.review.app, base_url="http://127.0.0.1", follow_redirects=False)


def token(client: TestClient) -> str:
    client.get("/login")
    return client.cookies["csrftoken"]


def login(serve: Server, role: str) -> TestClient:
    serve.people.put("bea", PASSWORD, role)  # type: ignore[arg-type]
    client = visitor(serve)
    answer = client.post("/login", data={"name": "bea", "password": PASSWORD, "csrftoken": token(client)})
    assert answer.status_code == 303
    return client


def wish(client: TestClient) -> dict[str, str]:
    return {"alert": "1", "revision": "1", "seen": "0", "action": "confirm", "csrftoken": token(client)}


def test_an_anonymous_visitor_gets_nothing_but_the_login(serve: Server) -> None:
    client, walked = visitor(serve), 0
    for route in serve.review.routes:
        assert isinstance(route, Route | Mount)
        path = re.sub(r"\{.*?\}", "1", route.path) + ("/style.css" if isinstance(route, Mount) else "")
        if path in ("/login", "/login/style.css"):
            continue
        for method in ("GET", "POST"):
            answer = client.request(method, path, data={"csrftoken": token(client)} if method == "POST" else None)
            assert answer.status_code == 403, path
            walked += 1
    assert walked >= 40
    assert client.get("/no/such/place").status_code == 403


def test_a_link_works_once(serve: Server) -> None:
    link = serve.link.removeprefix(serve.url)
    first = visitor(serve)
    assert first.get(link).status_code == 303
    assert first.get("/").status_code == 200
    assert visitor(serve).get(link).status_code == 403


def test_writes_need_the_token_of_the_form(serve: Server) -> None:
    client = login(serve, "reviewer")
    form = wish(client)
    assert client.post("/decide", data={**form, "csrftoken": "other"}).status_code == 403
    assert client.post("/decide", data={**form, "csrftoken": "é"}).status_code == 403
    assert client.post("/decide", json=form).status_code == 415
    assert client.post("/decide", data={**form, "note": "x" * 70_000}).status_code == 413
    assert client.post("/decide", data=form).status_code == 303


def test_a_reader_decides_nothing(serve: Server) -> None:
    client = login(serve, "reader")
    assert client.get("/").status_code == 200
    assert client.post("/decide", data=wish(client)).status_code == 403
    assert "Confirm" not in client.get("/").text


def test_only_reviewers_decide(serve: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = login(serve, "reviewer")
    known = serve.people.find("bea")
    assert known is not None
    monkeypatch.setattr(serve.people, "find", lambda name: replace(known, role="rewiever"))
    assert client.post("/decide", data=wish(client)).status_code == 403


def test_a_removed_person_is_out_at_once(serve: Server) -> None:
    client = login(serve, "reviewer")
    serve.people.remove("bea")
    assert client.get("/").status_code == 403


def test_guessing_is_slowed_down(serve: Server) -> None:
    client = visitor(serve)
    form = {"name": "bea", "password": "wrong", "csrftoken": token(client)}
    answers = [client.post("/login", data=form).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]


def test_foreign_host_names_are_refused(serve: Server) -> None:
    assert visitor(serve).get("/login", headers={"host": "evil.example"}).status_code == 400


def test_every_answer_carries_the_policy(serve: Server) -> None:
    for path in ("/login", "/", "/nowhere"):
        policy = visitor(serve).get(path).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy


def test_no_page_sends_anybody_elsewhere(serve: Server) -> None:
    client = login(serve, "reviewer")
    answer = client.post("/decide", data={**wish(client), "back": "//evil.example/"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_accounts_are_private_and_hashed(tmp_path: Path) -> None:
    people = People(tmp_path / "people.json")
    people.put("ann", PASSWORD, "reviewer")
    assert stat.S_IMODE(people.path.stat().st_mode) == 0o600
    assert PASSWORD not in people.path.read_text()
    assert people.verify("ann", PASSWORD) is not None
    assert people.verify("ann", "wrong horse") is None
    people.path.chmod(0o644)
    with pytest.raises(DealwatchError, match="chmod 600"):
        People(people.path).all()


def test_a_role_that_does_not_exist_is_named(tmp_path: Path) -> None:
    people = People(tmp_path / "people.json")
    people.put("ben", PASSWORD, "reader")
    people.path.write_text(people.path.read_text().replace('"reader"', '"raeder"'))
    with pytest.raises(DealwatchError, match=r"people\.json: ben: role 'raeder'.*reviewer or reader"):
        People(people.path).all()


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "²", ""])
def test_numbers_out_of_bounds_are_no_server_error(serve: Server, number: str) -> None:
    client = login(serve, "reviewer")
    form = {"deal": "1", "story": number, "csrftoken": token(client)}
    assert client.post("/split", data=form).status_code == 422
    assert client.get(f"/deals/{number}").status_code == 404


def test_a_lock_is_no_server_error(serve: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = login(serve, "reviewer")
    form = wish(client)
    serve.office._writer.execute("PRAGMA busy_timeout = 50")
    with Archive.open(serve.db) as other, other.atomic():
        assert client.post("/decide", data=form).status_code == 503
        assert client.get("/").status_code == 200
    assert client.post("/decide", data=form).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        DealFilter(),
        DealFilter(types=("exit", "storefront"), directions=("inbound",)),
        DealFilter(parties=("brand 003", "Platform 001")),
        DealFilter(sources=("harbour",), langs=("en",), states=("waiting",)),
        DealFilter(query="story 7"),
        DealFilter(states=("confirmed",)),
    ],
)
def test_the_board_answers_like_the_filter(db: Path, wanted: DealFilter) -> None:
    for number in range(9):
        seed(db, number)
    with Archive.open(db) as archive:
        here = board.load(archive)
        bits = here.find(archive, wanted)
        assert sorted(here.deals(bits, 0, 100)) == sorted(filter.ids(archive, wanted))


@given(st.text(), st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30)), max_size=6))
def test_marks_never_change_the_text(text: str, edges: list[tuple[int, int]]) -> None:
    found = runs(text, [Span(start, end, "trigger") for start, end in edges], (2, 9))
    assert "".join(run.text for run in found) == text
