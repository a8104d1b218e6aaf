"""A story as `dealwatch flag --explain` shows it: its spans marked, and rule by rule why it is flagged or is not."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dealwatch.deals.flag import THRESHOLD, Flagger, Judged
from dealwatch.deals.reading import Reading
from dealwatch.deals.records import Evidence, Mention, Story

STYLES = {
    "trigger": "bold yellow",
    "chinese": "bold red",
    "foreign": "bold cyan",
    "hedge": "italic magenta",
    "amount": "bold green",
}
CONTEXT = 1500
"""Characters of text that are always shown; after that, only as far as the last piece of evidence."""


def show(story: Story, flagger: Flagger, console: Console | None = None) -> None:
    """Print the story and what the rules make of it."""
    console = console or Console(highlight=False)
    mentions = flagger.flag(story)
    evidence = [piece for mention in mentions for piece in mention.evidence]
    console.print(_marked(story.title, "title", evidence), style="bold", soft_wrap=True)
    end = max([CONTEXT, *(piece.end + 200 for piece in evidence if piece.field == "text")])
    console.print(_marked(story.text[:end], "text", evidence), soft_wrap=True)
    if len(story.text) > end:
        console.print(f"… {len(story.text) - end} more characters", style="dim")
    console.print()
    legend = Text("marks: ")
    for role, style in STYLES.items():
        legend.append(role, style).append("  ")
    console.print(legend)
    for mention in mentions:
        _mention(mention, console)
    _nearest(story, flagger, mentions, console)


def _marked(text: str, field: str, evidence: list[Evidence]) -> Text:
    shown = Text(text)
    for piece in evidence:
        if piece.field == field:
            shown.stylize(STYLES.get(piece.role, "bold"), piece.start, min(piece.end, len(text)))
    return shown


def _mention(mention: Mention, console: Console) -> None:
    sides = " · ".join(
        f"{party.name} ({party.side}{'' if party.listed else ', by its shape'})" for party in mention.parties
    )
    amount = f" · {mention.amount}" if mention.amount else ""
    console.print(f"\nDEAL {mention.type} · {sides} · {mention.direction} · {mention.status}{amount}", style="bold")
    console.print(
        f"score {mention.score:.2f} (flagged from {THRESHOLD}); proven by: “{mention.sentence}”", soft_wrap=True
    )
    table = Table("role", "rule", "where", "quote", box=None)
    for piece in mention.evidence:
        table.add_row(piece.role, piece.rule, f"{piece.field} {piece.start}-{piece.end}", Text(piece.quote))
    console.print(table)


def _nearest(story: Story, flagger: Flagger, mentions: tuple[Mention, ...], console: Console) -> None:
    """For a story that is not flagged: what came nearest, and what it lacked. For a flagged one: how it was scored."""
    reading = flagger.read(story)
    if reading is None:
        console.print("\nNOT FLAGGED: nothing Chinese is named in it: no listed company, no 中国, China or Chinese.")
        return
    judged = flagger.judge(reading)
    if not judged:
        console.print("\nNOT FLAGGED: both sides may be named, but no rule is met in any sentence.")
        _names(reading, console)
        return
    best = judged[0]
    if not mentions:
        console.print(
            f"\nNOT FLAGGED: the nearest is {best.event.type}, at {best.probability:.2f} of {THRESHOLD}.", style="bold"
        )
        console.print("It lacks: " + "; ".join(_lacks(best, flagger)), soft_wrap=True)
    _scores(best, flagger, console)


def _lacks(judged: Judged, flagger: Flagger) -> list[str]:
    """The scores that pull it down, in words: a veto met, a side that is missing, words too weak."""
    event = judged.event
    lacks = []
    if event.chinese is None:
        lacks.append("a Chinese side beside the deal's words")
    if event.foreign is None:
        lacks.append("a foreign side beside the deal's words")
    weights = flagger.rules.weights
    pulls = {name: weights.get(name, 0.0) * value for name, value in judged.features.items() if name != "bias"}
    lacks += [
        f"{name} weighs {pull:+.2f}" for name, pull in sorted(pulls.items(), key=lambda each: each[1]) if pull < -0.2
    ]
    return lacks or ["stronger words: only weak rules are met, or far down in the text"]


def _scores(judged: Judged, flagger: Flagger, console: Console) -> None:
    rules = Table(
        "rule", "weight", "sentence", box=None, title=f"\nrules met for {judged.event.type}", title_justify="left"
    )
    for candidate in judged.event.group[:6]:
        quote = candidate.line.text[candidate.trigger[0] - candidate.line.sentence.start :][:80]
        rules.add_row(candidate.rule.id, f"{candidate.score:.2f}", Text(f"{candidate.line.index}: {quote}"))
    console.print(rules)
    scores = Table("score", "value", "weight", "adds", box=None, title="\ncomposite scores", title_justify="left")
    for name, value in judged.features.items():
        weight = flagger.rules.weights.get(name, 0.0)
        scores.add_row(name, f"{value:.2f}", f"{weight:+.2f}", f"{weight * value:+.2f}")
    console.print(scores)


def _names(reading: Reading, console: Console) -> None:
    found = sorted({f"{name.name} ({name.side})" for line in reading.lines for name in line.names})
    console.print("names found: " + (", ".join(found) or "none"), soft_wrap=True)
