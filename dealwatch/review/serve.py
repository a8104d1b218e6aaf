"""The review page as a server, until Ctrl-C."""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

from dealwatch.errors import DealwatchError
from dealwatch.review.app import Review
from dealwatch.review.desk import Office
from dealwatch.review.doors import Links
from dealwatch.review.people import People, local_name


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises DealwatchError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DealwatchError(
            f"{host}:{port}: cannot listen there: {error.strerror}; choose another --port or --host"
        ) from error
    return listener


def serve(
    listener: socket.socket,
    db: Path,
    watchlist: Path,
    people: People,
    names: Sequence[str],
    *,
    local: bool,
    https: bool,
    greet: Callable[[str, str | None], None],
) -> None:
    """Serve the page on the socket; `greet` gets its address and, on loopback, a one-time login token."""
    host, port = listener.getsockname()[:2]
    links = Links(local_name()) if local else None
    office = Office(db, watchlist)
    try:
        page = Review(office, people, links, allowed(host, names), https=https)
        shown = f"[{host}]" if ":" in host else host
        greet(f"http://{shown}:{port}", links.make() if links else None)
        config = uvicorn.Config(
            page.app, log_level="warning", access_log=False, server_header=False, proxy_headers=False
        )
        with suppress(KeyboardInterrupt):  # uvicorn raises the Ctrl-C that ended it once more
            uvicorn.Server(config).run(sockets=[listener])
    finally:
        office.close()


def allowed(host: str, names: Sequence[str]) -> list[str]:
    """The host names the page answers to; any other is refused, so that no foreign name can be bound to it."""
    own = [] if host in ("0.0.0.0", "::") else [f"[{host}]" if ":" in host else host]  # noqa: S104
    return [*own, "localhost", "127.0.0.1", *names]
