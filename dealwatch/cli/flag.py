"""`dealwatch flag`: which deals a story reports, and why."""

import json
from pathlib import Path
from typing import Any

import click

from dealwatch.cli.options import watchlist_option
from dealwatch.cli.story_files import read_lines
from dealwatch.deals.flag import Flagger
from dealwatch.deals.partition import fold_mentions
from dealwatch.deals.records import Mention, Story
from dealwatch.errors import DealwatchError
from dealwatch.watchlist.families import load_families
from dealwatch.watchlist.flagger import load_flagger

_IN_A_ROW = 1000
"""Lines flagged before they are printed; folding needs them all."""


@click.command(no_args_is_help=True)
@click.argument("places", nargs=-1, metavar="[URL|FILE]...")
@click.option("--jsonl", type=click.Path(path_type=Path, dir_okay=False), help="Stories, one JSON object a line.")
@click.option("--fold", is_flag=True, help="With --jsonl: add deal_id, equal for stories of one deal.")
@click.option("--explain", is_flag=True, help="Show the story with its spans marked, and why, rule by rule.")
@watchlist_option
def flag(places: tuple[str, ...], jsonl: Path | None, fold: bool, explain: bool, watchlist: Path) -> None:
    """Say which deals a story reports, each with the spans that prove it.

    A FILE is a saved page (.html, .html.gz) or plain text (headline first). A URL is fetched as the crawler would.
    Nothing is stored. With --jsonl a line is {"id", "title", "text", "lang", "published", "url"} and comes back as
    {"id", "deals": [{"type", "parties", "direction", "status", "amount", "evidence", ...}]}.

    \b
    Exit codes: 0 fine, 2 a story could not be read (the others are still printed).

    \b
    Examples:
      dealwatch flag story.html --explain
      dealwatch flag --jsonl stories.jsonl > deals.jsonl
      dealwatch flag --jsonl stories.jsonl --fold
    """
    if bool(places) == (jsonl is not None):
        raise DealwatchError("name either stories (URL or FILE) or a file with --jsonl")
    if fold and jsonl is None:
        raise DealwatchError("--fold needs --jsonl: a single story has nothing to be folded with")
    if explain and jsonl is not None:
        raise DealwatchError("--explain is for single stories: name them as URL or FILE, without --jsonl")
    flagger = load_flagger(watchlist)
    if jsonl is not None:
        _flag_lines(jsonl, flagger, watchlist, fold=fold)
        return
    from dealwatch.cli.story_places import stories
    from dealwatch.cli.story_view import show

    for story in stories(places, watchlist):
        if explain:
            show(story, flagger)
        else:
            click.echo(json.dumps(_row(story, flagger.flag(story), None), ensure_ascii=False))


def _flag_lines(path: Path, flagger: Flagger, watchlist: Path, *, fold: bool) -> None:
    bad = 0
    flagged: list[tuple[Story, tuple[Mention, ...]]] = []
    for line in read_lines(path):
        if line.story is None:
            bad += 1
            click.echo(f"dealwatch: {line.error}", err=True)
            continue
        flagged.append((line.story, flagger.flag(line.story)))
        if not fold and len(flagged) >= _IN_A_ROW:
            _print(flagged, None)
            flagged.clear()
    _print(flagged, fold_mentions(flagged, load_families(watchlist)) if fold else None)
    if bad:
        raise DealwatchError(f"{path}: {bad} lines could not be read; the others are printed")


def _print(flagged: list[tuple[Story, tuple[Mention, ...]]], deal_ids: list[list[int]] | None) -> None:
    for number, (story, mentions) in enumerate(flagged):
        row = _row(story, mentions, deal_ids[number] if deal_ids is not None else None)
        click.echo(json.dumps(row, ensure_ascii=False))


def _row(story: Story, mentions: tuple[Mention, ...], deal_ids: list[int] | None) -> dict[str, Any]:
    deals = [as_dict(mention) for mention in mentions]
    if deal_ids is not None:
        deals = [{**deal, "deal_id": deal_id} for deal, deal_id in zip(deals, deal_ids, strict=True)]
    return {"id": story.id, "deals": deals}


def as_dict(mention: Mention) -> dict[str, Any]:
    """A mention in the form that the labelled news has, and what is known beyond it."""
    return {
        "type": mention.type,
        "parties": list(mention.names),
        "direction": mention.direction,
        "status": mention.status,
        "amount": mention.amount,
        "amount_value": mention.amount_value,
        "amount_currency": mention.amount_currency,
        "market": mention.market,
        "score": mention.score,
        "sentence": mention.sentence,
        "evidence": [
            {
                "rule": piece.rule,
                "role": piece.role,
                "field": piece.field,
                "start": piece.start,
                "end": piece.end,
                "quote": piece.quote,
            }
            for piece in mention.evidence
        ],
    }
