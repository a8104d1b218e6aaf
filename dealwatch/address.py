"""One address however it is spelled: what to fetch (`canonical`) and what it is known by (`key`). Pure.

Both work on any text and never raise; what is not a usable http(s) address becomes the empty string.
"""

import re
from urllib.parse import unquote, urlsplit

import idna

_JUNK = re.compile(r"[\x00-\x20\x7f]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset("!$&'()*+,;=:@/%")
_QUERY_SAFE = _PATH_SAFE | frozenset("?")

# Parameters that say where a reader came from, never which page it is.
_TRACKING = re.compile(
    r"(?:utm|itm|mtm|pk|piwik|matomo|hsa|oly|vero|wt|trk|at)_\w+"
    r"|(?:fb|g|dc|ms|y|tw|tt|li_fat_|sc)cl(?:id|kid|src)|gclsrc|gbraid|wbraid|msclkid|dclid|igshid|igsh|li_fat_id|epik"
    r"|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|hsctatracking|_openstat|_ga|_gl|ga_\w+|s_cid|s_kwcid|ef_id|rb_clickid"
    r"|spm|scm|spm_id_from|share_token|share_source|share_medium|isappinstalled|wxshare_count|vd_source|nsukey"
    r"|cmpid|ncid|ocid|xtor|smid|sr_share|ref_src|ref_url|guce_\w+|guccounter|__twitter_impression|_branch_\w+|mibextid",
    re.IGNORECASE,
)
# These names can also choose a page, so they go only with a value that plainly tells of sharing.
_SHARED = re.compile(
    r"(?:from|ref|source|src|referrer|referer)="
    r"(?:singlemessage|groupmessage|timeline|appmessage|weibo|wechat|weixin|qq|twitter|facebook|linkedin|rss|feed"
    r"|newsletter|email|share|social|homepage|google|telegram|whatsapp)",
    re.IGNORECASE,
)
_AMP_QUERY = re.compile(r"amp(?:=(?:1|true)?)?|outputtype=amp|(?:type|view|format|mode)=amp", re.IGNORECASE)
_AMP_TAIL = re.compile(r"(?<=[^/])(?:/amp)+/?$")
_AMP_HEAD = re.compile(r"^(?:/amp)+(?=/[^/])")
_AMP_FILE = re.compile(r"(?:\.amp)+(?=\.html?$|$)")
_AMP_CACHE = re.compile(
    r"^https?://(?:(?:www\.)?google\.[a-z.]+/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[cv])/(s/)?(?=[a-z0-9-]+\.[a-z0-9])"
)
_PUBLIC_PAIR = re.compile(r"(?:com?|org|net|gov|edu|ac|or|ne)\.[a-z]{2}")
_DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST = 2000
"""Characters of an address; a longer one is no article's, and reading it costs time."""


def canonical(url: str) -> str:
    """The address to fetch: without fragment, user name, default port and tracking, its AMP twin's page instead.

    Parameters keep their order and empty values, as servers may mind them. Idempotent. `""` where `url` is no
    http(s) address with a usable host.
    """
    if len(url) > LONGEST:
        return ""
    while True:  # an AMP cache's address holds the real one, which may need a pass of its own
        plain = _pass(url)
        if plain in {"", url}:
            return plain
        url = plain


def _pass(url: str) -> str:
    cached = _AMP_CACHE.match(url)
    if cached:
        url = ("https://" if cached[1] else "http://") + url[cached.end() :]
    parts = _split(url)
    if parts is None:
        return ""
    scheme, host, port, path, query = parts
    host = _without_amp(host)
    path = _without_amp_path(path)
    query = "&".join(part for part in query.split("&") if part and not _is_tracking(part))
    netloc = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    return f"{scheme}://{netloc}{path}" + (f"?{query}" if query else "")


def key(url: str) -> str:
    """The address's identity: canonical, less scheme, `www.`, default ports, trailing slash, empty and order of
    parameters. `""` where there is no usable address. Equal keys mean one article.
    """
    parts = _split(canonical(url))
    if parts is None:
        return ""
    _, host, port, path, query = parts
    host = _bare(host)
    netloc = host if port in {None, 80, 443} else f"{host}:{port}"
    query = "&".join(sorted(part for part in query.split("&") if part and not part.endswith("=")))
    return netloc + re.sub(r"/{2,}", "/", path).rstrip("/") + (f"?{query}" if query else "")


def same_site(a: str, b: str) -> bool:
    """Whether both addresses belong to one host (and port), `www.`, `m.` and `amp.` folded."""
    first, second = _split(canonical(a)), _split(canonical(b))
    if first is None or second is None:
        return False
    return _site(first[1]) == _site(second[1]) and _port(first) == _port(second)


def _site(host: str) -> str:
    host = _bare(host)
    return host[2:] if host.startswith("m.") and host.count(".") > 1 else host


def _port(parts: tuple[str, str, int | None, str, str]) -> int | None:
    return None if parts[2] in {80, 443} else parts[2]


def _bare(host: str) -> str:
    return host[4:] if host.startswith("www.") and "." in host[4:] else host


def _without_amp(host: str) -> str:
    """`amp.outlet.com` is `outlet.com`; `amp.com` and `amp.com.au` are companies."""
    while host.startswith("amp.") and "." in host[4:] and not _PUBLIC_PAIR.fullmatch(host[4:]):
        host = host[4:]
    return host


def _without_amp_path(path: str) -> str:
    """The page's own path. Taking one mark away may bare another, so this goes on until none is left."""
    while True:
        plain = _dots(_AMP_FILE.sub("", _AMP_TAIL.sub("", _AMP_HEAD.sub("", path)))) or "/"
        if plain == path:
            return path
        path = plain


def _is_tracking(part: str) -> bool:
    name = part.partition("=")[0]
    return bool(_TRACKING.fullmatch(name) or _SHARED.fullmatch(part) or _AMP_QUERY.fullmatch(part))


def _split(url: str) -> tuple[str, str, int | None, str, str] | None:
    """(scheme, host, port, path, query), each in its normal spelling; None for what cannot be fetched."""
    url = _JUNK.sub("", url.strip()) if "\n" in url or "\t" in url or "\r" in url else url.strip()
    head, mark, tail = url.partition("?")
    head = head.replace("\\", "/")  # as browsers read it
    try:
        parts = urlsplit(head + mark + tail)
        port = parts.port
        host = _host(parts.hostname or "", parts.netloc)
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host or port == 0:
        return None
    path = _dots(_escaped(parts.path, _PATH_SAFE)) or "/"
    return scheme, host, port, path, _escaped(parts.query, _QUERY_SAFE)


def _host(name: str, netloc: str) -> str:
    if "[" in netloc:
        literal = f"[{name.lower()}]"
        return literal if _IPV6.fullmatch(literal) else ""
    name = unquote(name).strip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return ""
    return name if len(name) < 254 and _NAME.fullmatch(name) else ""


def _escaped(text: str, safe: frozenset[str]) -> str:
    """Percent-escapes in one spelling: unreserved characters bare, everything unsafe escaped, hex in capitals."""

    def respell(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    def escape(character: str) -> str:
        if character in safe:
            return character
        return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))

    text = "".join(escape(character) for character in text)
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", _ESCAPE.sub(respell, text))


def _dots(path: str) -> str:
    """The path without `.` and `..` segments (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    done: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if done:
                done.pop()
        elif segment != ".":
            done.append(segment)
    if segments[-1] in {".", ".."}:
        done.append("")
    return "/" + "/".join(done)
