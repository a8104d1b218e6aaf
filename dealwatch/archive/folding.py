"""From a story's mentions to deals and alerts: inside the transaction that stores the story."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from dealwatch.archive.archive import Archive
from dealwatch.clock import iso, parse_iso
from dealwatch.deals.fold import LADDER, Report, same_deal
from dealwatch.deals.records import Mention


def fold(
    archive: Archive, article_id: int, version_id: int, mentions: Sequence[Mention], ruleset: str, at: datetime
) -> tuple[int, ...]:
    """Put the mentions of an article's newest version in place of the older ones; the alerts raised or revised."""
    article = archive.row("SELECT published_at, first_seen_at, history FROM articles WHERE id = ?", [article_id])
    assert article is not None
    when = parse_iso(article["published_at"] or article["first_seen_at"])
    earlier = archive.rows("SELECT deal_id FROM mentions WHERE article_id = ?", [article_id])
    archive.execute("DELETE FROM mentions WHERE article_id = ?", [article_id])
    own = [row["deal_id"] for row in earlier]
    touched: dict[int, None] = {}
    for ordinal, mention in enumerate(mentions):
        deal_id = _deal_of(archive, mention, when, own)
        if deal_id is None:
            deal_id = _open(archive, mention, article_id, when)
        _add_mention(archive, article_id, version_id, deal_id, ordinal, mention, ruleset)
        alert_id = _alert(archive, deal_id, mention, article_id, when, at, history=bool(article["history"]))
        if alert_id is not None:
            touched[alert_id] = None
    return tuple(touched)


def _deal_of(archive: Archive, mention: Mention, when: datetime, own: list[int]) -> int | None:
    """The deal the mention belongs to: one the same article reported before, else the likeliest other one."""
    best: tuple[float, int] | None = None
    for deal in _candidates(archive, mention):
        verdict = same_deal(Report.of(mention, when), _report(archive, deal))
        if not verdict.same:
            continue
        score = verdict.score + (deal["id"] in own)
        if best is None or (score, -deal["id"]) > (best[0], -best[1]):
            best = (score, deal["id"])
    return best[1] if best else None


def _candidates(archive: Archive, mention: Mention) -> list[sqlite3.Row]:
    marks = ",".join("?" * len(mention.names))
    return archive.rows(
        f"SELECT DISTINCT d.* FROM deal_parties p JOIN deals d ON d.id = p.deal_id WHERE p.name IN ({marks})"
        " AND d.merged_into IS NULL ORDER BY d.id",
        mention.names,
    )


def _report(archive: Archive, deal: sqlite3.Row) -> Report:
    parties = archive.rows("SELECT name FROM deal_parties WHERE deal_id = ? ORDER BY ordinal", [deal["id"]])
    return Report(
        deal["type"],
        frozenset(row["name"] for row in parties),
        deal["direction"],
        deal["status"],
        deal["amount_value"],
        deal["amount_currency"],
        deal["market"],
        parse_iso(deal["first_at"]),
        parse_iso(deal["last_at"]),
    )


def _open(archive: Archive, mention: Mention, article_id: int, when: datetime) -> int:
    cursor = archive.execute(
        "INSERT INTO deals (type, direction, status, amount, amount_value, amount_currency, market, sentence, score,"
        " first_article_id, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            mention.type,
            mention.direction,
            mention.status,
            mention.amount,
            mention.amount_value,
            mention.amount_currency,
            mention.market,
            mention.sentence,
            mention.score,
            article_id,
            iso(when),
            iso(when),
        ],
    )
    assert cursor.lastrowid is not None
    for ordinal, party in enumerate(mention.parties):
        archive.execute(
            "INSERT INTO deal_parties (deal_id, ordinal, name, side, home) VALUES (?, ?, ?, ?, ?)",
            [cursor.lastrowid, ordinal, party.name, party.side, party.home],
        )
    return cursor.lastrowid


