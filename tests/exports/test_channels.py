"""channels.yaml: mistakes named, secrets kept out, quiet hours and digests told right."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealwatch.errors import DealwatchError, WatchlistError
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import Channel, Quiet, channel_named, load_channels


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "channels.yaml").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("channel", "line", "message"),
    [
        ("name: Desk\n    to: slack://x", 2, "name"),
        ("name: desk", 2, "needs either to"),
        ("name: desk\n    to: slack://a\n    webhook: http://b", 2, "one of the two"),
        ("name: desk\n    to: mailto://me:secret@example.com", 2, "password"),
        ("name: desk\n    to: no-address", 2, "no scheme"),
        ("name: desk\n    to: slack://x\n    when: digest", 2, "belong together"),
        ('name: desk\n    to: slack://x\n    when: digest\n    digest: "61 * * * *"', 5, "cron"),
        ("name: desk\n    to: slack://x\n    text: '{% for %}'", 4, "not a template"),
        ("name: desk\n    to: slack://x\n    filter: {types: [merger]}", 4, "types"),
        ("name: desk\n    to: slack://x\n    colour: red", 4, "not a known key"),
        ('name: desk\n    to: slack://x\n    quiet: {from: "22:00", to: "25:00"}', 4, "to"),
        ('name: desk\n    to: slack://x\n    quiet: {from: "22:00", to: "06:00", zone: Mars}', 4, "time zone"),
        ("name: desk\n    to: slack://x\n  - name: desk\n    to: slack://y", 4, "second channel"),
    ],
)
def test_a_mistake_names_file_line_and_field(tmp_path: Path, channel: str, line: int, message: str) -> None:
    with pytest.raises(WatchlistError) as caught:
        load_channels(written(tmp_path, f"channels:\n  - {channel}\n"))
    assert f"channels.yaml:{line}: " in str(caught.value)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_no_file_is_no_channel_and_an_unknown_one_is_named(tmp_path: Path) -> None:
    assert load_channels(tmp_path) == {}
    with pytest.raises(DealwatchError, match=r"no channel is called 'dsek'; .* has desk"):
        channel_named(written(tmp_path, "channels:\n  - {name: desk, to: 'slack://${T}'}\n"), "dsek")


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-11-20T20:59:00Z", "2026-11-20T20:59:00Z"),
        ("2026-11-20T21:00:00Z", "2026-11-21T05:00:00Z"),
        ("2026-11-21T04:59:59Z", "2026-11-21T05:00:00Z"),
        ("2026-11-21T05:00:00Z", "2026-11-21T05:00:00Z"),
    ],
)
def test_quiet_hours_run_over_midnight_in_their_zone(at: str, end: str) -> None:
    quiet = Quiet.model_validate({"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"})
    assert quiet.end_after(datetime.fromisoformat(at)) == datetime.fromisoformat(end)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times(),
    st.times(),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York"]),
)
def test_quiet_never_holds_back_a_day_nor_lets_go_too_soon(at: datetime, start: object, end: object, zone: str) -> None:
    quiet = Quiet.model_validate({"from": f"{start:%H:%M}", "to": f"{end:%H:%M}", "zone": zone})
    after = quiet.end_after(at)
    assert at <= after <= at + timedelta(hours=25)
    assert quiet.end_after(after) == after or f"{start:%H:%M}" == f"{end:%H:%M}"


def test_a_digest_leaves_at_the_next_cron_time() -> None:
    channel = Channel(name="desk", to="slack://x", when="digest", digest="0 6 * * 1-5")
    friday = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert channel.due(friday) == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_secrets_come_from_the_environment_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("# ours\nTOKEN='from-the-file'\nexport OTHER=other-value\n", "utf-8")
    file.chmod(0o600)
    secrets = Secrets.load({"DEALWATCH_SECRETS": str(file), "TOKEN": "p@ss/word"})
    assert secrets.fill("slack://${TOKEN}/${OTHER}") == "slack://p%40ss%2Fword/other-value"
    assert secrets.blot("POST /p@ss/word and p%40ss%2Fword") == "POST /*** and ***"


def test_a_secret_with_a_percent_sign_is_quoted_like_any_other() -> None:
    secrets = Secrets({"TOKEN": "50%@evil.example/x:y"})
    assert secrets.fill("http://me:${TOKEN}@host.example/") == "http://me:50%25%40evil.example%2Fx:y@host.example/"
    assert secrets.blot("http://me:50%25%40evil.example%2Fx:y@host.example/") == "http://me:***@host.example/"
    assert Secrets({"ALL": "slack://p%40ss"}).fill("${ALL}") == "slack://p%40ss"


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        ("TOKEN=x", 0o644, "chmod 600"),
        ("TOKEN", 0o600, ":1: not NAME=VALUE"),
        (None, 0o600, "cannot be read"),
    ],
)
def test_a_secrets_file_that_will_not_do(tmp_path: Path, text: str | None, mode: int, message: str) -> None:
    file = tmp_path / "secrets.env"
    if text is not None:
        file.write_text(text, "utf-8")
        file.chmod(mode)
    with pytest.raises(DealwatchError, match=message):
        Secrets.load({"DEALWATCH_SECRETS": str(file)})


def test_a_secret_that_is_not_set_is_named() -> None:
    with pytest.raises(DealwatchError, match=r"\$\{TOKEN\} is not set"):
        Secrets({}).fill("slack://${TOKEN}")
