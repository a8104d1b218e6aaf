"""The doors of the review page: everything an HTTP request passes before a page sees it."""

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from asgi_csrf import Errors, asgi_csrf
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dealwatch.review.people import People, Person, Role

MAX_BODY = 64 * 1024
SESSION_SECONDS = 12 * 3600
TRIES, WINDOW = 5, 15 * 60
OPEN = ("/login", "/login/style.css")
"""The only places without a login."""
FEEDS = "/feed/"
"""Below it every address holds a token instead."""
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass
class Links:
    """One-time login links of this process. Sessions begun by one end with the process."""

    name: str
    boot: str = field(default_factory=lambda: secrets.token_hex(8))
    _token: str | None = field(default=None, repr=False)

    def make(self) -> str:
        self._token = secrets.token_urlsafe(32)
        return self._token

    def use(self, token: str) -> bool:
        good = self._token is not None and secrets.compare_digest(self._token.encode(), token.encode())
        if good:
            self._token = None
        return good


class Limiter:
    """At most `TRIES` failures a name and a visitor's address in `WINDOW` seconds; remembers a bounded number."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def wait(self, *keys: str) -> int:
        """Seconds until the next try is allowed; 0 for now."""
        now = time.monotonic()
        waits = [0.0]
        for key in keys:
            recent = [at for at in self._failures.get(key, ()) if at > now - WINDOW]
            if len(recent) >= TRIES:
                waits.append(recent[-TRIES] + WINDOW - now)
        return int(max(waits) + 0.999)

    def failed(self, *keys: str) -> None:
        for key in keys:
            self._failures.setdefault(key, []).append(time.monotonic())
            del self._failures[key][:-TRIES]
            self._failures.move_to_end(key)
        while len(self._failures) > 10_000:
            self._failures.popitem(last=False)

    def passed(self, key: str) -> None:
        self._failures.pop(key, None)


def person_of(session: dict[str, str], people: People, links: Links | None) -> Person | None:
    """Who the session belongs to, if that still holds."""
    name = session.get("name", "")
    if links is not None and session.get("boot") == links.boot:
        role: Role = "reviewer"
        return Person(links.name, role)
    person = people.find(name)
    return person if person is not None and person.epoch == session.get("epoch") else None


class Guard:
    """Bounds and checks what comes in; sets what every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-store"
            await send(message)

        refusal = _odd_headers(scope)
        body = b""
        if not refusal and scope["method"] not in ("GET", "HEAD"):
            body, refusal = await _body(scope, receive)
        if refusal:
            await PlainTextResponse(refusal[1], refusal[0])(scope, receive, sending)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given or scope["method"] in ("GET", "HEAD"):
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, sending)


def _odd_headers(scope: Scope) -> tuple[int, str] | None:
    for name in (b"cookie", b"x-csrftoken"):
        if any(key == name and not value.isascii() for key, value in scope["headers"]):
            return 400, f"the {name.decode()} header is not ASCII"
    if scope["method"] not in ("GET", "HEAD", "POST"):
        return 405, "only GET and POST here"
    return None


async def _body(scope: Scope, receive: Receive) -> tuple[bytes, tuple[int, str] | None]:
    kind = Headers(scope=scope).get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return b"", (415, "send a form (application/x-www-form-urlencoded)")
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"", (400, "the request broke off")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            return b"", (413, f"the form is too large; at most {MAX_BODY // 1024} KB")
    try:
        fields = parse_qsl(body.decode("ascii"), max_num_fields=200)
    except ValueError:
        return b"", (400, "the form cannot be read")
    if any(name == "csrftoken" and not value.isascii() for name, value in fields):
        return b"", (403, "the form's token does not match; reload the page")
    return body, None


def is_open(path: str, method: str) -> bool:
    """Whether the place asks for no login."""
    return path in OPEN or (path.startswith(FEEDS) and method in ("GET", "HEAD"))


def close_doors(app: ASGIApp, people: People, hosts: list[str], *, https: bool) -> ASGIApp:
    """The app behind all its doors; the outermost is the last here."""

    async def mismatch(scope: Scope, send: Send, _: Errors) -> None:
        async def nothing() -> Message:
            return {"type": "http.disconnect"}

        await PlainTextResponse("the form's token does not match; reload the page", 403)(scope, nothing, send)

    guarded: ASGIApp = asgi_csrf(
        app, signing_secret=people.secret, always_protect={"/login"}, cookie_secure=https, send_csrf_failed=mismatch
    )
    guarded = SessionMiddleware(
        guarded, people.secret, session_cookie="dealwatch", max_age=SESSION_SECONDS, same_site="lax", https_only=https
    )
    return Guard(TrustedHostMiddleware(guarded, allowed_hosts=hosts, www_redirect=False))