def _add_mention(
    archive: Archive, article_id: int, version_id: int, deal_id: int, ordinal: int, mention: Mention, ruleset: str
) -> None:
    cursor = archive.execute(
        "INSERT INTO mentions (article_id, version_id, deal_id, ordinal, type, direction, status, amount, amount_value,"
        " amount_currency, market, sentence, score, ruleset) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            article_id,
            version_id,
            deal_id,
            ordinal,
            mention.type,
            mention.direction,
            mention.status,
            mention.amount,
            mention.amount_value,
            mention.amount_currency,
            mention.market,
            mention.sentence,
            mention.score,
            ruleset,
        ],
    )
    mention_id = cursor.lastrowid
    for position, party in enumerate(mention.parties):
        archive.execute(
            "INSERT INTO mention_parties (mention_id, ordinal, name, side, listed, home) VALUES (?, ?, ?, ?, ?, ?)",
            [mention_id, position, party.name, party.side, int(party.listed), party.home],
        )
    for piece in mention.evidence:
        archive.execute(
            'INSERT INTO evidence (mention_id, rule, role, field, start, "end", quote) VALUES (?, ?, ?, ?, ?, ?, ?)',
            [mention_id, piece.rule, piece.role, piece.field, piece.start, piece.end, piece.quote],
        )


def _alert(
    archive: Archive, deal_id: int, mention: Mention, article_id: int, when: datetime, at: datetime, *, history: bool
) -> int | None:
    """Move the deal on by this story; raise its alert, or its revision if the story brings something new."""
    deal = archive.row("SELECT * FROM deals WHERE id = ?", [deal_id])
    assert deal is not None
    news = _news(archive, deal, mention)
    archive.execute(
        "INSERT OR IGNORE INTO deal_steps (deal_id, status, article_id, at) VALUES (?, ?, ?, ?)",
        [deal_id, mention.status, article_id, iso(when)],
    )
    _advance(archive, deal, mention, when)
    alert = archive.row("SELECT id, revision FROM alerts WHERE deal_id = ?", [deal_id])
    if alert is None:
        return None if history else _raise(archive, deal_id, article_id, at)
    if not news or history:
        return None
    revision = alert["revision"] + 1
    archive.execute("UPDATE alerts SET revision = ?, revised_at = ? WHERE id = ?", [revision, iso(at), alert["id"]])
    _note(archive, alert["id"], revision, at, "; ".join(news), article_id)
    return int(alert["id"])


def _raise(archive: Archive, deal_id: int, article_id: int, at: datetime) -> int:
    cursor = archive.execute(
        "INSERT INTO alerts (deal_id, state, raised_at, revised_at) VALUES (?, 'waiting', ?, ?)",
        [deal_id, iso(at), iso(at)],
    )
    assert cursor.lastrowid is not None
    _note(archive, cursor.lastrowid, 1, at, "new deal", article_id)
    return cursor.lastrowid


def _note(archive: Archive, alert_id: int, revision: int, at: datetime, what: str, article_id: int) -> None:
    archive.execute(
        "INSERT INTO alert_revisions (alert_id, revision, at, what, article_id) VALUES (?, ?, ?, ?, ?)",
        [alert_id, revision, iso(at), what, article_id],
    )


def _news(archive: Archive, deal: sqlite3.Row, mention: Mention) -> list[str]:
    """What the mention says that the deal did not know, in words for the analyst."""
    news = []
    if LADDER[mention.status] > LADDER[deal["status"]]:
        news.append(f"status {deal['status']} → {mention.status}")
    if mention.amount and not deal["amount"]:
        news.append(f"first amount {mention.amount}")
    known = {row["name"] for row in archive.rows("SELECT name FROM deal_parties WHERE deal_id = ?", [deal["id"]])}
    news += [f"new principal {party.name}" for party in mention.parties if party.name not in known]
    return news


def _advance(archive: Archive, deal: sqlite3.Row, mention: Mention, when: datetime) -> None:
    further = LADDER[mention.status] > LADDER[deal["status"]]
    stronger = mention.score > deal["score"]
    archive.execute(
        "UPDATE deals SET status = ?, amount = coalesce(amount, ?), amount_value = coalesce(amount_value, ?),"
        " amount_currency = coalesce(amount_currency, ?), market = coalesce(market, ?), sentence = ?, score = ?,"
        " first_at = min(first_at, ?), last_at = max(last_at, ?) WHERE id = ?",
        [
            mention.status if further else deal["status"],
            mention.amount,
            mention.amount_value,
            mention.amount_currency,
            mention.market,
            mention.sentence if stronger else deal["sentence"],
            max(mention.score, deal["score"]),
            iso(when),
            iso(when),
            deal["id"],
        ],
    )
    known = [row["name"] for row in archive.rows("SELECT name FROM deal_parties WHERE deal_id = ?", [deal["id"]])]
    for party in mention.parties:
        if party.name in known:
            continue
        archive.execute(
            "INSERT INTO deal_parties (deal_id, ordinal, name, side, home) VALUES (?, ?, ?, ?, ?)",
            [deal["id"], len(known), party.name, party.side, party.home],
        )
        known.append(party.name)
