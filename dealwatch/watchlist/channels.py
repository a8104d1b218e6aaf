"""`watchlist/channels.yaml`: where deals go, which ones, and when. Secrets stand here as ${NAME} only."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, Field, model_validator

from dealwatch.deals.records import DealType, Direction, Status
from dealwatch.errors import DealwatchError, WatchlistError
from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.load import Model, read_document, validate

SECRET = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _cron_line(line: str) -> str:
    cron(line)
    return line


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin or UTC") from error
    return name


def _template(source: str) -> str:
    try:
        ImmutableSandboxedEnvironment().parse(source)
    except TemplateSyntaxError as error:
        raise ValueError(f"is not a template: {error.message} (its line {error.lineno})") from error
    return source


Template = Annotated[str, AfterValidator(_template)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class ChannelFilter(Model):
    """Which deals the channel wants; the product's one filter. An empty field lets everything through."""

    types: tuple[DealType, ...] = ()
    statuses: tuple[Status, ...] = ()
    directions: tuple[Direction, ...] = ()
    parties: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    query: str | None = None


class Quiet(Model):
    """Hours in which nothing is sent; what falls into them waits for their end. May run over midnight."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"

    def end_after(self, at: datetime) -> datetime:
        """`at` itself if it is not quiet then, else the end of the quiet hours."""
        local = at.astimezone(ZoneInfo(self.zone))
        start, end, now = _minutes(self.start), _minutes(self.end), local.hour * 60 + local.minute
        quiet = start <= now < end if start <= end else now >= start or now < end
        if not quiet:
            return at
        day = local if now < end else local + timedelta(days=1)
        return day.replace(hour=end // 60, minute=end % 60, second=0, microsecond=0).astimezone(UTC)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


class Channel(Model):
    """One place where deals go."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    to: str | None = Field(default=None, min_length=5)
    """An Apprise address: mailto://, slack://, msteams://, tgram://, wecombot://, dingtalk://, feishu:// and more."""
    webhook: str | None = Field(default=None, min_length=5)
    """An http(s) address that takes the deals as JSON, with an Idempotency-Key header."""
    filter: ChannelFilter = ChannelFilter()
    when: Literal["at once", "digest"] = "at once"
    digest: Annotated[str, AfterValidator(_cron_line)] | None = None
    """Cron line, UTC: when the digest leaves."""
    only_confirmed: bool = True
    revisions: bool = False
    """Also send an alert again when it has a new status, a first amount or a new principal."""
    quiet: Quiet | None = None
    subject: Template | None = None
    text: Template | None = None
    retry_seconds: int = Field(default=60, ge=0)
    """The first pause after a failure; each next one is twice as long, up to six hours."""
    tries: int = Field(default=12, ge=1)

    @model_validator(mode="after")
    def _sound(self) -> "Channel":
        if (self.to is None) == (self.webhook is None):
            raise ValueError("needs either to (an Apprise address) or webhook (an http address), one of the two")
        if (self.when == "digest") != (self.digest is not None):
            raise ValueError("when: digest and the cron line digest: belong together; give both or neither")
        address = self.to or self.webhook or ""
        try:
            parts = urlsplit(SECRET.sub("secret", address))
            password = urlsplit(SECRET.sub("", address)).password
        except ValueError as error:
            raise ValueError("the address is not one") from error
        if not parts.scheme and not SECRET.match(address):
            raise ValueError("the address has no scheme; write it as slack://... or as ${NAME} for all of it")
        if password:
            raise ValueError("the address holds a password; put it into the environment and write ${NAME} here")
        return self

    def due(self, at: datetime) -> datetime:
        """The first time that something triggered at `at` may leave: the next digest, after the quiet hours."""
        if self.digest is not None:
            fire = cron(self.digest).get_next_fire_time(None, at)
            at = fire.astimezone(UTC) if fire else at
        return self.quiet.end_after(at) if self.quiet else at


class ChannelFile(Model):
    """The whole file."""

    channels: tuple[Channel, ...] = ()


def load_channels(watchlist: Path) -> dict[str, Channel]:
    """Every channel by its name; none if there is no file. Raises WatchlistError."""
    path = watchlist / "channels.yaml"
    if not path.exists():
        return {}
    document = read_document(path)
    if document.data is None:
        return {}
    found: dict[str, Channel] = {}
    for number, channel in enumerate(validate(ChannelFile, document).channels):
        if channel.name in found:
            raise WatchlistError(
                str(document.error(("channels", number), f"a second channel is called {channel.name}; rename one"))
            )
        found[channel.name] = channel
    return found


def channel_named(watchlist: Path, name: str) -> Channel:
    """Raises DealwatchError for a name that no channel has."""
    channels = load_channels(watchlist)
    if name not in channels:
        known = ", ".join(channels) or "none yet"
        raise DealwatchError(f"no channel is called {name!r}; {watchlist / 'channels.yaml'} has {known}")
    return channels[name]
