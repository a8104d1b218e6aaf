"""The durable frontier: every address ever discovered, and what became of it.

A link is stored before it is fetched, together with the validators (ETag, Last-Modified) of the feed that gave it, in
one transaction: a crash, a slow page or a 500 loses nothing, and the next crawl goes on where this one stopped.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dealwatch.archive.archive import Archive
from dealwatch.clock import iso, parse_iso

MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(days=1)
LONGEST_WISH = timedelta(days=7)
"""The longest Retry-After that is believed."""


@dataclass(frozen=True, slots=True)
class Found:
    """One link as a feed, map or listing gave it. `key` is its identity (dealwatch.address.key); times have a zone."""

    url: str
    key: str
    title: str | None = None
    summary: str | None = None
    published: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What a place answered last, for asking "has it changed?".

    `settings` names the patterns its links were picked by: under others, an unchanged place may hold new articles.
    """

    etag: str | None = None
    last_modified: str | None = None
    settings: str | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """How many links were new, how many are known and have changed, how many are known and have not. `ahead`: of the
    new and changed ones, those with a time in the future."""

    new: int
    changed: int
    known: int
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """An article that waits to be fetched."""

    id: int
    source: str
    key: str
    url: str
    attempts: int
    title: str | None
    summary: str | None
    published: datetime | None
    modified: datetime | None


def discovered(
    archive: Archive,
    source: str,
    place_url: str,
    found: Sequence[Found],
    validators: Validators | None,
    at: datetime,
) -> Discovery:
    """Store the links of one place and its validators, in one transaction.

    A known address waits again only when the place says it was modified after what was stored. Times in the future are
    taken as now, and the same one told again is no change: a wrong clock must not make an article look changed for
    ever, nor hide what changes later.
    """
    new = changed = ahead = 0
    with archive.atomic():
        archive.execute("INSERT OR IGNORE INTO sources (name, first_seen_at) VALUES (?, ?)", [source, iso(at)])
        for link in found:
            if _add(archive, source, link, at):
                new += 1
            elif link.modified is not None and _renew(archive, link, link.modified, at):
                changed += 1
            else:
                _add_words(archive, source, link, at)
                continue
            ahead += _note(link, at) is not None
        archive.execute(
            "INSERT INTO places (source, url, etag, last_modified, settings, checked_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (source, url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,"
            " settings = excluded.settings,"
            " checked_at = excluded.checked_at",
            [
                source,
                place_url,
                validators.etag if validators else None,
                validators.last_modified if validators else None,
                validators.settings if validators else None,
                iso(at),
            ],
        )
    return Discovery(new, changed, len(found) - new - changed, ahead)


def _add(archive: Archive, source: str, link: Found, at: datetime) -> bool:
    cursor = archive.execute(
        "INSERT OR IGNORE INTO addresses"
        " (source, key, url, state, discovered_at, changed_at, told_at, title, summary, published_at, note)"
        " VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?)",
        [
            source,
            link.key,
            link.url,
            iso(at),
            _iso(_not_future(link.modified, at)),
            _told(link, at),
            link.title,
            link.summary,
            _iso(_not_future(link.published, at)),
            _note(link, at),
        ],
    )
    return cursor.rowcount == 1


def _note(link: Found, at: datetime) -> str | None:
    """What a wrong clock said."""
    said = [
        f"{what} {iso(time)}"
        for what, time in (("published", link.published), ("modified", link.modified))
        if time and time > at
    ]
    return f"{' and '.join(said)}, in the future; taken as {iso(at)}" if said else None


def _told(link: Found, at: datetime) -> str | None:
    """The link's time of change as told, where it lies in the future."""
    return iso(link.modified) if link.modified is not None and link.modified > at else None


def _renew(archive: Archive, link: Found, modified: datetime, at: datetime) -> bool:
    """Make a known address wait again, if it was changed since. The first time of change a place gives for an address
    that had none counts against the time it was fetched."""
    cursor = archive.execute(
        "UPDATE addresses SET changed_at = :modified, told_at = coalesce(:ahead, told_at),"
        " title = coalesce(:title, title), summary = coalesce(:summary, summary), note = coalesce(:note, note),"
        " attempts = 0, next_try_at = NULL, reason = NULL, state = 'pending'"
        " WHERE key = :key AND :modified > coalesce(changed_at, fetched_at, :at)"
        " AND (told_at IS NULL OR :told > told_at OR (:ahead IS NULL AND :told < told_at))",
        {
            "modified": iso(min(modified, at)),
            "told": iso(modified),
            "ahead": _told(link, at),
            "title": link.title,
            "summary": link.summary,
            "note": _note(link, at),
            "key": link.key,
            "at": iso(at),
        },
    )
    return cursor.rowcount == 1


def _add_words(archive: Archive, source: str, link: Found, at: datetime) -> None:
    """Another place of the source tells of an address that waits: its words fill gaps. Of words equally new the fuller
    ones count, and the earliest time, so that it does not matter which place answers first."""
    fuller = (
        "CASE WHEN {0} IS NULL OR (coalesce(:modified, '') >= coalesce(changed_at, '')"
        " AND (length(:{0}), :{0}) > (length({0}), {0})) THEN :{0} ELSE {0} END"
    )
    archive.execute(
        f"UPDATE addresses SET title = {fuller.format('title')}, summary = {fuller.format('summary')},"
        " published_at = coalesce(min(published_at, :published), published_at, :published),"
        " told_at = coalesce(told_at, :told)"
        " WHERE key = :key AND source = :source AND state = 'pending'",
        {
            "title": link.title,
            "summary": link.summary,
            "published": _iso(_not_future(link.published, at)),
            "modified": _iso(_not_future(link.modified, at)),
            "told": _told(link, at),
            "key": link.key,
            "source": source,
        },
    )


