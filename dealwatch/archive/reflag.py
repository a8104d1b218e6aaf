"""Stored stories read again under other rules: what would be gained, lost and changed, and the saving of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dealwatch.archive import copies, folding
from dealwatch.archive.archive import Archive
from dealwatch.clock import iso, parse_iso
from dealwatch.deals.families import Families
from dealwatch.deals.records import Mention, Story

Flag = Callable[[Story], Sequence[Mention]]
Kind = Literal["gained", "lost", "changed"]


@dataclass(frozen=True, slots=True)
class Read:
    """The newest version of an article whose text is still kept."""

    article_id: int
    version_id: int
    story: Story


@dataclass(frozen=True, slots=True)
class Change:
    """What the rules now say of one article, beside what is stored. Each line is one deal in words."""

    kind: Kind
    article_id: int
    title: str
    url: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    found: tuple[Mention, ...]
    version_id: int


def stories(archive: Archive, since: datetime | None = None) -> Iterator[Read]:
    """Every article first seen since then, by its newest version; those whose text is forgotten are left out."""
    rows = archive.rows(
        "SELECT a.id, a.url, a.lang, a.published_at, v.id AS version, v.title, v.text FROM articles a"
        " JOIN article_versions v ON v.article_id = a.id"
        " AND v.number = (SELECT max(number) FROM article_versions WHERE article_id = a.id)"
        " WHERE v.text IS NOT NULL AND a.first_seen_at >= ? ORDER BY a.id",
        [iso(since) if since else ""],
    )
    for row in rows:
        published = parse_iso(row["published_at"]) if row["published_at"] else None
        story = Story(str(row["id"]), row["title"], row["text"], row["lang"], published, row["url"])
        yield Read(row["id"], row["version"], story)


def changes(archive: Archive, flag: Flag, since: datetime | None = None) -> Iterator[Change]:
    """What would be gained, lost and changed. Writes nothing."""
    for read in stories(archive, since):
        found = tuple(flag(read.story))
        before, after = _stored(archive, read.article_id), tuple(sorted(_words(mention) for mention in found))
        if before != after:
            kind: Kind = "changed" if before and after else "gained" if after else "lost"
            title, url = read.story.title, read.story.url or ""
            yield Change(kind, read.article_id, title, url, before, after, found, read.version_id)


def apply(
    archive: Archive, flag: Flag, ruleset: str, families: Families, at: datetime, since: datetime | None = None
) -> list[Change]:
    """Save what changed, one short transaction an article. What a person has decided stays as it is."""
    made = list(changes(archive, flag, since))
    for change in made:
        with archive.atomic():
            text = archive.value("SELECT text FROM article_versions WHERE id = ?", [change.version_id])
            copies.place(archive, change.article_id, text if change.found else None)
            folding.fold(archive, change.article_id, change.version_id, change.found, ruleset, families, at)
    return made


def _stored(archive: Archive, article_id: int) -> tuple[str, ...]:
    rows = archive.rows(
        "SELECT m.type, m.direction, m.status, m.amount, group_concat(p.name, ' + ') AS names FROM mentions m"
        " LEFT JOIN (SELECT mention_id, name FROM mention_parties ORDER BY name) p ON p.mention_id = m.id"
        " WHERE m.article_id = ? GROUP BY m.id",
        [article_id],
    )
    return tuple(sorted(_line(r["type"], r["names"] or "", r["direction"], r["status"], r["amount"]) for r in rows))


def _words(mention: Mention) -> str:
    names = " + ".join(sorted(mention.names))
    return _line(mention.type, names, mention.direction, mention.status, mention.amount)


def _line(kind: str, names: str, direction: str, status: str, amount: str | None) -> str:
    in_order = " + ".join(sorted(names.split(" + ")))
    return f"{kind}: {in_order}, {direction}, {status}{f', {amount}' if amount else ''}"
