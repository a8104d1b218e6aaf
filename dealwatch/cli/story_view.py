"""A story as `dealwatch flag --explain` shows it: its spans marked, and rule by rule why it is flagged or is not."""

from dataclasses import replace

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dealwatch.cli.terminal import visible
from dealwatch.deals.candidates import Candidate
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
    console = console or Console(highlight=False, markup=False)  # a story's [brackets] are its own
    story = replace(story, title=visible(story.title), text=visible(story.text))
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
    """For a story that is not flagged: what came nearest, and what it lacked. For a flagged one: how it was weighed."""
    reading = flagger.read(story)
    if reading is None:
        console.print(
            "\nNOT FLAGGED: nothing Chinese is named in it: no 中国, China or Chinese, and no listed company (in"
            " English a name counts with its capitals).",
            soft_wrap=True,
        )
        return
    judged = flagger.judge(reading)
    best = max(judged.signs.found, key=lambda candidate: candidate.score, default=None)
    if best is None:
        if not mentions:
            console.print(f"\nNOT FLAGGED: {_missing(reading)}.")
        _names(reading, console)
        _weights(judged, console)
        return
    if not mentions:
        console.print(
            f"\nNOT FLAGGED: the nearest is {best.type}, at {judged.probability:.2f} of {THRESHOLD}.", style="bold"
        )
        for said, what in (("It lacks", _lacks(best)), ("Against it", _against(judged))):
            if what:
                console.print(f"{said}: " + "; ".join(what), soft_wrap=True)
    _rules(judged, console)
    _weights(judged, console)


def _missing(reading: Reading) -> str:
    """Why no rule may be met: the side that nobody names, else that no words of a deal stand beside the names."""
    told = {name.side for name in reading.names()}
    if "foreign" not in told and not any(line.has("{abroad}") for line in reading.lines):
        return "no foreign side is named in it"
    if "chinese" not in told:
        return "China is named in it, but no Chinese company, and no rule is met in any sentence"
    return "no rule is met in any sentence"


def _lacks(best: Candidate) -> list[str]:
    """Which sides the sentence that comes nearest does not tell."""
    sides = (("Chinese", best.chinese), ("foreign", best.foreign))
    return [f"a {side} side beside the deal's words" for side, told in sides if told is None]


def _against(judged: Judged) -> list[str]:
    """What pulls it down: a veto met, words that seldom tell of a deal."""
    strongest = judged.model.strongest(judged.cues, "yes", 40)
    return [f"{cue} weighs {adds:+.2f}" for cue, adds in strongest if adds < 0][:6]


def _rules(judged: Judged, console: Console) -> None:
    rules = Table("rule", "type", "score", "sentence", box=None, title="\nrules met", title_justify="left")
    for candidate in sorted(judged.signs.found, key=lambda candidate: -candidate.score)[:6]:
        quote = candidate.line.text[candidate.trigger[0] - candidate.line.sentence.start :][:80]
        score = f"{candidate.score:.2f}"
        rules.add_row(candidate.rule.id, candidate.type, score, Text(f"{candidate.line.index}: {quote}"))
    console.print(rules)


def _weights(judged: Judged, console: Console) -> None:
    cues = Table("cue", "adds", box=None, title="\nwhat weighs most for and against a deal", title_justify="left")
    for cue, adds in judged.model.strongest(judged.cues, "yes", 16):
        cues.add_row(Text(cue), f"{adds:+.2f}")
    console.print(cues)


def _names(reading: Reading, console: Console) -> None:
    found = sorted({f"{name.name} ({name.side})" for line in reading.lines for name in line.names})
    console.print("names found: " + (", ".join(found) or "none"), soft_wrap=True)
