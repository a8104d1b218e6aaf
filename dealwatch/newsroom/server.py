"""Serves the outlets on loopback, each on a port of its own, and keeps a log of what was asked."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from dealwatch.errors import DealwatchError
from dealwatch.newsroom.press import Press
from dealwatch.newsroom.reply import Kind, Reply
from dealwatch.newsroom.stories import Edition, outlets

HOST = "127.0.0.1"
FIRST_PORT = 18710


class NewsroomError(DealwatchError):
    """The sample newsroom cannot open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the log."""

    outlet: str
    target: str
    kind: Kind
    status: int


class Newsroom:
    """The sample newsroom on `port` and the four ports after it; without `port`, on the first five in a row that are
    free. Use as a context manager, or `open` and `close`. Raises NewsroomError where a port is taken.
    """

    def __init__(self, edition: Edition, port: int | None = None) -> None:
        self.edition = edition
        self._wanted = [port] if port is not None else list(range(FIRST_PORT, FIRST_PORT + 1000, 10))
        self.port = self._wanted[0]
        self._log: list[Asked] = []
        self._lock = threading.Lock()
        self._servers: list[_Server] = []
        self.closing = threading.Event()

    def open(self) -> Self:
        for port in self._wanted:
            try:
                self._bind(port)
                break
            except OSError as error:
                taken = port + len(self._servers)
                self._let_go()
                if port != self._wanted[-1]:
                    continue
                raise NewsroomError(
                    f"port {taken} of {HOST} cannot be used by the sample newsroom ({error.strerror}); "
                    "end the program that holds it, or start over on free ports with dealwatch demo --fresh"
                ) from error
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def _bind(self, port: int) -> None:
        self.port = port
        for outlet in outlets().values():
            press = Press(outlet, self.edition, self.base(outlet.name))
            self._servers.append(_Server((HOST, port + outlet.port), self, press))

    def close(self) -> None:
        self.closing.set()
        for server in self._servers:
            server.shutdown()
        self._let_go()

    def _let_go(self) -> None:
        for server in self._servers:
            server.server_close()
        self._servers = []

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *exception: object) -> None:
        self.close()

    def base(self, outlet: str) -> str:
        """The address of an outlet, without a trailing slash."""
        return f"http://{HOST}:{self.port + outlets()[outlet].port}"

    def note(self, asked: Asked) -> None:
        with self._lock:
            self._log.append(asked)

    @property
    def log(self) -> tuple[Asked, ...]:
        """Every request so far, in the order of the answers."""
        with self._lock:
            return tuple(self._log)

    def forget(self) -> None:
        with self._lock:
            self._log.clear()

    def counts(self) -> Counter[tuple[Kind, int]]:
        """How often each (kind, status) was answered."""
        return Counter((asked.kind, asked.status) for asked in self.log)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], newsroom: Newsroom, press: Press) -> None:
        self.newsroom = newsroom
        self.press = press
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A crawler that hangs up in the middle of an answer is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        reply = self.server.press.answer(self.path, {name.lower(): value for name, value in self.headers.items()})
        asked = Asked(self.server.press.outlet.name, self.path, reply.kind, reply.status)
        self.server.newsroom.note(asked)
        self._send(reply)

    do_HEAD = do_GET  # noqa: N815

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if isinstance(reply.body, bytes):
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command != "HEAD":
            self._stream(reply.body(), reply.pause)

    def _stream(self, pieces: Iterator[bytes], pause: float) -> None:
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            if pause and self.server.newsroom.closing.wait(pause):
                self.close_connection = True
                return
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:
        """Kept in the newsroom's own log."""
