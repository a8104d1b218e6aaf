"""500 alerts to 3 channels, the sender killed with `kill -9` 50 times, the receiver failing one time in five.

python -m benchmarks.deliveries [--alerts 500] [--kills 50] [--seed 1]

Counted at the receiver: how many never came, how many came twice, and how many a receiver that honours the
Idempotency-Key would have acted on twice.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dealwatch.archive import Archive, outbox
from tests.exports.conftest import AT, add, mention
from tests.exports.receiver import Receiver

CHANNELS = 3


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    dice = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name, Receiver(failing=0.2, seed=given.seed) as receiver:
        folder = Path(name)
        fill(folder, receiver.url, given.alerts)
        command = [sys.executable, "-m", "dealwatch", "deliver", "--wait", "--db", str(folder / "deals.db")]
        command += ["--watchlist", str(folder)]
        killed = sum(kill_once(command, receiver, dice) for _ in range(given.kills))
        subprocess.run(command, capture_output=True, check=False)
        with Archive.open(folder / "deals.db") as archive:
            counts = outbox.counts(archive)
    expected = given.alerts * CHANNELS
    print(f"{expected} deliveries, {killed} kills while sending, {len(receiver.requests)} requests, outbox {counts}")
    repeated = receiver.taken.total() - len(receiver.taken)
    print(f"lost {expected - len(receiver.taken)}, repeated {repeated} (limit {killed})")
    print(f"acted on twice where the key is honoured: {receiver.effects.total() - len(receiver.effects)}")


def fill(folder: Path, url: str, alerts: int) -> None:
    channels = "".join(
        f"  - {{name: c{number}, webhook: '{url}/c{number}', only_confirmed: false, retry_seconds: 0, tries: 99}}\n"
        for number in range(CHANNELS)
    )
    (folder / "channels.yaml").write_text(f"channels:\n{channels}", "utf-8")
    routes = outbox.load_routes(folder)
    with Archive.open(folder / "deals.db") as archive:
        for number in range(alerts):
            with archive.atomic():
                saved = add(archive, mention(f"Platform {number}", f"Brand {number}"))
                outbox.triggered(archive, routes, saved.alerts, AT)


def kill_once(command: list[str], receiver: Receiver, dice: random.Random) -> bool:
    """Whether the sender was killed while it was at work; False if it had finished."""
    already = len(receiver.requests)
    sender = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(receiver.requests) == already and sender.poll() is None:
        time.sleep(0.005)
    time.sleep(dice.uniform(0, 0.08))
    at_work = sender.poll() is None
    sender.send_signal(signal.SIGKILL)
    sender.wait()
    return at_work


if __name__ == "__main__":
    main()
