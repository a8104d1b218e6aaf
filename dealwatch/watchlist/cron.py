"""Cron lines, read the way crontab(5) means them, in UTC."""

import re
from datetime import UTC, datetime

from apscheduler.triggers.cron import CronTrigger

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"([0-7]|sun|mon|tue|wed|thu|fri|sat)"
_DAY_PART = re.compile(rf"(?:\*|{_DAY}(?:-{_DAY})?)(?:/([1-7]))?", re.IGNORECASE)
_LEAP_CYCLE = 8  # years: the longest wait for a 29 February


def cron(line: str) -> CronTrigger:
    """The trigger of a five-field cron line, in UTC. Raises ValueError saying what is wrong with it.

    APScheduler counts weekdays from Monday (0) where crontab counts from Sunday, so weekdays become names here.
    """
    fields = line.split()
    if len(fields) != 5:
        raise ValueError("needs five fields: minute hour day month weekday, as in '7,37 * * * *'")
    if fields[2] != "*" and fields[4] != "*":
        raise ValueError("names days of the month and weekdays; keep one of the two and put * for the other")
    fields[4] = ",".join(_weekdays(part) for part in fields[4].split(","))
    try:
        trigger = CronTrigger.from_crontab(" ".join(fields), timezone=UTC)
    except (ValueError, TypeError) as error:
        raise ValueError(f"is not a cron line: {error}") from error
    year = datetime.now(UTC).year
    if not re.fullmatch(r"[\d,*/-]+", fields[2]):
        raise ValueError(f"has {fields[2]!r} for the day of the month; crontab knows numbers there")
    if _never(fields[2], fields[3], year):
        raise ValueError("names a day that no such month has")
    return trigger


def _weekdays(part: str) -> str:
    match = _DAY_PART.fullmatch(part)
    if not match or part == "*":
        return part
    if match[1] is None:
        first, last = 0, 6
    else:
        first = _number(match[1])
        last = _number(match[2]) if match[2] else 6 if match[3] else first
    if match[2] and match[2].lower() == "sun":
        last = 7  # the end of a range that ends on Sunday
    if last < first:
        raise ValueError(f"has weekdays {part} that run backwards; write them as two parts")
    return ",".join(_DAYS[day] for day in range(first, last + 1, int(match[3] or 1)))


def _number(day: str) -> int:
    """The weekday as crontab counts it: Sunday is 0, or 7."""
    return int(day) if day.isdigit() else _DAYS.index(day.lower())


def _never(day: str, month: str, year: int) -> bool:
    """Whether no year has such a day (31 June): APScheduler would look for it until the year 9999."""
    if day == "*":
        return False
    trigger = CronTrigger(year=f"{year}-{year + _LEAP_CYCLE}", month=month, day=day, timezone=UTC)
    return trigger.get_next_fire_time(None, datetime(year, 1, 1, tzinfo=UTC)) is None
