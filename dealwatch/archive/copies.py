"""Near copies among flagged stories: which article is the reprint of which, found through bands of MinHash."""

import sqlite3
from collections.abc import Sequence

from dealwatch.archive.archive import Archive
from dealwatch.deals import similarity


def place(archive: Archive, article_id: int, text: str | None) -> None:
    """Index the article's text (None: take it out), and say anew who copied whom among all that are like it.

    The original of a group of copies is its earliest story, whatever the order in which they came.
    """
    old = _sketch(archive, article_id)
    new = similarity.signature(text) if text else None
    if old == new:
        return
    around = {article_id, *(like(archive, old) if old else ())}
    if old is not None:
        archive.many(
            "DELETE FROM bands WHERE band = ? AND article_id = ?",
            [(band, article_id) for band in similarity.bands(old)],
        )
        archive.execute("DELETE FROM sketches WHERE article_id = ?", [article_id])
    add(archive, article_id, new)
    for group in _groups(archive, around):
        _name_original(archive, group)


def add(archive: Archive, article_id: int, sketch: bytes | None) -> None:
    """Put an article's signature into the index, where there was none."""
    if sketch is None:
        return
    archive.execute("INSERT INTO sketches (article_id, sketch) VALUES (?, ?)", [article_id, sketch])
    archive.many(
        "INSERT OR IGNORE INTO bands (band, article_id) VALUES (?, ?)",
        [(band, article_id) for band in similarity.bands(sketch)],
    )


def sketches(archive: Archive, article_ids: Sequence[int]) -> dict[int, bytes]:
    """The stored signatures of these articles."""
    marks = ",".join("?" * len(article_ids))
    rows = archive.rows(f"SELECT article_id, sketch FROM sketches WHERE article_id IN ({marks})", article_ids)
    return {row["article_id"]: row["sketch"] for row in rows}


def _sketch(archive: Archive, article_id: int) -> bytes | None:
    found: bytes | None = archive.value("SELECT sketch FROM sketches WHERE article_id = ?", [article_id])
    return found


def like(archive: Archive, sketch: bytes) -> dict[int, float]:
    """The stored articles whose text is a copy of the one with this signature, itself included; with their likeness."""
    keys = similarity.bands(sketch)
    rows = archive.rows(
        "SELECT article_id, sketch FROM sketches WHERE article_id IN"
        f" (SELECT article_id FROM bands WHERE band IN ({','.join('?' * len(keys))}))",
        keys,
    )
    likes = {row["article_id"]: similarity.likeness(sketch, row["sketch"]) for row in rows}
    return {other: share for other, share in likes.items() if share >= similarity.COPY}


def _groups(archive: Archive, seeds: set[int]) -> list[list[int]]:
    """The groups of copies that the seeds are in, over any number of steps."""
    groups: list[list[int]] = []
    seen: set[int] = set()
    for seed in sorted(seeds):
        if seed in seen:
            continue
        group, queue = [], [seed]
        seen.add(seed)
        while queue:
            article_id = queue.pop()
            group.append(article_id)
            sketch = _sketch(archive, article_id)
            near = set(like(archive, sketch)) - seen if sketch else set()
            seen |= near
            queue += sorted(near)
        groups.append(group)
    return groups


def _name_original(archive: Archive, group: Sequence[int]) -> None:
    marks = ",".join("?" * len(group))
    rows: list[sqlite3.Row] = archive.rows(
        "SELECT a.id, a.copy_of, s.sketch FROM articles a LEFT JOIN sketches s ON s.article_id = a.id"
        f" WHERE a.id IN ({marks}) ORDER BY coalesce(a.published_at, a.first_seen_at), a.key",
        group,
    )
    original, *copies = rows
    archive.execute("UPDATE articles SET copy_of = NULL, copy_score = NULL WHERE id = ?", [original["id"]])
    for copy in copies:
        score = round(similarity.likeness(original["sketch"], copy["sketch"]), 3)
        archive.execute(
            "UPDATE articles SET copy_of = ?, copy_score = ? WHERE id = ?", [original["id"], score, copy["id"]]
        )
