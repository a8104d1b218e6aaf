"""The options of the one filter, shared by every command that picks deals."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import click

from dealwatch import clock
from dealwatch.archive import Archive
from dealwatch.archive.filter import STATES, DealFilter, parse_since, strangers
from dealwatch.deals.records import DEAL_TYPES, DIRECTIONS, STATUSES
from dealwatch.errors import DealwatchError

_OPTIONS = (
    click.option("--since", help="News since: 12h, 7d, 2w, or a date."),
    click.option("--until", help="News before: 1d, or a date."),
    click.option(
        "--type", "types", multiple=True, type=click.Choice(DEAL_TYPES), help="Type of deal; may be repeated."
    ),
    click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Its status."),
    click.option("--direction", "directions", multiple=True, type=click.Choice(DIRECTIONS), help="Its direction."),
    click.option("--party", "parties", multiple=True, metavar="NAME", help="A company on either side."),
    click.option("--source", "sources", multiple=True, metavar="NAME", help="An outlet that reports it."),
    click.option(
        "--state", "states", multiple=True, type=click.Choice(STATES), help="What the analyst said. [all but history]"
    ),
    click.option("--lang", "langs", multiple=True, metavar="CODE", help="Language of a story: en, zh."),
    click.option("--query", metavar="WORDS", help="Words in the text of a story."),
)
_NAMES = ("types", "statuses", "directions", "parties", "sources", "states", "langs")


def _time(option: str, given: str | None, now: datetime) -> datetime | None:
    try:
        return parse_since(given, now) if given else None
    except (ValueError, OverflowError) as error:
        raise DealwatchError(f"{option}: {error}") from error


def tell_strangers(archive: Archive, wanted: DealFilter) -> None:
    """Says on standard error which names of the filter nothing can have."""
    for sentence in strangers(archive, wanted):
        click.echo(f"dealwatch: {sentence}", err=True)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The filter's options, given to the command as one `wanted: DealFilter`."""

    @wraps(command)
    def filtered(
        *args: Any, since: str | None = None, until: str | None = None, query: str | None = None, **options: Any
    ) -> Any:
        picked = {name: tuple(options.pop(name)) for name in _NAMES}
        now = clock.now()
        first, last = _time("--since", since, now), _time("--until", until, now)
        if first and last and last - first <= timedelta(0):
            raise DealwatchError(f"--until {until} is not after --since {since}; nothing can lie between")
        return command(*args, wanted=DealFilter(since=first, until=last, query=query, **picked), **options)

    for option in reversed(_OPTIONS):
        filtered = option(filtered)
    return filtered
