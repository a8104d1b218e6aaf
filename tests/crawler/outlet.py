"""A small outlet on loopback that answers as scripted and remembers what it was asked."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from xml.sax.saxutils import escape


@dataclass
class Reply:
    """`chunks` are sent without a length, as they come; `gate` holds the answer back until it is set."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    conditional: bool = False
    chunks: Iterable[bytes] | None = None
    gate: threading.Event | None = None


class Outlet:
    """Serves replies by path (with its query, or without); the last reply of a path is repeated.

    What is not scripted is a 404.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._replies: dict[str, list[Reply]] = defaultdict(list)
        self._seen: dict[str, threading.Event] = defaultdict(threading.Event)
        self._lock = threading.Lock()
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                outlet._answer(self)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *args: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def serve(self, path: str, *replies: Reply) -> None:
        self._replies[path] = list(replies)

    def page(self, path: str, title: str, *, text: str = "") -> None:
        self.serve(path, Reply(article(title, text)))

    def feed(self, path: str, *items: str) -> None:
        """An RSS feed of items made by `item`, that answers 304 to who has it."""
        self.serve(path, Reply(rss(*items), type="application/rss+xml", conditional=True))

    def hits(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def wait_for(self, path: str, seconds: float = 20) -> None:
        assert self._seen[path].wait(seconds), f"{path} was never asked"

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        with self._lock:
            self.asked.append((path, dict(handler.headers)))
            script = self._replies.get(path) or self._replies.get(path.partition("?")[0]) or [Reply(b"none", 404)]
            reply = script.pop(0) if len(script) > 1 else script[0]
        self._seen[path].set()
        if reply.gate is not None:
            reply.gate.wait(30)
        tag = '"' + hashlib.sha256(reply.body).hexdigest()[:12] + '"'
        unchanged = reply.conditional and handler.headers.get("If-None-Match") == tag
        handler.send_response(304 if unchanged else reply.status)
        for name, value in {"Content-Type": reply.type, **reply.headers}.items():
            handler.send_header(name, value)
        if reply.conditional:
            handler.send_header("ETag", tag)
        if reply.chunks is not None:
            handler.send_header("Connection", "close")
            handler.end_headers()
            for chunk in reply.chunks:
                handler.wfile.write(chunk)
            handler.close_connection = True
            return
        if "Content-Length" not in reply.headers:
            handler.send_header("Content-Length", "0" if unchanged else str(len(reply.body)))
        handler.end_headers()
        if not unchanged:
            handler.wfile.write(reply.body)


def article(title: str, text: str = "") -> bytes:
    text = text or (
        f"{title}, the company said on Monday in a statement to reporters. Shoppers in several cities will be able to"
        " order from next month, and more towns are to follow before the spring."
    )
    paragraphs = "".join(f"<p>{escape(text)} This is part {number} of the report.</p>" for number in range(1, 5))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(title)}</title></head><body><article>"
        f"<h1>{escape(title)}</h1>{paragraphs}</article></body></html>"
    ).encode()


def item(url: str, title: str, *, summary: str = "", at: str = "Mon, 16 Nov 2026 08:00:00 GMT", guid: str = "") -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{escape(url)}</link><pubDate>{at}</pubDate>"
        f"<guid isPermaLink='false'>{escape(guid or url)}</guid>"
        + (f"<description>{escape(summary)}</description>" if summary else "")
        + "</item>"
    )


def rss(*items: str) -> bytes:
    body = "<channel><title>Outlet</title><link>http://outlet.example/</link><description>News</description>"
    return f'<?xml version="1.0"?><rss version="2.0">{body}{"".join(items)}</channel></rss>'.encode()
