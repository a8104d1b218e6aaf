"""The sender killed with `kill -9` while it works, the receiver failing one time in five: nothing lost."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from dealwatch.archive import Archive, outbox
from dealwatch.watchlist.channels import load_channels
from tests.exports.conftest import AT, add, mention
from tests.exports.receiver import Receiver

ALERTS, CHANNELS, KILLS = 60, 3, 5


def test_killed_at_random_nothing_is_lost_and_little_repeated(archive: Archive, db: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    with Receiver(failing=0.2) as receiver:
        (tmp_path / "channels.yaml").write_text(
            "channels:\n" + "".join(
                f"  - {{name: c{number}, webhook: '{receiver.url}/c{number}', only_confirmed: false,"
                " retry_seconds: 0, tries: 30}\n"
                for number in range(CHANNELS)
            ),
            "utf-8",
        )  # fmt: skip
        routes = outbox.routes(load_channels(tmp_path).values())
        for number in range(ALERTS):
            with archive.atomic():
                saved = add(archive, mention(f"Platform {number}", f"Brand {number}"))
                assert outbox.triggered(archive, routes, saved.alerts, AT) == CHANNELS
        command = [
            sys.executable,
            "-m",
            "dealwatch",
            "deliver",
            "--wait",
            "--db",
            str(db),
            "--watchlist",
            str(tmp_path),
        ]
        for _ in range(KILLS):
            already = len(receiver.requests)
            sender = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while len(receiver.requests) == already and sender.poll() is None:
                time.sleep(0.005)
            time.sleep(dice.uniform(0, 0.05))
            sender.send_signal(signal.SIGKILL)
            sender.wait()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3), done.stderr
    assert outbox.counts(archive) == {"waiting": 0, "sent": ALERTS * CHANNELS, "failed": 0}
    assert len(receiver.taken) == ALERTS * CHANNELS  # none lost
    assert receiver.taken.total() <= ALERTS * CHANNELS + KILLS  # at most one repeat a kill
    assert set(receiver.effects.values()) == {1}  # none where the key is honoured
