"""A deal as a card of the review page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dealwatch.archive import Archive, review
from dealwatch.archive.board import Board
from dealwatch.archive.deal import DealRecord, StoryLine, records
from dealwatch.archive.decisions import Decision, decisions
from dealwatch.archive.review import News, Proof
from dealwatch.deals.records import SINGLE
from dealwatch.review.evidence import Passage, Run, Span, passage, runs

MAX_TEXT = 200_000
MAX_TITLE = 300
LADDER = ("reported", "announced", "completed")
VERBS = {
    "storefront": "opens a store on",
    "market_entry": "enters the market",
    "exit": "ends its presence with",
}


@dataclass(frozen=True, slots=True)
class Card:
    """All that one card shows. `story` is the one whose title and paragraph it shows, `seen` the id of the last
    decision about it."""

    deal: DealRecord
    story: StoryLine | None
    title: tuple[Run, ...]
    passage: Passage
    decisions: Sequence[Decision]
    news: Sequence[News]
    alike: Sequence[DealRecord]
    rules: tuple[str, ...]

    @property
    def seen(self) -> int:
        return self.decisions[-1].id if self.decisions else 0

    @property
    def ladder(self) -> list[tuple[str, str]]:
        """The rungs of the status ladder: name, and the day it was reached or ""."""
        reached = {step.status: step.at.strftime("%-d %b %Y") for step in self.deal.steps}
        rungs = [*LADDER, *(status for status in ("denied", "terminated") if status == self.deal.status)]
        return [(rung, reached.get(rung, "now" if rung == self.deal.status else "")) for rung in rungs]

    @property
    def link(self) -> str | None:
        return safe_link(self.story.url) if self.story else None

    @property
    def lang(self) -> str:
        return (self.story.lang if self.story else None) or "en"


def cards(archive: Archive, board: Board, deal_ids: Sequence[int]) -> list[Card]:
    """The cards of these deals, in this order."""
    if not deal_ids:
        return []
    found = records(archive, deal_ids)
    proofs = review.proofs(archive, {deal.id: deal.teller for deal in found}, MAX_TEXT)
    alerts = [deal.alert_id for deal in found if deal.alert_id is not None]
    said, news = decisions(archive, alerts), review.news(archive, alerts)
    near = {deal.id: board.alike(deal.id, deal.side("chinese"), deal.side("foreign"), 3) for deal in found}
    others = {deal.id: deal for deal in records(archive, sorted({other for ids in near.values() for other in ids}))}
    return [
        _card(
            deal,
            proofs.get(deal.id),
            said.get(deal.alert_id or 0, []),
            news.get(deal.alert_id or 0, []),
            [others[other] for other in near[deal.id] if other in others],
        )
        for deal in found
    ]


def _card(
    deal: DealRecord, proof: Proof | None, said: Sequence[Decision], news: Sequence[News], alike: Sequence[DealRecord]
) -> Card:
    if proof is None:
        title = runs(deal.sentence[:MAX_TITLE], ())
        return Card(deal, None, title, passage(None, deal.sentence, ()), said, news, alike, ())
    spans: dict[str, list[Span]] = {"title": [], "text": []}
    for piece in proof.pieces:
        spans[piece.field].append(Span(piece.start, piece.end, piece.role))
        if piece.field == "title" and piece.role in ("chinese", "foreign"):
            spans["text"] += _again(proof, piece.quote, piece.role)
    return Card(
        deal=deal,
        story=next((story for story in deal.stories if story.article_id == proof.article_id), None),
        title=runs(proof.title[:MAX_TITLE] + ("…" if len(proof.title) > MAX_TITLE else ""), spans["title"]),
        passage=_passage(proof, spans),
        decisions=said,
        news=news,
        alike=alike,
        rules=tuple(dict.fromkeys(piece.rule for piece in proof.pieces if piece.role == "trigger")),
    )


def _passage(proof: Proof, spans: Mapping[str, Sequence[Span]]) -> Passage:
    """The proving sentence in its paragraph; where only the headline proves the deal, the headline."""
    if proof.sentence in proof.title and proof.sentence not in (proof.text or ""):
        return passage(proof.title, proof.sentence, spans["title"])
    return passage(proof.text, proof.sentence, spans["text"])


def _again(proof: Proof, quote: str, role: str) -> list[Span]:
    """A party that the rules took from the headline, where the proving sentence names it too."""
    at = proof.text.find(proof.sentence) if proof.text and proof.sentence else -1
    inside = proof.sentence.find(quote) if quote else -1
    return [Span(at + inside, at + inside + len(quote), role)] if at >= 0 and inside >= 0 else []


def line(deal: DealRecord, *, typed: bool = True) -> str:
    """The deal in one plain line: `Amazon opens a store on Pinduoduo · inbound · reported · no amount`.

    `typed`: the line says the type; on a card it stands beside it.
    """
    return f"{_told(deal, typed)} · {deal.direction} · {deal.status} · {deal.amount or 'no amount'}"


def _told(deal: DealRecord, typed: bool) -> str:
    actor, other = (
        (deal.side("foreign"), deal.side("chinese"))
        if deal.direction == "inbound"
        else (deal.side("chinese"), deal.side("foreign"))
    )
    verb = VERBS.get(deal.type)
    if verb is None:  # who buys and who sells, who gives and who gets, the record does not say
        both = _names((*actor, *other))
        return f"{both}: {deal.type.replace('_', ' ')}" if typed else both
    if not other and deal.type == "exit":
        verb = "ends its presence"
    words = " ".join(part for part in (_names(actor or other), verb, _names(other) if actor else "") if part)
    return f"{words} in {deal.market}" if deal.market and deal.type in SINGLE else words


def _names(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)[:200]


def safe_link(url: str | None) -> str | None:
    """`url` if a person may be sent there: http or https, with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname and len(url or "") <= 2000 else None