def known(archive: Archive, keys: Iterable[str]) -> set[str]:
    """Those of the keys that the frontier holds already."""
    wanted = list(dict.fromkeys(keys))
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ",".join("?" * len(part))
        found.update(row["key"] for row in archive.rows(f"SELECT key FROM addresses WHERE key IN ({marks})", part))
    return found


def validators_of(archive: Archive, source: str) -> dict[str, Validators]:
    """The stored validators of a source's places, by address."""
    rows = archive.rows("SELECT url, etag, last_modified, settings FROM places WHERE source = ?", [source])
    return {row["url"]: Validators(row["etag"], row["last_modified"], row["settings"]) for row in rows}


def pending(archive: Archive, source: str, at: datetime, limit: int | None = None) -> list[Address]:
    """The source's addresses that may be fetched now, newest news first."""
    rows = archive.rows(
        "SELECT * FROM addresses WHERE source = ? AND state = 'pending' AND (next_try_at IS NULL OR next_try_at <= ?)"
        " ORDER BY coalesce(published_at, changed_at, discovered_at) DESC, id LIMIT ?",
        [source, iso(at), -1 if limit is None else limit],
    )
    return [_address(row) for row in rows]


def done(archive: Archive, address_id: int, article_id: int, at: datetime) -> None:
    """The page fetched at `at` is this article. Called inside the transaction that stores the article. If a feed or map
    told of a change while the page was on its way, the address waits on."""
    archive.execute(
        "UPDATE addresses SET state = CASE WHEN changed_at > :at THEN 'pending' ELSE 'done' END, article_id = :article,"
        " fetched_at = :at, reason = NULL, attempts = 0, next_try_at = NULL WHERE id = :id",
        {"article": article_id, "at": iso(at), "id": address_id},
    )


def met(archive: Archive, key: str, article_id: int, at: datetime) -> None:
    """Another address (a redirect, an AMP twin) led to the page of this one: it need not be fetched for itself."""
    archive.execute(
        "UPDATE addresses SET state = 'done', article_id = ?, fetched_at = ?, reason = NULL, attempts = 0,"
        " next_try_at = NULL WHERE key = ? AND state = 'pending' AND coalesce(changed_at, '') <= ?",
        [article_id, iso(at), key, iso(at)],
    )


def settled(archive: Archive, address_id: int) -> bool:
    """Whether the address no longer waits."""
    return bool(archive.value("SELECT state <> 'pending' FROM addresses WHERE id = ?", [address_id]))


def postpone(archive: Archive, address_id: int, reason: str, at: datetime, retry_after: datetime | None = None) -> None:
    """Try again later: after ten minutes, then twice as long each time; after six tries the address has failed.
    `retry_after`: when the outlet itself wants to be asked again."""
    attempts = 1 + int(archive.value("SELECT attempts FROM addresses WHERE id = ?", [address_id]) or 0)
    again = at + min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    if retry_after is not None:
        again = max(again, min(retry_after, at + LONGEST_WISH))
    state = "failed" if attempts >= MAX_ATTEMPTS else "pending"
    archive.execute(
        "UPDATE addresses SET state = ?, reason = ?, attempts = ?, next_try_at = ? WHERE id = ?",
        [state, _line(reason), attempts, iso(again) if state == "pending" else None, address_id],
    )


def gone(archive: Archive, address_id: int, reason: str, at: datetime) -> None:
    """The outlet says there is no such article (404, 410)."""
    _end(archive, address_id, "gone", reason, at)


def refused(archive: Archive, address_id: int, reason: str, at: datetime) -> None:
    """We may not fetch it: robots.txt, a guard, a paywall without any words in the feed."""
    _end(archive, address_id, "refused", reason, at)


def failed(archive: Archive, address_id: int, reason: str, at: datetime) -> None:
    """It cannot be had, and trying again would not help (too large, not an article)."""
    _end(archive, address_id, "failed", reason, at)


def forget_summaries(archive: Archive, source: str, keep_days: int, at: datetime) -> int:
    """Drop the feed's words of addresses found over `keep_days` ago that no longer wait. How many went."""
    return archive.execute(
        "UPDATE addresses SET summary = NULL"
        " WHERE source = ? AND summary IS NOT NULL AND state <> 'pending' AND discovered_at < ?",
        [source, iso(at - timedelta(days=keep_days))],
    ).rowcount


def _end(archive: Archive, address_id: int, state: str, reason: str, at: datetime) -> None:
    archive.execute(
        "UPDATE addresses SET state = ?, reason = ?, attempts = attempts + 1, next_try_at = NULL, fetched_at = ?"
        " WHERE id = ?",
        [state, _line(reason), iso(at), address_id],
    )


def _address(row: sqlite3.Row) -> Address:
    return Address(
        row["id"],
        row["source"],
        row["key"],
        row["url"],
        row["attempts"],
        row["title"],
        row["summary"],
        parse_iso(row["published_at"]) if row["published_at"] else None,
        parse_iso(row["changed_at"]) if row["changed_at"] else None,
    )


def _not_future(at: datetime | None, now: datetime) -> datetime | None:
    return min(at, now) if at is not None else None


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None


def _line(reason: str) -> str:
    return " ".join(reason.split())[:500]
