"""The address guard: nothing the web says may make the crawler call this machine or its network.

Two doors, as each alone leaks: a downloader middleware looks at every request and redirect (literal addresses in all
spellings, ports, schemes; it also holds where a proxy resolves the names), and a resolver looks at what names become.
A source with `allow_private: true` opts out for the hosts that its own file names, wherever they redirect to.
"""

import ipaddress
import logging
import re
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

logger = logging.getLogger(__name__)

PORTS = frozenset({80, 443, 8000, 8008, 8080, 8081, 8443, 8888})
_INWARD_NAMES = re.compile(
    r"(?:.*\.)?(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|home\.arpa|in-addr\.arpa|ip6\.arpa)"
)
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_IP = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

# Hosts that an opted-out source asked for. The resolver belongs to the reactor, so this is one set a process.
_private_hosts: set[str] = set()


class Inward(IgnoreRequest):
    """The request was not made, because its address leads inward or is not a plain web address."""


def check(url: str, *, allow_private: bool = False) -> None:
    """Raises Inward, saying why, for an address that must not be asked."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".").lower()
    except ValueError as error:
        raise Inward(f"refused address {url[:200]}: {error}") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise Inward(f"refused address {url[:200]}: only http and https are fetched")
    if not host or "\\" in parts.netloc or "%" in host:
        raise Inward(f"refused address {url[:200]}: no plain host name")
    literal = read_ip(host)
    if literal is not None and literal.is_link_local:
        raise Inward(f"refused address {url[:200]}: {literal} is link-local")
    if allow_private:
        return
    opt_out = "allow_private: true in the source opts out"
    if literal is not None and is_inward(literal):
        raise Inward(f"refused address {url[:200]}: {literal} leads inward ({opt_out})")
    if literal is None and ("." not in host or _INWARD_NAMES.fullmatch(host)):
        raise Inward(f"refused address {url[:200]}: {host} leads inward ({opt_out})")
    if port is not None and port not in PORTS:
        raise Inward(f"refused address {url[:200]}: port {port} is not a web port")


def read_ip(host: str) -> _IP | None:
    """The IP address that `host` spells, read as C libraries do (127.1, 0x7f.1, 2130706433, 0177.0.0.1), or None."""
    try:
        return _unwrapped(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    parts = host.split(".")
    if len(parts) > 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *front, last = numbers
    if any(number > 255 for number in front) or last >= 256 ** (4 - len(front)):
        return None
    value = last
    for index, number in enumerate(front):
        value += number << (8 * (3 - index))
    return ipaddress.IPv4Address(value)


def is_inward(ip: _IP) -> bool:
    """Loopback, private, link-local, carrier-grade NAT, multicast, reserved: all that is not the open internet."""
    ip = _unwrapped(ip)
    return not ip.is_global or ip.is_multicast


def _number(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text[2:] or "0", 16)
    return int(text, 8) if len(text) > 1 and text.startswith("0") else int(text)


def _unwrapped(ip: _IP) -> _IP:
    """The IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64 or (int(ip) >> 32 == 0 and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


class AddressGuard:
    """Downloader middleware, first in line: it sees redirects and robots.txt requests too."""

    def process_request(self, request: Request) -> None:
        host = (urlsplit(request.url).hostname or "").lower()
        private = request.meta.get("private_hosts")
        if private is None:  # Scrapy's own request for robots.txt: it comes after one of a source for the same host
            private = _private_hosts
        allowed = host in private
        try:
            check(request.url, allow_private=allowed)
        except Inward as error:
            if "run" not in request.meta:  # nobody waits to be told: `scrapy shell`, say
                logger.warning("%s", error)
            raise
        if allowed:
            _private_hosts.add(host)


class GuardedResolver(CachingThreadedResolver):
    """Refuses names that resolve inward, at the very look-up whose answer is connected to."""

    def __init__(self, reactor: Any, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        proxies = (urlsplit(url if "//" in url else f"//{url}").hostname for url in getproxies().values())
        self._proxies = {host.lower() for host in proxies if host}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        return super().from_crawler(crawler, reactor)

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        found = super().getHostByName(name, timeout)
        host = name.lower()
        if host not in self._proxies and host not in _private_hosts:
            found.addCallback(_refuse_inward, name)
        return found


def _refuse_inward(ip: str, name: str) -> str:
    if is_inward(ipaddress.ip_address(ip)):
        raise DNSLookupError(f"{name} resolves inward, to {ip}")  # Twisted logs any other error and forgets it
    return ip
