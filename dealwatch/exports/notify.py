"""Handing one message to one channel: through Apprise, or as JSON to a webhook."""

import json
import logging
from contextlib import AbstractContextManager
from http.client import HTTPException
from io import StringIO
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from dealwatch.errors import DealwatchError
from dealwatch.exports.message import Message
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import Channel

TIMEOUT_SECONDS = 20.0
KEY_HEADER = "Idempotency-Key"
_WITH_HEADERS = ("json", "jsons", "xml", "xmls", "form", "forms")
"""Apprise's own webhooks, which take headers of ours."""


class DeliveryError(Exception):
    """The channel did not take the message. The reason in one line, without secrets."""


class Notifier(Protocol):
    def send(self, message: Message) -> None:
        """Raises DeliveryError unless the channel says it took the message."""


def notifier(channel: Channel, secrets: Secrets) -> Notifier:
    """What speaks to `channel`. Raises DealwatchError for a secret that is not set or an address that is none."""
    try:
        if channel.webhook is not None:
            return Webhook(secrets.fill(channel.webhook), secrets)
        return AppriseAddress(secrets.fill(channel.to or ""), secrets)
    except DealwatchError as error:
        raise DealwatchError(f"channel {channel.name}: {secrets.blot(str(error))}") from error


class _NoRedirects(HTTPRedirectHandler):
    """A webhook that moved is a mistake to mend: following it would turn our POST into a GET that loses the message."""

    def redirect_request(self, *_: object) -> None:
        return None


class Webhook:
    """POSTs the message as JSON; only an answer of 200 to 299 counts."""

    def __init__(self, url: str, secrets: Secrets) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise DealwatchError("webhook: is no http or https address")
        self._url = url
        self._secrets = secrets
        self._opener = build_opener(_NoRedirects)

    def send(self, message: Message) -> None:
        headers = {"Content-Type": "application/json", "User-Agent": "Dealwatch", KEY_HEADER: message.key}
        request = Request(self._url, json.dumps(message.data()).encode(), headers, method="POST")  # noqa: S310
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read(1024)
        except HTTPError as error:
            with error:
                raise DeliveryError(f"answered {error.code} {self._secrets.blot(str(error.reason))}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise DeliveryError(self._secrets.blot(f"cannot be reached: {getattr(error, 'reason', error)}")) from None


class AppriseAddress:
    """Any of the services that Apprise knows."""

    def __init__(self, address: str, secrets: Secrets) -> None:
        self._address = address
        self._secrets = secrets
        self._scheme = urlsplit(address).scheme
        _quiet_logs()
        self._open(address)

    def send(self, message: Message) -> None:
        from apprise import NotifyFormat

        target = self._open(self._with_key(message.key))
        with _captured() as log:
            taken = target.notify(title=message.subject, body=message.text, body_format=NotifyFormat.TEXT)
            said = log.getvalue()
        if not taken:
            raise DeliveryError(self._secrets.blot(" ".join(said.split()) or "did not take the message")[:300])

    def _open(self, address: str) -> Any:
        import apprise

        target = apprise.Apprise(asset=apprise.AppriseAsset(secure_logging=True, app_id="Dealwatch"))
        with _captured():
            known = target.add(address)
        if not known:
            raise DealwatchError(
                f"to: {self._scheme or 'this'}:// is no address that Apprise knows, or a part is missing"
            )
        return target

    def _with_key(self, key: str) -> str:
        if self._scheme not in _WITH_HEADERS:
            return self._address
        return f"{self._address}{'&' if '?' in self._address else '?'}+{KEY_HEADER}={quote(key)}"


def _captured() -> AbstractContextManager[StringIO]:
    """What Apprise logs meanwhile: the only place where it says why a message was not taken."""
    from apprise import LogCapture

    log: AbstractContextManager[StringIO] = LogCapture(level=logging.WARNING, fmt="%(message)s")  # type: ignore[no-untyped-call]
    return log


def _quiet_logs() -> None:
    """What Apprise and its HTTP library log holds whole addresses; we report the outcome ourselves."""
    logging.getLogger("apprise").propagate = False
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    logging.getLogger("urllib3").propagate = False
