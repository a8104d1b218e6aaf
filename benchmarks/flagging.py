"""What flagging a story costs, for those that leave at once and those that stay, beside cleaning a page."""

import json
import statistics
import sys
import time
from pathlib import Path

from benchmarks.pipeline import bare_clean, from_folder
from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import Story
from dealwatch.watchlist.flagger import load_flagger

ROOT = Path(__file__).parents[1]
CLEANING_MS = 22.0
"""What cleaning one real page takes at the least, where no pages are given to measure it by in the same run."""
CLEANED = 40
"""Pages that are cleaned to measure it."""


def stories() -> list[Story]:
    rows = [
        json.loads(line)
        for path in [
            *sorted((ROOT / "tests" / "gold").glob("*.jsonl")),
            *sorted((ROOT / "watchlist" / "labelled" / "news").glob("ordinary*.jsonl")),
        ]
        for line in path.read_text("utf-8").splitlines()
    ]
    return [Story(row["id"], row["title"], row["text"], row["lang"]) for row in rows]


def milliseconds(flagger: Flagger, story: Story, rounds: int = 3) -> float:
    """The best of a few rounds: what the work costs, not what else the machine was doing."""
    best = float("inf")
    for _ in range(rounds):
        started = time.perf_counter()
        flagger.flag(story)
        best = min(best, time.perf_counter() - started)
    return best * 1000


def cleaning(folder: Path | None) -> float:
    """Milliseconds that cleaning a page takes on one core: the mean over pages of the folder."""
    if folder is None:
        return CLEANING_MS
    pages = from_folder(folder)[:CLEANED]
    bare_clean(pages[0])
    started = time.perf_counter()
    for page in pages:
        bare_clean(page)
    return (time.perf_counter() - started) / len(pages) * 1000


def main(arguments: list[str]) -> None:
    cleaned = cleaning(Path(arguments[1]) if arguments else None)
    print(f"cleaning a page: {cleaned:.1f} ms")
    started = time.perf_counter()
    flagger = load_flagger(ROOT / "watchlist")
    took = time.perf_counter() - started
    print(f"loading {len(flagger.names)} entities and {len(flagger.rules.rules)} rules: {took:.2f} s")
    costs = [(flagger.read(story) is not None, milliseconds(flagger, story)) for story in stories()]
    for label, chosen in (
        ("leave at once", [cost for stays, cost in costs if not stays]),
        ("stay", [cost for stays, cost in costs if stays]),
        ("all", [cost for _, cost in costs]),
    ):
        if chosen:
            mean = statistics.mean(chosen)
            print(
                f"{label:14} {len(chosen):4} stories  mean {mean:.3f} ms  median {statistics.median(chosen):.3f}  worst"
                f" {max(chosen):6.3f}  = {mean / cleaned:.1%} of cleaning a page"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
