"""A name of the open web that resolves inward is refused at the look-up itself."""

import socket

import pytest

from tests.crawler.conftest import Monitor


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "169.254.169.254"])
def test_a_name_that_resolves_inward_is_refused(monitor: Monitor, monkeypatch: pytest.MonkeyPatch, ip: str) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(socket, "gethostbyname", lambda name: ip)  # the crawl is a fork: it inherits this
    url = "http://news.outlet.example/feed"
    monitor.source("outlet", url, {"feeds": [url]}, politeness={"allow_private": False})
    report = monitor.crawl()["outlet"]
    assert report.state == "failed"
    assert "the host name does not resolve, or resolves inward" in (report.error or "")
