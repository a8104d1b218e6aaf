"""Deliveries from trigger to receiver: who gets what, when, how often, and what is said when it does not work."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dealwatch import clock
from dealwatch.archive import Archive, outbox
from dealwatch.cli import cli
from dealwatch.errors import DealwatchError
from dealwatch.exports.delivery import deliver
from dealwatch.exports.secrets import Secrets
from dealwatch.watchlist.channels import Channel, load_channels
from tests.exports.conftest import AT, BODY, add, mention
from tests.exports.receiver import Receiver

TOKEN = "tok-3n-very-secret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def channel(receiver: Receiver, name: str = "desk", **changes: Any) -> Channel:
    fields: dict[str, Any] = {"webhook": f"{receiver.url}/{name}", "only_confirmed": False, "retry_seconds": 0}
    return Channel(name=name, **{**fields, **changes})


def story(archive: Archive, channels: Sequence[Channel], *mentions: Any, **changes: Any) -> tuple[int, ...]:
    """A story stored as the crawler stores it: with the deliveries it triggers, in one transaction."""
    with archive.atomic():
        saved = add(archive, *mentions, **changes)
        outbox.triggered(archive, outbox.routes(channels), saved.alerts, AT)
    return saved.alerts


def confirm(archive: Archive, channels: Sequence[Channel], alert_id: int, state: str = "confirmed") -> None:
    with archive.atomic():
        archive.execute("UPDATE alerts SET state = ? WHERE id = ?", [state, alert_id])
        outbox.triggered(archive, outbox.routes(channels), [alert_id], AT)


def send(archive: Archive, *channels: Channel) -> Any:
    return deliver(archive, {channel.name: channel for channel in channels}, Secrets({"TOKEN": TOKEN}))


def test_a_new_deal_goes_once_as_json_with_a_key(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver)
    story(archive, [desk], mention("Pinduoduo", "Amazon"))
    assert send(archive, desk).sent == 1
    assert send(archive, desk).sent == 0
    [(path, headers, body)] = receiver.requests
    assert path == "/desk"
    assert headers["idempotency-key"] == body["key"]
    assert body["subject"] == "Pinduoduo / Amazon: storefront announced"
    assert "Amazon opened a store with Pinduoduo" in body["text"]
    assert body["deals"][0]["news"] == "new deal"
    assert BODY not in json.dumps(body)


def test_what_each_policy_gets(archive: Archive, receiver: Receiver) -> None:
    everything = channel(receiver, "everything", revisions=True)
    first = channel(receiver, "first")
    confirmed = channel(receiver, "confirmed", only_confirmed=True)
    steps = channel(receiver, "steps", only_confirmed=True, revisions=True)
    exits = channel(receiver, "exits", filter={"types": ["exit"]})
    channels = [everything, first, confirmed, steps, exits]

    def got() -> dict[str, int]:
        send(archive, *channels)
        return {name: receiver.taken[f"/{name}", 1] for name in ("everything", "first", "confirmed", "steps", "exits")}

    [alert] = story(archive, channels, mention("Pinduoduo", "Amazon"))
    assert got() == {"everything": 1, "first": 1, "confirmed": 0, "steps": 0, "exits": 0}
    confirm(archive, channels, alert)
    assert got() == {"everything": 1, "first": 1, "confirmed": 1, "steps": 1, "exits": 0}
    confirm(archive, channels, alert)  # confirmed twice: once a revision
    assert story(archive, channels, mention("Pinduoduo", "Amazon", status="completed")) == (alert,)
    assert got() == {"everything": 2, "first": 1, "confirmed": 1, "steps": 2, "exits": 0}


def test_history_is_never_delivered(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver, revisions=True)
    assert story(archive, [desk], mention("Pinduoduo", "Amazon"), published=AT - timedelta(days=30)) == ()
    assert send(archive, desk).sent == 0
    assert outbox.deliveries(archive) == []


def test_trigger_and_delivery_stand_or_fall_together(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver)
    with pytest.raises(RuntimeError), archive.atomic():
        story(archive, [desk], mention("Pinduoduo", "Amazon"))
        raise RuntimeError("the power went")
    assert outbox.deliveries(archive) == []
    assert archive.value("SELECT count(*) FROM alerts") == 0


def test_dismissed_before_it_left_is_not_sent(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver)
    [alert] = story(archive, [desk], mention("Pinduoduo", "Amazon"))
    confirm(archive, [desk], alert, "dismissed")
    assert send(archive, desk).sent == 0
    assert receiver.requests == []


@pytest.mark.parametrize("status", [302, 400, 404, 410, 500])
def test_only_a_2xx_is_sent_and_tries_end_loudly(archive: Archive, receiver: Receiver, status: int) -> None:
    desk = channel(receiver, tries=3)
    receiver.answers["/desk"] = status
    story(archive, [desk], mention("Pinduoduo", "Amazon"))
    assert [send(archive, desk).put_off for _ in range(2)] == [1, 1]
    tally = send(archive, desk)
    assert (tally.gave_up, tally.sent) == (1, 0)
    assert str(status) in tally.errors[0]
    [row] = outbox.deliveries(archive)
    assert (row.state, row.attempts) == ("failed", 3)
    assert [path for path, _, _ in receiver.requests] == ["/desk"] * 3  # no redirect was followed
    receiver.answers.clear()
    assert outbox.retry(archive, "desk", AT) == 1
    assert send(archive, desk).sent == 1
    keys = {headers["idempotency-key"] for _, headers, _ in receiver.requests}
    assert len(keys) == 1


def test_pauses_grow(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver, retry_seconds=100)
    receiver.answers["/desk"] = 500
    story(archive, [desk], mention("Pinduoduo", "Amazon"))
    pauses = []
    for _ in range(4):
        before = clock.now()
        assert send(archive, desk).put_off == 1
        assert send(archive, desk).put_off == 0
        [row] = outbox.deliveries(archive)
        assert row.next_try_at is not None
        pauses.append(round((row.next_try_at - before).total_seconds(), -1))
        archive.execute("UPDATE deliveries SET next_try_at = ?", [clock.iso(before)])
    assert pauses == [100, 200, 400, 800]


def test_one_channel_in_trouble_does_not_hold_up_the_others(archive: Archive, receiver: Receiver) -> None:
    closed = Channel(name="closed", webhook="http://127.0.0.1:9/x", only_confirmed=False)
    unset = channel(receiver, "unset", webhook="http://127.0.0.1:9/${NOT_SET}")
    broken = channel(receiver, "broken", text="{{ deal.colour }}")
    desk = channel(receiver)
    channels = [closed, unset, broken, desk]
    story(archive, channels, mention("Pinduoduo", "Amazon"))
    tally = send(archive, *channels)
    assert (tally.sent, tally.put_off) == (1, 3)
    assert sorted(error.split(":")[0] for error in tally.errors) == [
        "channel broken",
        "channel closed",
        "channel unset",
    ]
    assert any("${NOT_SET} is not set" in error for error in tally.errors)
    assert any("template fails" in error and "colour" in error for error in tally.errors)


def test_a_channel_taken_out_of_the_file_gives_up_loudly(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver)
    story(archive, [desk], mention("Pinduoduo", "Amazon"))
    tally = send(archive)
    assert tally.gave_up == 1
    assert "not in channels.yaml any more" in tally.errors[0]


def test_a_digest_is_one_message_at_its_time(archive: Archive, receiver: Receiver) -> None:
    digest = channel(receiver, "digest", when="digest", digest="0 6 * * *", revisions=True)
    for number in range(5):
        story(archive, [digest], mention(f"Platform {number}", f"Brand {number}"))
    story(archive, [digest], mention("Platform 1", "Brand 1", status="completed"))
    receiver.answers["/digest"] = 500
    assert send(archive, digest).put_off == 6  # AT is long past: its six o'clock has come
    late = story(archive, [digest], mention("Temu", "Walmart"))
    receiver.answers.clear()
    assert send(archive, digest).sent == 6
    (_, first, _), (_, again, body) = receiver.requests
    assert first["idempotency-key"] == again["idempotency-key"]  # the same message, though one more waits by now
    assert body["subject"] == "5 deals"
    assert len(body["deals"]) == 5
    assert body["deals"][1]["news"] == "new deal; status announced → completed"
    assert late
    assert send(archive, digest).sent == 1


def test_a_digest_waits_for_its_time_and_quiet_hours_hold(archive: Archive, receiver: Receiver) -> None:
    now = clock.now()
    later = now + timedelta(hours=2)
    digest = channel(receiver, "digest", when="digest", digest=f"{later.minute} {later.hour} * * *")
    quiet = channel(
        receiver,
        "quiet",
        quiet={"from": f"{now - timedelta(hours=1):%H:%M}", "to": f"{now + timedelta(hours=1):%H:%M}"},
    )
    with archive.atomic():
        saved = add(archive, mention("Pinduoduo", "Amazon"))
        outbox.triggered(archive, outbox.routes([digest, quiet]), saved.alerts, now)
    assert send(archive, digest, quiet).sent == 0
    assert receiver.requests == []
    assert {row.channel for row in outbox.deliveries(archive, ("waiting",))} == {"digest", "quiet"}


def test_apprise_addresses_take_the_key_too(archive: Archive, receiver: Receiver) -> None:
    desk = channel(receiver, webhook=None, to=f"{receiver.url.replace('http', 'json')}/desk")
    story(archive, [desk], mention("Pinduoduo", "Amazon"))
    receiver.answers["/desk"] = 404
    tally = send(archive, desk)
    assert (tally.sent, tally.put_off) == (0, 1)
    receiver.answers.clear()
    assert send(archive, desk).sent == 1
    [(_, first, _), (_, second, body)] = receiver.requests
    assert first["idempotency-key"] == second["idempotency-key"]
    assert body["title"] == "Pinduoduo / Amazon: storefront announced"


def test_a_template_of_ones_own_in_a_sandbox(archive: Archive, receiver: Receiver) -> None:
    own = channel(
        receiver, "own", subject="{{ deal.heading | upper }}", text="{% for d in deals %}{{ d.id }}{% endfor %}"
    )
    escape = channel(receiver, "escape", text="{{ deal.__class__.__mro__[-1].__subclasses__() }}")
    story(archive, [own, escape], mention("Pinduoduo", "Amazon"))
    tally = send(archive, own, escape)
    assert (tally.sent, tally.put_off) == (1, 1)
    assert "unsafe" in tally.errors[0] or "template fails" in tally.errors[0]
    [(_, _, body)] = receiver.requests
    assert (body["subject"], body["text"]) == ("PINDUODUO / AMAZON", "1")


def test_a_deal_whose_only_story_was_taken_back_is_not_sent_and_holds_up_nothing(
    archive: Archive, receiver: Receiver
) -> None:
    desk = channel(receiver)
    url = "https://news.example/taken-back"
    story(archive, [desk], mention("Pinduoduo", "Amazon"), url=url)
    kept = outbox.deliveries(archive)[0]
    story(archive, [desk], url=url, text="We regret the error.")
    assert outbox.deliveries(archive) == []
    archive.execute(
        "INSERT OR IGNORE INTO alerts (id, deal_id, state, raised_at, revised_at, revision)"
        " VALUES (?, ?, 'confirmed', ?, ?, 1)",
        [kept.alert_id, kept.deal_id, clock.iso(AT), clock.iso(AT)],
    )
    archive.execute(
        "INSERT INTO deliveries (alert_id, revision, channel, state, next_try_at, created_at)"
        " VALUES (?, 1, 'desk', 'waiting', ?, ?)",
        [kept.alert_id, clock.iso(AT), clock.iso(AT)],
    )
    story(archive, [desk], mention("Temu", "Walmart"))
    assert send(archive, desk).sent == 1
    assert outbox.deliveries(archive, ("waiting",)) == []
    [(_, _, body)] = receiver.requests
    assert "Walmart" in body["subject"]


def test_each_delivery_has_its_own_tries_when_the_channel_cannot_be_spoken_to(
    archive: Archive, receiver: Receiver
) -> None:
    unset = channel(receiver, webhook="http://127.0.0.1:9/${NOT_SET}", tries=2)
    story(archive, [unset], mention("Pinduoduo", "Amazon"))
    assert send(archive, unset).put_off == 1
    story(archive, [unset], mention("Temu", "Walmart"))
    tally = send(archive, unset)
    assert (tally.gave_up, tally.put_off) == (1, 1)


def test_the_fresh_deliveries_of_a_digest_have_their_own_tries(archive: Archive, receiver: Receiver) -> None:
    unset = channel(receiver, when="digest", digest="0 6 * * *", webhook="http://127.0.0.1:9/${NOT_SET}", tries=2)
    story(archive, [unset], mention("Pinduoduo", "Amazon"))
    assert send(archive, unset).put_off == 1
    story(archive, [unset], mention("Temu", "Walmart"))
    digest = channel(receiver, when="digest", digest="0 6 * * *", tries=2)
    receiver.answers["/desk"] = 500
    tally = send(archive, digest)
    assert (tally.gave_up, tally.put_off) == (1, 1)


def test_what_waits_in_quiet_hours_is_due_at_their_end(archive: Archive, receiver: Receiver) -> None:
    now = clock.now()
    end = (now + timedelta(hours=1)).replace(second=0, microsecond=0)
    desk = channel(receiver)
    story(archive, [desk], mention("Pinduoduo", "Amazon"))
    start = now - timedelta(hours=1)
    quiet = channel(receiver, quiet={"from": f"{start:%H:%M}", "to": f"{end:%H:%M}"})
    assert send(archive, quiet).sent == 0
    assert outbox.next_due(archive) == end


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(db: Path, watchlist: Path, *arguments: str) -> Done:
    """The command as `main` runs it, in this process."""
    environment = {"TOKEN": TOKEN, "DEALWATCH_DB": str(db), "DEALWATCH_WATCHLIST": str(watchlist)}
    result = CliRunner().invoke(cli, arguments, env=environment)
    if isinstance(result.exception, DealwatchError):
        return Done(result.exception.exit_code, result.stdout, result.stderr + str(result.exception))
    trouble = "" if isinstance(result.exception, SystemExit | None) else f"Traceback {result.exception!r}"
    return Done(result.exit_code, result.stdout, result.stderr + trouble)


def test_a_channel_that_neither_the_file_nor_the_outbox_knows(archive: Archive, db: Path, tmp_path: Path) -> None:
    for more in ((), ("--retry",)):
        done = run(db, tmp_path, "deliveries", "--channel", "nope", *more)
        assert done.returncode == 2
        assert "no channel is called 'nope'" in done.stderr


def test_the_commands_and_no_secret_anywhere(archive: Archive, db: Path, tmp_path: Path, receiver: Receiver) -> None:
    (tmp_path / "channels.yaml").write_text(
        "channels:\n"
        f"  - {{name: desk, webhook: '{receiver.url}/desk?token=${{TOKEN}}', only_confirmed: false, tries: 1}}\n"
        f"  - {{name: gone, webhook: '{receiver.url}/gone/${{TOKEN}}', only_confirmed: false, tries: 1}}\n"
        f"  - {{name: app, to: 'json://127.0.0.1:9/${{TOKEN}}', only_confirmed: false, tries: 1}}\n",
        "utf-8",
    )
    channels = load_channels(tmp_path)
    receiver.answers[f"/gone/{TOKEN}"] = 404
    story(archive, list(channels.values()), mention("Pinduoduo", "Amazon"))
    outputs = [
        run(db, tmp_path, "deliver", "--json"),
        run(db, tmp_path, "deliveries"),
        run(db, tmp_path, "deliveries", "--json", "--state", "failed"),
        run(db, tmp_path, "channels", "list"),
        run(db, tmp_path, "channels", "list", "--json"),
        run(db, tmp_path, "channels", "test", "desk"),
        run(db, tmp_path, "channels", "test", "gone"),
        run(db, tmp_path, "channels", "test", "none"),
        run(db, tmp_path, "deliveries", "--retry"),
        run(db, tmp_path, "deliver"),
    ]
    assert [output.returncode for output in outputs] == [3, 0, 0, 0, 0, 0, 3, 2, 0, 3]
    figures = json.loads(outputs[0].stdout)
    assert (figures["sent"], figures["gave_up"], figures["waiting"], figures["failed"]) == (1, 2, 0, 2)
    failed = [json.loads(line) for line in outputs[2].stdout.splitlines()]
    assert {row["channel"] for row in failed} == {"gone", "app"}
    assert any("404" in row["error"] for row in failed)
    assert "answered 404" in outputs[6].stderr
    assert "no channel is called 'none'" in outputs[7].stderr
    assert outputs[8].stdout.strip() == "2 wait again"
    said = "".join(output.stdout + output.stderr for output in outputs)
    assert "Traceback" not in said
    assert TOKEN not in said
    assert TOKEN.encode() not in db.read_bytes()


def test_no_archive_and_a_broken_file_are_one_clear_line(db: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "none.db", tmp_path, "deliver")
    assert (done.returncode, (tmp_path / "none.db").exists()) == (2, False)
    (tmp_path / "channels.yaml").write_text("channels:\n  - name: desk\n", "utf-8")
    Archive.open(db).close()
    done = run(db, tmp_path, "deliver")
    assert done.returncode == 2
    assert "channels.yaml:2" in done.stderr
