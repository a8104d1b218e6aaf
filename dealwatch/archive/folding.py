"""From a story's mentions to deals: inside the transaction that stores the story.

Which mentions share a deal is computed anew, from nothing but the mentions and what people said, for all that a change
can touch. So the deals come out the same whatever the order in which stories arrive, and after any crash.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dealwatch.archive import exits, ledger, mentions, reports
from dealwatch.archive.archive import Archive
from dealwatch.archive.reports import Stored
from dealwatch.deals.families import Families
from dealwatch.deals.fold import same_deal
from dealwatch.deals.partition import Hand, partition
from dealwatch.deals.records import Mention


def fold(
    archive: Archive,
    article_id: int,
    version_id: int,
    found: Sequence[Mention],
    ruleset: str,
    families: Families,
    at: datetime,
) -> tuple[int, ...]:
    """Put the mentions of an article's newest version in place of the older ones; the alerts raised or revised."""
    earlier = mentions.of_article(archive, article_id)
    if not earlier and not found:
        return ()
    around = _component(archive, earlier, families)
    deals = {stored.deal_id for stored in around.values()}
    stored = mentions.replace(archive, article_id, version_id, found, ruleset)
    left = {mention for mention in around if mention not in earlier}
    return _settle(archive, {*stored, *left}, deals, families, at, article_id)


def refold(
    archive: Archive,
    mention_ids: Iterable[int],
    families: Families,
    at: datetime,
    stays: Mapping[int, int] | None = None,
) -> tuple[int, ...]:
    """Fold again all that these mentions can touch; the alerts that this raised. `stays`: for a deal the mention with
    which its id stays, should it come apart."""
    return _settle(archive, set(mention_ids), set(), families, at, None, stays)


def hand(archive: Archive, around: Mapping[int, Stored]) -> Hand:
    """What people said of these mentions and stands: of two words on one pair the later counts."""
    last: dict[frozenset[str], bool] = {}
    for row in _words(archive, around):
        if row["a"] in around and row["b"] in around:
            last[frozenset((around[row["a"]].report.id, around[row["b"]].report.id))] = bool(row["together"])
    return Hand(
        frozenset(pair for pair, together in last.items() if together),
        frozenset(pair for pair, together in last.items() if not together),
    )


def _words(archive: Archive, ids: Iterable[int]) -> list[ledger.Row]:
    wanted = sorted(ids)
    marks = ",".join("?" * len(wanted))
    return archive.rows(
        "SELECT p.a, p.b, p.together FROM folding_pairs p JOIN foldings f ON f.id = p.folding_id"
        f" WHERE f.undone_at IS NULL AND (p.a IN ({marks}) OR p.b IN ({marks})) ORDER BY f.id",
        [*wanted, *wanted],
    )


def _component(archive: Archive, seeds: Iterable[int], families: Families) -> dict[int, Stored]:
    """The seeds and every mention linked to them by likeness or by hand, over any number of steps."""
    known = reports.load(archive, seeds)
    found = dict(known)
    queue = sorted(found)
    while queue:
        stored = found[queue.pop()]
        ids = reports.near(archive, stored, families)
        tied = {row[end] for row in _words(archive, [stored.id]) if row["together"] for end in ("a", "b")}
        known.update(reports.load(archive, {*ids, *tied} - known.keys()))
        for other in sorted({*ids, *tied} - found.keys()):
            if other in tied or same_deal(stored.report, known[other].report, families).same:
                found[other] = known[other]
                queue.append(other)
    return found


def _settle(
    archive: Archive,
    seeds: set[int],
    deals: set[int],
    families: Families,
    at: datetime,
    article_id: int | None,
    stays: Mapping[int, int] | None = None,
) -> tuple[int, ...]:
    """Part the mentions around the seeds into deals, and bring every deal that changed up to date.

    `deals` are those that existed before and may have lost all their mentions; `article_id` is the story that came.
    """
    around = _component(archive, seeds, families)
    by_report = {stored.report.id: stored for stored in around.values()}
    parts = partition((stored.report for stored in around.values()), families, hand(archive, around))
    groups = [[by_report[report.id] for report in part] for part in parts]
    owners = _owners(archive, groups, stays or {})
    before = {stored.deal_id for stored in around.values()} | deals
    raised: dict[int, None] = {}
    touched: list[int] = []
    for index, group in enumerate(groups):
        deal_id = owners.get(index)
        if deal_id is None:
            deal_id = ledger.open_deal(archive, group, families)
        moved = [stored for stored in group if stored.deal_id != deal_id]
        for stored in moved:
            archive.execute(
                "UPDATE mentions SET deal_id = ?, first_deal_id = coalesce(first_deal_id, ?) WHERE id = ?",
                [deal_id, deal_id, stored.id],
            )
        archive.execute("UPDATE deals SET merged_into = NULL WHERE id = ?", [deal_id])
        alert = ledger.refresh(archive, deal_id, group, families, at, article_id)
        if alert is not None:
            raised[alert] = None
        before.discard(deal_id)
        touched.append(deal_id)
    for deal_id in sorted(before):
        ledger.retire(archive, deal_id, around)
    exits.link(archive, touched, families)
    return tuple(raised)


def _owners(archive: Archive, groups: Sequence[Sequence[Stored]], stays: Mapping[int, int]) -> dict[int, int]:
    """Which deal each group goes on as: the one most of its mentions were in, those first that began in it. Deals that
    people decided on choose first, then older ones; then those that were merged away and come back."""
    living: dict[int, Counter[int]] = {}
    gone: dict[int, Counter[int]] = {}
    for index, group in enumerate(groups):
        for stored in group:
            if stored.deal_id:
                own = stored.first_deal_id == stored.deal_id
                anchor = stays.get(stored.deal_id) == stored.id
                living.setdefault(stored.deal_id, Counter())[index] += 10**9 if anchor else 1000 if own else 1
            if stored.first_deal_id and stored.first_deal_id != stored.deal_id:
                gone.setdefault(stored.first_deal_id, Counter())[index] += 1
    decided = ledger.decided(archive, living)
    owners: dict[int, int] = {}
    for deal_id in sorted(living, key=lambda deal_id: (deal_id not in decided, deal_id)):
        index = min(living[deal_id], key=lambda index: (-living[deal_id][index], index))
        owners.setdefault(index, deal_id)
    for deal_id in sorted(gone.keys() - living.keys()):
        for index in sorted(gone[deal_id], key=lambda index: (-gone[deal_id][index], index)):
            if index not in owners:
                owners[index] = deal_id
                break
    return owners
