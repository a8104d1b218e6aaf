"""`dealwatch rules`: are the rules sound, and how good are they."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from dealwatch.cli.options import watchlist_option
from dealwatch.cli.rules_archive import apply, backtest
from dealwatch.cli.rules_fit import fit
from dealwatch.cli.story_files import read_lines, story_of
from dealwatch.deals import evaluate, examples
from dealwatch.deals.evaluate import Item, Same
from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import DEAL_TYPES
from dealwatch.errors import DealwatchError
from dealwatch.watchlist.flagger import load_flagger, load_unfitted
from dealwatch.watchlist.models import load_models
from dealwatch.watchlist.spellings import known_names

COLUMNS = ("items", "f1", "precision", "recall", "deals", "whole", "both_sides", "party_f1")


@click.group()
def rules() -> None:
    """Check the rules and measure what they find.

    \b
    Examples:
      dealwatch rules check
      dealwatch rules eval labelled.jsonl --misses
      dealwatch rules backtest --since 30d
    """


for _command in (apply, backtest, fit):
    rules.add_command(_command)


@rules.command()
@watchlist_option
def check(watchlist: Path) -> None:
    """Validate every rule and run the sentences it carries; say whether the weights know them all.

    Exit codes: 0 every rule keeps its promises, 2 one does not (its file and line are named).
    """
    flagger = load_unfitted(watchlist)
    weighed = load_models(watchlist).cues
    broken = [*examples.broken_promises(flagger), *examples.without_examples(flagger)]
    if broken:
        raise DealwatchError("\n".join(broken))
    found = flagger.rules
    click.echo(
        f"{len(found.rules)} rules, {len(found.vetoes)} vetoes, {len(found.hedges)} hedges,"
        f" {len(found.families)} word families with {sum(map(len, found.families.values()))} forms:"
        f" all {examples.count(flagger)} examples hold"
    )
    unknown = [rule.id for rule in found.rules if f"rule {rule.id}" not in weighed]
    if unknown:
        names = ", ".join(unknown)
        click.echo(f"these weigh nothing (newer than the last `dealwatch rules fit`, or they tell nothing): {names}")


@rules.command("eval")
@click.argument("gold", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--misses", is_flag=True, help="Name each story missed, flagged falsely, or with a deal not wholly right."
)
@click.option(
    "--aliases",
    type=click.Path(path_type=Path, dir_okay=False),
    help="JSON: lists of names that count as one. [the entities' own aliases]",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
@watchlist_option
def evaluate_(gold: Path, misses: bool, aliases: Path | None, as_json: bool, watchlist: Path) -> None:
    """Measure the flagging on labelled news: overall, by language and by type.

    GOLD has one story a line, with "label": {"deals": [...]}. `whole` is the share of deals with both sides, type,
    direction and status right.
    """
    flagger = load_flagger(watchlist)
    items = [_item(line.data, line.error, line.number, gold, flagger) for line in read_lines(gold)]
    same = _families(aliases) if aliases else known_names(watchlist)
    parts = {"all": items}
    parts |= {f"lang {lang}": [i for i in items if i.lang == lang] for lang in sorted({i.lang for i in items})}
    parts |= {f"type {kind}": [i for i in items if any(deal.type == kind for deal in i.wanted)] for kind in DEAL_TYPES}
    figures = {name: evaluate.figures(part, same).as_dict() for name, part in parts.items() if part}
    if as_json:
        click.echo(json.dumps(figures, indent=2))
    else:
        _print(figures)
    if misses:
        _print_misses(items, same)


def _item(data: dict[str, object], error: str | None, number: int, gold: Path, flagger: Flagger) -> Item:
    if error:
        raise DealwatchError(error)
    try:
        wanted = evaluate.wanted_deals(data["label"])
    except (KeyError, TypeError) as problem:
        raise DealwatchError(
            f"{gold}:{number}: label: {problem}; it needs deals, as the labelled news has"
        ) from problem
    story = story_of(data)
    return Item(story.id, story.lang or "?", story.title, wanted, flagger.flag(story))


def _families(path: Path) -> Same:
    """From a file of families (lists of names), compared without case and punctuation."""
    try:
        families = json.loads(path.read_text("utf-8"))
        first = {_plain(name): _plain(family[0]) for family in families for name in family}
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise DealwatchError(f"{path}: {error}; it needs a JSON list of lists of names") from error
    return lambda name: first.get(_plain(name), _plain(name))


def _plain(name: str) -> str:
    name = name.strip().lower().removeprefix("the ")
    return "".join(character for character in name if character.isalnum())


def _print(figures: dict[str, dict[str, float]]) -> None:
    table = Table("part", *COLUMNS, *evaluate.FIELDS, "extra", box=None)
    for name, row in figures.items():
        table.add_row(name, *(_number(row[column]) for column in (*COLUMNS, *evaluate.FIELDS, "extra")))
    Console(highlight=False, width=None if Console().is_terminal else 160).print(table)


def _number(value: float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _print_misses(items: Sequence[Item], same: Callable[[str], str]) -> None:
    for item in items:
        if item.verdict in ("missed", "false"):
            click.echo(f"{item.verdict.upper():7} {item.id}  {item.title}")
        for wanted, found in evaluate.pairs(item, same):
            if found is not None and not evaluate.whole(wanted, found, same):
                click.echo(f"DIFFERS {item.id}  {item.title}")
                click.echo(f"   want  {wanted.type} {', '.join(wanted.parties)} {wanted.direction} {wanted.status}")
                click.echo(f"   found {found.type} {', '.join(found.names)} {found.direction} {found.status}")
