"""When a source is due: cron lines as crontab means them, missed times counted once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealwatch.watchlist.cron import cron
from dealwatch.watchlist.due import due, is_due, next_run
from dealwatch.watchlist.sources import Source

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
minutes = st.sets(st.integers(0, 59), min_size=1, max_size=4)
hours = st.one_of(st.none(), st.sets(st.integers(0, 23), min_size=1, max_size=4))
spans = st.integers(0, 3 * 86400).map(lambda seconds: timedelta(seconds=seconds))


def source(name: str, schedule: str = "7 * * * *") -> Source:
    discover = {"feeds": [f"https://{name}.example/feed"]}
    return Source.model_validate(
        {
            "name": name,
            "title": name,
            "homepage": f"https://{name}.example/",
            "discover": discover,
            "schedule": schedule,
        }
    )


def named(at: datetime, when: set[int], hour: set[int] | None) -> bool:
    return at.minute in when and (hour is None or at.hour in hour)


def line_of(when: set[int], hour: set[int] | None) -> str:
    hour_field = ",".join(map(str, sorted(hour))) if hour else "*"
    return f"{','.join(map(str, sorted(when)))} {hour_field} * * *"


def test_a_source_that_never_ran_is_due() -> None:
    assert next_run("0 3 * * *", None, NOW) == NOW


def test_the_next_run_is_the_next_named_time() -> None:
    assert next_run("7,37 * * * *", NOW - 8 * MINUTE, NOW) == datetime(2026, 11, 23, 10, 37, tzinfo=UTC)


def test_a_run_by_hand_before_the_named_time_does_not_stand_for_it() -> None:
    assert is_due("10 * * * *", NOW.replace(minute=9, second=59), NOW)


def test_many_missed_times_are_one_run() -> None:
    sources = {name: source(name) for name in ("a", "b", "c")}
    assert due(sources, {"a": NOW - timedelta(days=30), "b": NOW - MINUTE}, NOW) == ["a", "c"]


def test_a_last_run_written_by_a_wrong_clock_does_not_silence_a_source() -> None:
    assert is_due("7 * * * *", NOW + timedelta(days=365), NOW)
    assert not is_due("7 * * * *", NOW + MINUTE, NOW)


@given(minutes, hours, spans)
def test_due_means_that_a_named_minute_began_since_the_last_start(
    when: set[int], hour: set[int] | None, span: timedelta
) -> None:
    last = NOW - span
    first = last.replace(second=0) + MINUTE
    count = int((NOW - first) / MINUTE) + 1 if first <= NOW else 0
    expected = any(named(first + n * MINUTE, when, hour) for n in range(count))
    assert is_due(line_of(when, hour), last, NOW) is expected


@given(minutes, hours, spans)
def test_a_run_settles_what_was_due_until_the_next_named_time(
    when: set[int], hour: set[int] | None, span: timedelta
) -> None:
    line = line_of(when, hour)
    following = next_run(line, NOW, NOW)
    assert following > NOW
    assert named(following, when, hour)
    assert is_due(line, NOW, NOW + span) is (following <= NOW + span)


@pytest.mark.parametrize(
    ("line", "following"),
    [
        ("0 9 * * 0", "2026-11-29T09:00"),  # crontab's Sunday
        ("0 9 * * 7", "2026-11-29T09:00"),
        ("0 9 * * 1", "2026-11-30T09:00"),
        ("0 9 * * 2-4", "2026-11-24T09:00"),
        ("0 9 * * 6,0", "2026-11-28T09:00"),
        ("0 9 * * fri", "2026-11-27T09:00"),
        ("0 9 * * */2", "2026-11-24T09:00"),
        ("0 9 * * sun-tue", "2026-11-24T09:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("*/20 * * * *", "2026-11-23T10:20"),
    ],
)
def test_cron_lines_mean_what_crontab_means(line: str, following: str) -> None:
    at = cron(line).get_next_fire_time(None, NOW)
    assert at == datetime.fromisoformat(following).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("61 * * * *", "not a cron line"),
        ("* * * *", "five fields"),
        ("", "five fields"),
        ("0 9 31 6 *", "no such month has"),
        ("0 9 1 * 1", "keep one of the two"),
        ("0 9 * * 5-1", "backwards"),
        ("0 9 * * 8", "not a cron line"),
        ("0 9 last * *", "day of the month"),
        ("x * * * *", "not a cron line"),
    ],
)
def test_lines_that_say_nothing_sensible_are_refused(line: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        cron(line)
