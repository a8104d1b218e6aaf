"""Which sources are due: the one answer for the scheduler's catch-up, `dealwatch crawl --due` and `dealwatch status`.

Pure: the time and the last runs are given.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.sources import Source

_SECOND = timedelta(seconds=1)
_BELIEVABLE = timedelta(days=1)
"""A last run further in the future was written by a wrong clock; believed, it would silence the source until then."""


def next_run(schedule: str, last_started: datetime | None, now: datetime) -> datetime:
    """The first time, from `now` on, that the cron line names; `now` where a named time has passed since the last
    run, and where there was none. A run counts for the minute it started in."""
    if last_started is None or last_started > now + _BELIEVABLE:
        return now
    trigger = cron(schedule)
    missed = trigger.get_next_fire_time(None, last_started + _SECOND)
    if missed is not None and missed <= now:
        return now
    at = trigger.get_next_fire_time(None, max(now, last_started + _SECOND))
    assert isinstance(at, datetime)  # `cron` takes no line that never comes again
    return at


def is_due(schedule: str, last_started: datetime | None, now: datetime) -> bool:
    return next_run(schedule, last_started, now) <= now


def due(sources: Mapping[str, Source], last_started: Mapping[str, datetime | None], now: datetime) -> list[str]:
    """Names of the sources whose cron line has named a time since they last started; each once, however many times
    were missed. One that is not in `last_started` has never run, and is due."""
    return [name for name, source in sources.items() if is_due(source.schedule, last_started.get(name), now)]
