"""Sending what waits in the outbox: once each, with growing pauses after a failure, giving up loudly.

One message is under way at a time, and is marked as sent right after the channel took it: a sender killed at any moment
repeats at most that one, under the same key.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dealwatch import clock
from dealwatch.archive import Archive, exports, outbox
from dealwatch.archive.deal import deal
from dealwatch.archive.outbox import Delivery
from dealwatch.errors import DealwatchError
from dealwatch.exports.deal import public
from dealwatch.exports.message import Message, compose
from dealwatch.exports.notify import DeliveryError, Notifier, notifier
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import Channel

logger = logging.getLogger(__name__)

SENDER = "_outbox"
"""The name of the sender's lock (crawler.locks): no source can have it."""
LONGEST_PAUSE = timedelta(hours=6)
MAX_IN_DIGEST = 200
_FAILURES_IN_A_ROW = 3
"""After so many the channel is taken to be down: the rest waits for the next round."""


@dataclass(slots=True)
class Tally:
    """What one round did, in deliveries. `errors` has a line for each channel in trouble."""

    sent: int = 0
    put_off: int = 0
    gave_up: int = 0
    errors: tuple[str, ...] = ()

    def add(self, other: "Tally") -> None:
        self.sent += other.sent
        self.put_off += other.put_off
        self.gave_up += other.gave_up
        self.errors = tuple(dict.fromkeys((*self.errors, *other.errors)))


def deliver(archive: Archive, channels: Mapping[str, Channel], secrets: Secrets) -> Tally:
    """Send all that is due now. Call it under the sender's lock. Never raises for a channel's troubles."""
    tally = Tally()
    for name in outbox.channels_waiting(archive):
        channel = channels.get(name)
        if channel is None:
            _abandon(archive, name, tally)
        else:
            _Round(archive, channel, secrets, tally).run()
    return tally


def _abandon(archive: Archive, name: str, tally: Tally) -> None:
    waiting = outbox.deliveries(archive, ("waiting",), name)
    _give_up(archive, waiting, f"channel {name} is not in channels.yaml any more", tally)


def _give_up(archive: Archive, deliveries: list[Delivery], error: str, tally: Tally) -> None:
    outbox.gave_up(archive, deliveries, error)
    tally.gave_up += len(deliveries)
    tally.errors += (error,)
    logger.error("gave up %d deliveries: %s", len(deliveries), error)


class _Round:
    """One round of one channel."""

    def __init__(self, archive: Archive, channel: Channel, secrets: Secrets, tally: Tally) -> None:
        self._archive = archive
        self._channel = channel
        self._secrets = secrets
        self._tally = tally
        self._identity = exports.identity(archive)

    def run(self) -> None:
        at = clock.now()
        until = self._channel.quiet.end_after(at) if self._channel.quiet else at
        if until > at:
            outbox.hold(self._archive, self._channel.name, until)
            return
        waiting = outbox.due(self._archive, self._channel.name, at)
        if not waiting:
            return
        try:
            target = notifier(self._channel, self._secrets)
        except DealwatchError as error:
            self._failed(waiting, str(error))
            return
        failures = 0
        for parcel in self._parcels(waiting):
            failures = 0 if self._send(target, parcel) else failures + 1
            if failures >= _FAILURES_IN_A_ROW:
                return

    def _parcels(self, waiting: list[Delivery]) -> list[list[Delivery]]:
        """What leaves together: each alone, or all of a digest. What is not to leave any more is withdrawn."""
        left = [delivery for delivery in waiting if self._still_wanted(delivery)]
        outbox.withdrawn(self._archive, [delivery for delivery in waiting if delivery not in left])
        if waiting[0].batch is not None:
            return [left] if left else []
        if self._channel.digest is None:
            return [[delivery] for delivery in left]
        return [left[start : start + MAX_IN_DIGEST] for start in range(0, len(left), MAX_IN_DIGEST)]

    def _still_wanted(self, delivery: Delivery) -> bool:
        """Nobody dismissed it (a batch that was begun stays the same message), and some story still reports it."""
        if delivery.alert_state == "dismissed" and delivery.batch is None:
            return False
        return deal(self._archive, delivery.deal_id) is not None

    def _send(self, target: Notifier, parcel: list[Delivery]) -> bool:
        batch = parcel[0].batch
        if batch is None and self._channel.digest is not None:
            batch = self._key(parcel)
            outbox.together(self._archive, parcel, batch)
        try:
            message = self._message(parcel, batch or self._key(parcel))
            if message is None:
                outbox.withdrawn(self._archive, parcel)
                return True
            target.send(message)
        except DeliveryError as error:
            self._failed(parcel, f"channel {self._channel.name}: {error}")
            return False
        except DealwatchError as error:  # the template
            self._failed(parcel, str(error))
            return False
        outbox.sent(self._archive, parcel, clock.now())
        self._tally.sent += len(parcel)
        return True

    def _key(self, parcel: list[Delivery]) -> str:
        """The same for the same deliveries, whoever sends them and however often."""
        names = "|".join(f"{delivery.alert_id}/{delivery.revision}" for delivery in parcel)
        return hashlib.sha256(f"{self._identity}|{self._channel.name}|{names}".encode()).hexdigest()[:32]

    def _message(self, parcel: list[Delivery], key: str) -> Message | None:
        """A deal that waits twice, for two revisions, stands in a digest once. None if all were taken back just now."""
        news: dict[int, str] = {}
        found = []
        for delivery in parcel:
            record = deal(self._archive, delivery.deal_id)
            if record is None:  # its last story was taken back
                continue
            if record.id not in news:
                found.append(public(record))
            news[record.id] = "; ".join(filter(None, (news.get(record.id), delivery.what)))
        return compose(self._channel, key, tuple(found), news) if found else None

    def _failed(self, parcel: list[Delivery], error: str) -> None:
        """Each is given up after its own tries. A digest waits as a whole, as long as its youngest delivery."""
        spent = [delivery for delivery in parcel if delivery.attempts + 1 >= self._channel.tries]
        left = [delivery for delivery in parcel if delivery not in spent]
        if spent:
            _give_up(self._archive, spent, error, self._tally)
        if not left:
            return
        youngest = min(delivery.attempts for delivery in left)
        for delivery in left:
            tries = 1 + (delivery.attempts if self._channel.digest is None else youngest)
            outbox.put_off(self._archive, [delivery], error, self._next_try(tries))
        self._tally.put_off += len(left)
        if error not in self._tally.errors:
            self._tally.errors += (error,)
        logger.warning("%s; will try again", error)

    def _next_try(self, tries: int) -> datetime:
        pause = timedelta(seconds=self._channel.retry_seconds * 2.0 ** min(tries - 1, 20))
        return clock.now() + min(pause, LONGEST_PAUSE)
