"""Stories: an article, its versions, and what it reports, stored together in one short transaction."""

import difflib
import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from dealwatch.archive import copies, folding, frontier, search
from dealwatch.archive.archive import Archive
from dealwatch.archive.mentions import rulesets
from dealwatch.clock import iso
from dealwatch.deals.families import Families
from dealwatch.deals.records import Mention

Outcome = Literal["new", "copy", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A cleaned article on its way into the archive. `key` is the identity of its canonical address."""

    source: str
    address_id: int
    key: str
    url: str
    title: str
    text: str
    author: str | None
    site: str | None
    lang: str | None
    published: datetime | None
    published_from: str | None
    modified: datetime | None
    modified_from: str | None
    text_source: Literal["page", "feed"]
    fetched_at: datetime | None = None
    """When the page was fetched; None: when it is stored."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a story: its article, and the alerts it raised or revised. `copy`: new, but a reprint."""

    outcome: Outcome
    article_id: int
    alerts: tuple[int, ...] = ()


def save(
    archive: Archive,
    story: StoryRecord,
    mentions: Sequence[Mention],
    ruleset: str,
    at: datetime,
    history_after_days: int,
    families: Families | None = None,
) -> Saved:
    """Store a story and all that follows from it, or nothing. Saving the same story again changes nothing.

    The same text again is no new version, nor are the feed's words where the page's text is known already; but what
    other rules find in the same text takes the place of what was found before. A story whose news is older than
    `history_after_days` when first seen is history: it raises no alert.
    """
    digest = hashlib.sha256(f"{story.title}\0{story.text}".encode("utf-8", "replace")).hexdigest()
    families = families or Families()
    with archive.atomic():
        article = _known(archive, story)
        outcome, article_id, version_id = _place(archive, article, story, digest, at, history_after_days)
        alerts: tuple[int, ...] = ()
        if version_id is not None and (
            outcome != "unchanged" or _judged_otherwise(archive, article_id, mentions, ruleset)
        ):
            copies.place(archive, article_id, story.text if mentions else None)
            alerts = folding.fold(archive, article_id, version_id, mentions, ruleset, families, at)
        frontier.done(archive, story.address_id, article_id, story.fetched_at or at)
        if story.text_source == "page":
            frontier.met(archive, story.key, article_id, story.fetched_at or at)
        if outcome == "new" and archive.value("SELECT copy_of FROM articles WHERE id = ?", [article_id]):
            outcome = "copy"
    return Saved(outcome, article_id, alerts)


def _known(archive: Archive, story: StoryRecord) -> sqlite3.Row | None:
    """The article that the story is: by its own address, or by the one that led to it before."""
    return archive.row("SELECT * FROM articles WHERE key = ?", [story.key]) or archive.row(
        "SELECT * FROM articles WHERE id = (SELECT article_id FROM addresses WHERE id = ?)", [story.address_id]
    )


def _place(
    archive: Archive,
    article: sqlite3.Row | None,
    story: StoryRecord,
    digest: str,
    at: datetime,
    history_after_days: int,
) -> tuple[Outcome, int, int | None]:
    """The article's row and version; the version is None where the stored text is better than what came."""
    if article is None:
        article_id, outcome = _insert(archive, story, at, history_after_days), "new"
    elif article["text_source"] == "page" and story.text_source == "feed":
        return "unchanged", article["id"], None
    else:
        article_id = article["id"]
        last = archive.row(
            "SELECT id, text_hash FROM article_versions WHERE article_id = ? ORDER BY number DESC LIMIT 1", [article_id]
        )
        if last is not None and last["text_hash"] == digest:
            return "unchanged", article_id, last["id"]
        _update(archive, article_id, story, at)
        outcome = "updated"
    version_id = _add_version(archive, article_id, story, digest, at)
    search.index(archive, article_id, story.title, story.text)
    return cast(Outcome, outcome), article_id, version_id


def _judged_otherwise(archive: Archive, article_id: int, mentions: Sequence[Mention], ruleset: str) -> bool:
    """Whether the rules that found these mentions are others than those of the stored ones."""
    stored = rulesets(archive, article_id)
    return stored != {ruleset} if stored else bool(mentions)


def _insert(archive: Archive, story: StoryRecord, at: datetime, history_after_days: int) -> int:
    published = min(story.published, at) if story.published else None  # a clock in the future is not believed
    history = published is not None and at - published > timedelta(days=history_after_days)
    cursor = archive.execute(
        "INSERT INTO articles (source, key, url, title, author, site, lang, published_at, published_from, modified_at,"
        " modified_from, first_seen_at, text_source, history) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            story.source,
            story.key,
            story.url,
            story.title,
            story.author,
            story.site,
            story.lang,
            iso(published) if published else None,
            story.published_from,
            iso(min(story.modified, at)) if story.modified else None,
            story.modified_from,
            iso(at),
            story.text_source,
            int(history),
        ],
    )
    archive.execute("UPDATE sources SET last_article_at = ? WHERE name = ?", [iso(at), story.source])
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _update(archive: Archive, article_id: int, story: StoryRecord, at: datetime) -> None:
    archive.execute(
        "UPDATE articles SET title = ?, author = coalesce(?, author), lang = coalesce(?, lang),"
        " modified_at = coalesce(?, modified_at), modified_from = coalesce(?, modified_from), text_source = ?"
        " WHERE id = ?",
        [
            story.title,
            story.author,
            story.lang,
            iso(min(story.modified, at)) if story.modified else None,
            story.modified_from,
            story.text_source,
            article_id,
        ],
    )


def _add_version(archive: Archive, article_id: int, story: StoryRecord, digest: str, at: datetime) -> int:
    cursor = archive.execute(
        "INSERT INTO article_versions (article_id, number, fetched_at, title, text, text_hash)"
        " SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ?, ? FROM article_versions WHERE article_id = ?",
        [article_id, iso(at), story.title, story.text, digest, article_id],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def diff(archive: Archive, article_id: int) -> list[str]:
    """What the article's last version changed against the one before, as lines of a unified diff; [] if only one."""
    rows = archive.rows(
        "SELECT number, title, text FROM article_versions WHERE article_id = ? AND text IS NOT NULL"
        " ORDER BY number DESC LIMIT 2",
        [article_id],
    )
    if len(rows) < 2:
        return []
    new, old = rows
    before, after = (f"{row['title']}\n{row['text']}".splitlines() for row in (old, new))
    old_name, new_name = (f"version {row['number']}" for row in (old, new))
    return list(difflib.unified_diff(before, after, old_name, new_name, lineterm=""))


def forget_texts(archive: Archive, source: str, keep_days: int, at: datetime) -> int:
    """Drop the publisher's text of versions older than `keep_days`; title, address and quotes stay. How many went."""
    before = iso(at - timedelta(days=keep_days))
    with archive.atomic():
        rows = archive.rows(
            "SELECT v.id, v.article_id FROM article_versions v JOIN articles a ON a.id = v.article_id"
            " WHERE a.source = ? AND v.fetched_at < ? AND v.text IS NOT NULL",
            [source, before],
        )
        for row in rows:
            archive.execute("UPDATE article_versions SET text = NULL WHERE id = ?", [row["id"]])
            current = archive.row(
                "SELECT title, text FROM article_versions WHERE article_id = ? ORDER BY number DESC LIMIT 1",
                [row["article_id"]],
            )
            if current is not None and current["text"] is None:
                search.index(archive, row["article_id"], current["title"], "")
    return len(rows)
