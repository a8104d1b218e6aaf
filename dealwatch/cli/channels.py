"""`dealwatch channels`: where deals go, and whether that works."""

import json
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import click

from dealwatch import clock
from dealwatch.cli.options import watchlist_option
from dealwatch.errors import EXIT_SOME_SOURCES_FAILED
from dealwatch.exports.deal import Deal, PublicParty, PublicStep, PublicStory
from dealwatch.exports.message import compose
from dealwatch.exports.notify import DeliveryError, notifier
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import SECRET, Channel, channel_named, load_channels


@click.group()
def channels() -> None:
    """Show and test the channels of watchlist/channels.yaml."""


@channels.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@watchlist_option
def list_channels(as_json: bool, watchlist: Path) -> None:
    """Every channel: what it gets, when, and how. Of an address only what is no secret is shown."""
    found = load_channels(watchlist)
    for channel in found.values():
        if as_json:
            shown = channel.model_dump(mode="json", exclude={"subject", "text", "to", "webhook"}, by_alias=True)
            click.echo(json.dumps({**shown, "address": _address(channel)}, ensure_ascii=False))
        else:
            click.echo(f"{channel.name:16} {_policy(channel):40} {_address(channel)}")
    if not found and not as_json:
        click.echo(f"no channels yet; {watchlist / 'channels.yaml'} shows how to write one")


@channels.command("test")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print what was sent as JSON.")
@watchlist_option
def try_channel(name: str, as_json: bool, watchlist: Path) -> None:
    """Send a made-up deal to the channel NAME, now. Exit code 3 if the channel does not take it.

    \b
    Example:
      dealwatch channels test desk
    """
    channel = channel_named(watchlist, name)
    target = notifier(channel, Secrets.load())
    message = compose(channel, f"test-{uuid.uuid4().hex}", (_sample(),), {1: "a test, not news"})
    try:
        target.send(message)
    except DeliveryError as error:
        click.echo(f"dealwatch: channel {name}: {error}", err=True)
        raise SystemExit(EXIT_SOME_SOURCES_FAILED) from error
    click.echo(json.dumps(message.data(), ensure_ascii=False) if as_json else f"channel {name} took: {message.subject}")


def _policy(channel: Channel) -> str:
    parts = ["confirmed" if channel.only_confirmed else "all", *(["and revisions"] if channel.revisions else [])]
    parts.append(f"digest {channel.digest}" if channel.digest else "at once")
    if channel.quiet:
        parts.append(f"quiet {channel.quiet.start}-{channel.quiet.end} {channel.quiet.zone}")
    return ", ".join(parts)


def _address(channel: Channel) -> str:
    """As the file has it where its secrets stand as ${NAME}; of any other only the service."""
    address = channel.to or channel.webhook or ""
    return address if SECRET.search(address) else f"{urlsplit(address).scheme}://..."


def _sample() -> Deal:
    at = clock.iso(clock.now())
    url = "https://news.example/a-test"
    sentence = "A test of this channel: Example Foods opened a store on Sample Mall for $1 million."
    return Deal(
        id=1,
        type="storefront",
        direction="inbound",
        status="announced",
        state="confirmed",
        revision=1,
        parties=(
            PublicParty(name="Sample Mall", side="chinese", home="CN"),
            PublicParty(name="Example Foods", side="foreign", home="US"),
        ),
        amount="$1 million",
        amount_value=1_000_000,
        amount_currency="USD",
        market="CN",
        sentence=sentence,
        score=1,
        first_at=at,
        last_at=at,
        changed_at=at,
        steps=(PublicStep(status="announced", at=at, url=url),),
        stories=(PublicStory(outlet="test", title="A test of this channel", url=url, published=at, sentence=sentence),),
    )
