"""What decisions teach: how often each rule, source and type was right, and the reviewed stories as labelled news."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dealwatch.archive.archive import Archive
from dealwatch.clock import parse_iso

By = Literal["rule", "source", "type"]
BYS: tuple[By, ...] = ("rule", "source", "type")
KNOWN_ALREADY = ("old news", "duplicate")
"""Reasons of dismissal that find no fault with the flagging: the story does report a deal, only not a new one."""

_KEYED = {
    "rule": "SELECT DISTINCT e.rule AS value, m.deal_id FROM evidence e JOIN mentions m ON m.id = e.mention_id"
    " WHERE e.role = 'trigger'",
    "source": "SELECT DISTINCT r.source AS value, m.deal_id FROM mentions m JOIN articles r ON r.id = m.article_id",
    "type": "SELECT DISTINCT m.type AS value, m.deal_id FROM mentions m",
}
_STANDS = "NOT EXISTS (SELECT 1 FROM decisions u WHERE u.undoes = d.id)"
_VERDICTS = (
    "SELECT a.deal_id, a.id AS alert_id, a.state, d.id AS decision_id, d.reason, d.note, d.person, d.at,"
    " EXISTS (SELECT 1 FROM decisions d WHERE d.alert_id = a.id AND d.overrides IS NOT NULL"
    f" AND {_STANDS}) AS corrected"
    " FROM alerts a JOIN decisions d ON d.id = (SELECT max(d.id) FROM decisions d WHERE d.alert_id = a.id"
    f" AND d.action IN ('confirm', 'dismiss') AND {_STANDS}) WHERE a.state IN ('confirmed', 'dismissed')"
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What people said of the deals that a rule, source or type brought. `corrected` are among the right ones."""

    value: str
    right: int
    corrected: int
    wrong: int
    known_already: int

    @property
    def precision(self) -> float | None:
        """Of the deals judged right or wrong, the share that was right; None where none was judged."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None


@dataclass(frozen=True, slots=True)
class Dismissal:
    """One dismissed deal and why."""

    deal_id: int
    reason: str
    note: str | None
    person: str
    at: datetime


def lessons(archive: Archive, by: By) -> list[Lesson]:
    """One row a value, the most often wrong first."""
    marks = ",".join("?" * len(KNOWN_ALREADY))
    rows = archive.rows(
        "SELECT k.value, count(*) FILTER (WHERE v.state = 'confirmed') AS right_,"
        " count(*) FILTER (WHERE v.state = 'confirmed' AND v.corrected) AS corrected,"
        f" count(*) FILTER (WHERE v.state = 'dismissed' AND v.reason NOT IN ({marks})) AS wrong,"
        f" count(*) FILTER (WHERE v.state = 'dismissed' AND v.reason IN ({marks})) AS known"
        f" FROM ({_VERDICTS}) v JOIN ({_KEYED[by]}) k ON k.deal_id = v.deal_id GROUP BY k.value",
        [*KNOWN_ALREADY, *KNOWN_ALREADY],
    )
    found = [Lesson(row["value"], row["right_"], row["corrected"], row["wrong"], row["known"]) for row in rows]
    return sorted(found, key=lambda lesson: (-lesson.wrong, -lesson.right, lesson.value))


def dismissed(archive: Archive, by: By, value: str, limit: int) -> list[Dismissal]:
    """The dismissed deals behind a figure, the latest first."""
    rows = archive.rows(
        f"SELECT v.* FROM ({_VERDICTS}) v JOIN ({_KEYED[by]}) k ON k.deal_id = v.deal_id"
        " WHERE v.state = 'dismissed' AND k.value = ? ORDER BY v.decision_id DESC LIMIT ?",
        [value, limit],
    )
    return [Dismissal(row["deal_id"], row["reason"], row["note"], row["person"], parse_iso(row["at"])) for row in rows]


def labelled(archive: Archive) -> Iterator[dict[str, Any]]:
    """The reviewed stories in the gold format, the oldest first.

    A story is labelled once every deal it reports was judged: confirmed deals, with corrections, are its label; wrong
    ones are none. Left out are stories whose text had to go, and those of deals dismissed for their parties, as old
    news or as duplicates: nobody vouched for the fields of these.
    """
    stories = archive.rows(
        f"WITH v AS ({_VERDICTS}) SELECT r.id, r.url, r.source, r.published_at, r.lang, n.title, n.text"
        " FROM articles r JOIN article_versions n ON n.id = (SELECT max(version_id) FROM mentions m"
        " WHERE m.article_id = r.id) WHERE n.text IS NOT NULL"
        " AND r.id IN (SELECT m.article_id FROM mentions m JOIN v ON v.deal_id = m.deal_id)"
        " AND NOT EXISTS (SELECT 1 FROM mentions m LEFT JOIN v ON v.deal_id = m.deal_id WHERE m.article_id = r.id"
        " AND (v.deal_id IS NULL OR v.reason IN ('wrong parties', 'old news', 'duplicate'))) ORDER BY r.id"
    )
    for story in stories:
        deals = [
            deal
            for row in archive.rows(
                f"WITH v AS ({_VERDICTS}) SELECT m.*, v.alert_id, v.state,"
                " (SELECT count(*) FROM mentions o WHERE o.deal_id = m.deal_id) AS stories"
                " FROM mentions m JOIN v ON v.deal_id = m.deal_id WHERE m.article_id = ? ORDER BY m.ordinal",
                [story["id"]],
            )
            if (deal := _label(archive, dict(row))) is not None
        ]
        yield {
            "id": f"reviewed-{story['id']}",
            "url": story["url"],
            "publisher": story["source"],
            "published": (story["published_at"] or "")[:10] or None,
            "lang": story["lang"],
            "title": story["title"],
            "text": story["text"],
            "label": {"flag": bool(deals), "deals": deals, "why": "reviewed"},
        }


def _label(archive: Archive, mention: dict[str, Any]) -> dict[str, Any] | None:
    """What the story reports; where several stories do, its own status and amount stay as they are."""
    if mention["state"] != "confirmed":
        return None
    fields: dict[str, Any] = {name: mention[name] for name in ("type", "direction", "status", "amount")}
    parties = archive.rows("SELECT name FROM mention_parties WHERE mention_id = ? ORDER BY ordinal", [mention["id"]])
    fields["parties"] = [row["name"] for row in parties]
    for row in archive.rows(
        f"SELECT overrides FROM decisions d WHERE alert_id = ? AND overrides IS NOT NULL AND {_STANDS} ORDER BY id",
        [mention["alert_id"]],
    ):
        corrected = json.loads(row["overrides"])
        own = ("type", "direction") if mention["stories"] > 1 else ("type", "direction", "status", "amount")
        fields.update({name: corrected[name] for name in own if name in corrected})
        if "parties" in corrected:
            fields["parties"] = [party["name"] for party in corrected["parties"]]
    return fields
