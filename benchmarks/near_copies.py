"""Near copies among 100,000 documents: recall by kind of edit, precision, and the time of one look-up."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from dealwatch.archive import Archive, copies
from dealwatch.deals import similarity

SIZES = (1_000, 10_000, 100_000)
EDITED = 500
"""Documents of which each kind of copy is made, and looked up, at every size."""
_SOUNDS = ("ba", "ke", "lo", "mi", "nu", "pra", "ste", "tor", "vel", "zan", "chi", "dre", "fol", "gar", "hin", "jul")


class News:
    """Documents like news: 100 to 350 words, common words often and rare ones seldom, set phrases in all of them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._words = ["".join(self._random.choices(_SOUNDS, k=2 + number % 3)) for number in range(20_000)]
        self._weights = list(accumulate(1 / (rank + 20) for rank in range(len(self._words))))
        self._phrases = [" ".join(self._pick(5)) for _ in range(200)]

    def _pick(self, count: int) -> list[str]:
        return self._random.choices(self._words, cum_weights=self._weights, k=count)

    def document(self) -> str:
        words: list[str] = []
        for _ in range(self._random.randint(9, 25)):
            words += self._pick(self._random.randint(8, 14))
            if self._random.random() < 0.3:
                words += self._random.choice(self._phrases).split()
        return " ".join(words)

    def edited(self, text: str, share: float) -> str:
        """With that share of the words replaced by others."""
        words = text.split()
        for at in self._random.sample(range(len(words)), round(share * len(words))):
            words[at] = self._pick(1)[0]
        return " ".join(words)

    def headed(self, text: str) -> str:
        """With another byline and lead before it."""
        return f"{' '.join(self._pick(25))} {text}"

    def cut(self, text: str) -> str:
        """Without its last quarter."""
        words = text.split()
        return " ".join(words[: len(words) * 3 // 4])


def main(_: list[str] | None = None) -> None:
    news = News(20261123)
    edits: dict[str, Callable[[str], str]] = {
        "10% of words": lambda text: news.edited(text, 0.1),
        "30% of words": lambda text: news.edited(text, 0.3),
        "new head": news.headed,
        "cut tail": news.cut,
    }
    print(f"{'stored':>8} {'copy':<14} {'recall':>7} {'precision':>10} {'p50 ms':>7} {'p99 ms':>7}")
    with tempfile.TemporaryDirectory() as folder, Archive.open(Path(folder) / "copies.db") as archive:
        originals: list[tuple[int, str]] = []
        stored = 0
        for size in SIZES:
            stored = _store(archive, news, stored, size, originals)
            for name, edit in edits.items():
                _measure(archive, size, name, [(article_id, edit(text)) for article_id, text in originals])


def _store(archive: Archive, news: News, stored: int, size: int, originals: list[tuple[int, str]]) -> int:
    """Fill the archive up to `size` documents; keep those of the first thousand that copies are made of."""
    with archive.atomic():
        archive.execute("INSERT OR IGNORE INTO sources (name, first_seen_at) VALUES ('bench', '2026-01-01T00:00:00Z')")
        for number in range(stored + 1, size + 1):
            text = news.document()
            if len(originals) < EDITED:
                originals.append((number, text))
            archive.execute(
                "INSERT INTO articles (id, source, key, url, title, first_seen_at, text_source)"
                " VALUES (?, 'bench', ?, '', '', '2026-01-01T00:00:00Z', 'page')",
                [number, str(number)],
            )
            copies.add(archive, number, similarity.signature(text))
    return size


def _measure(archive: Archive, size: int, name: str, wanted: list[tuple[int, str]]) -> None:
    hits = found = 0
    times: list[float] = []
    for article_id, text in wanted:
        started = time.perf_counter()
        sketch = similarity.signature(text)
        likes = copies.like(archive, sketch) if sketch else {}
        times.append(1000 * (time.perf_counter() - started))
        hits += article_id in likes
        found += len(likes)
    quantiles = statistics.quantiles(times, n=100)
    precision = hits / found if found else 1.0
    figures = f"{hits / len(wanted):>7.3f} {precision:>10.4f} {quantiles[49]:>7.2f} {quantiles[98]:>7.2f}"
    print(f"{size:>8,} {name:<14} {figures}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
