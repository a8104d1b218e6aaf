"""Ctrl-C, as a person presses it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from dealwatch.archive import Archive
from tests.demo.conftest import ROOT


def start(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from dealwatch.cli import main; main()", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_stopped_demo_says_so_and_nothing_more(tmp_path: Path) -> None:
    db = tmp_path / "demo" / "dealwatch.db"
    demo = start("demo", "--db", str(db), "--watchlist", str(ROOT / "watchlist"))
    for _ in range(400):
        if db.exists():
            break
        time.sleep(0.05)
    time.sleep(0.7)
    demo.send_signal(signal.SIGINT)
    out, err = demo.communicate(timeout=60)
    assert (demo.returncode, out) == (130, ""), err
    assert "dealwatch: stopped" in err.splitlines()[-1]
    assert "Traceback" not in err


def test_ctrl_c_ends_the_review_page_quietly(tmp_path: Path) -> None:
    db = tmp_path / "deals.db"
    Archive.open(db).close()
    (tmp_path / "watchlist").mkdir()
    (tmp_path / "watchlist" / "channels.yaml").write_text("channels: []\n")
    page = start("review", "--port", "0", "--no-open", "--db", str(db), "--watchlist", str(tmp_path / "watchlist"))
    assert page.stdout is not None
    assert page.stdout.readline().startswith("Review page: ")
    time.sleep(1)
    page.send_signal(signal.SIGINT)
    _, err = page.communicate(timeout=30)
    assert (page.returncode, err.strip()) == (0, "")
