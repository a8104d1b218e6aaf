"""The address guard: nothing on the web may send the crawler inward."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guards import Inward, check, is_inward, read_ip


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0/",
        "http://10.0.0.8/",
        "http://172.16.3.4/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://224.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://localhost/",
        "http://localhost./",
        "http://news.localhost/",
        "http://printer.local/",
        "http://vault.internal/",
        "http://intranet/",
        "http://outlet.com@127.0.0.1/",
        "http://outlet.com:80@127.0.0.1/",
        "http://outlet.com\\@127.0.0.1/",
        "http://outlet.com:22/",
        "http://outlet.com:6379/",
        "http://outlet.com:99999/",
        "ftp://outlet.com/",
        "file:///etc/passwd",
        "http:///nothing",
    ],
)
def test_inward_and_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(Inward, match="refused address"):
        check(url)


@pytest.mark.parametrize(
    "url", ["https://technode.com/feed", "http://8.8.8.8/", "https://outlet.com:8443/", "http://[2606:4700::1111]/"]
)
def test_the_open_web_is_allowed(url: str) -> None:
    check(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:51234/", "http://localhost:51234/", "http://newsroom/"])
def test_a_source_may_opt_out(url: str) -> None:
    check(url, allow_private=True)


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[fe80::1]/", "file:///etc/passwd"])
def test_opting_out_never_opens_link_local_addresses_and_files(url: str) -> None:
    with pytest.raises(Inward):
        check(url, allow_private=True)


@given(st.ip_addresses(v=4), st.sampled_from(["{}", "{:#x}", "dotted hex", "octal", "short"]))
def test_every_spelling_of_an_ipv4_address_is_read(ip: ipaddress.IPv4Address, form: str) -> None:
    parts = ip.packed
    spelling = {
        "dotted hex": ".".join(f"{part:#x}" for part in parts),
        "octal": ".".join(f"0{part:o}" for part in parts),
        "short": f"{parts[0]}.{int.from_bytes(parts[1:])}",
    }.get(form) or form.format(int(ip))
    assert read_ip(spelling) == ip


@given(st.ip_addresses(v=4))
def test_an_inward_address_stays_inward_inside_an_ipv6_one(ip: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.ip_address(f"::ffff:{ip}")
    assert is_inward(mapped) == is_inward(ip)
