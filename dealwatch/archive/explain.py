"""Why two stories were folded into one deal, or kept apart: in one line, with the scores."""

from dealwatch.archive import folding, mentions, reports
from dealwatch.archive.archive import Archive
from dealwatch.archive.reports import Stored
from dealwatch.deals.families import Families
from dealwatch.deals.fold import Verdict, same_deal
from dealwatch.errors import DealwatchError


def article(archive: Archive, story: str) -> int:
    """The id of a story named by its id or its address. Raises DealwatchError."""
    found = archive.value(
        "SELECT id FROM articles WHERE id = ? OR url = ?"
        " OR id = (SELECT article_id FROM addresses WHERE url = ?) LIMIT 1",
        [int(story) if story.isascii() and story.isdigit() and len(story) < 19 else None, story, story],
    )
    if found is None:
        raise DealwatchError(f"{story}: no story has that id or address; `dealwatch deals` lists all of them")
    return int(found)


def why(archive: Archive, first: str, second: str, families: Families) -> str:
    """The line for the two mentions, one of each story, that are likest to each other. Raises DealwatchError."""
    one, two = (_mentions(archive, story) for story in (first, second))
    pairs = [(a, b, same_deal(a.report, b.report, families)) for a in one for b in two]
    a, b, verdict = max(pairs, key=lambda pair: (pair[0].deal_id == pair[1].deal_id, pair[2].same, pair[2].score))
    together = a.deal_id == b.deal_id
    deals = f"deal {a.deal_id}" if together else f"deals {a.deal_id} and {b.deal_id}"
    return f"{deals}: {_by_hand(archive, a, b)}{_through(verdict, together)}{verdict.why} (score {verdict.score:.2f})"


def _mentions(archive: Archive, story: str) -> list[Stored]:
    article_id = article(archive, story)
    found = list(reports.load(archive, mentions.of_article(archive, article_id)).values())
    if not found:
        raise DealwatchError(f"{story}: the story reports no deal")
    return found


def _by_hand(archive: Archive, a: Stored, b: Stored) -> str:
    hand = folding.hand(archive, {a.id: a, b.id: b})
    if hand.together:
        return "merged by hand; without that, "
    return "split by hand; without that, " if hand.apart else ""


def _through(verdict: Verdict, together: bool) -> str:
    """A word where the deals are not what these two alone would make them."""
    if verdict.same == together:
        return ""
    return f"{'linked through other stories' if together else 'parted by other stories'}; by themselves "
