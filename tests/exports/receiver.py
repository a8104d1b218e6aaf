"""A web service that takes messages, and counts what came: a real server on loopback."""

import json
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Receiver:
    """`answers` is the status of each path (200 unless given); `failing` the share of requests that get a 503 first.

    `taken` counts accepted messages by path and deal; `effects` counts what a receiver that honours the
    Idempotency-Key would have acted on.
    """

    def __init__(self, failing: float = 0.0, seed: int = 1) -> None:
        self.answers: dict[str, int] = {}
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.taken: Counter[tuple[str, int]] = Counter()
        self.effects: Counter[tuple[str, int]] = Counter()
        self._keys: set[tuple[str, str]] = set()
        self._failing = failing
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self, path: str, headers: dict[str, str], body: Any) -> int:
        with self._lock:
            self.requests.append((path, headers, body))
            if self._dice.random() < self._failing:
                return 503
            status = self.answers.get(path, 200)
            if status < 300 and isinstance(body, dict):
                self._count(path, headers.get("idempotency-key", ""), body)
            return status

    def _count(self, path: str, key: str, body: dict[str, Any]) -> None:
        new = (path, key) not in self._keys
        self._keys.add((path, key))
        for deal in body.get("deals", []):
            self.taken[path, deal["id"]] += 1
            self.effects[path, deal["id"]] += new

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = json.loads(data)
        except ValueError:
            body = data
        status = self.receiver.take(path, headers, body)
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.receiver.take(f"GET {self.path}", {}, None)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
