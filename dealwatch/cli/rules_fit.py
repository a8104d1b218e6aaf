"""`dealwatch rules fit`: the weights of all cues, from labelled news."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from dealwatch.cli.options import watchlist_option
from dealwatch.cli.story_files import read_lines, story_of
from dealwatch.deals.evaluate import wanted_deals
from dealwatch.deals.fitting import Example
from dealwatch.deals.fitting import fit as fitted
from dealwatch.errors import DealwatchError
from dealwatch.watchlist.flagger import load_unfitted
from dealwatch.watchlist.models import write_models
from dealwatch.watchlist.spellings import known_names

PICKED = "deals"
"""The folder of stories that were picked since they report a deal; they teach the fields alone."""


@click.command("fit")
@click.argument("gold", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would be written, without writing rules/fitted.json.")
@watchlist_option
def fit(gold: tuple[Path, ...], dry_run: bool, watchlist: Path) -> None:
    """Fit the weights on labelled news and write rules/fitted.json in the watchlist.

    GOLD are JSON Lines with "label"; without any, all of the watchlist's own labelled news. The same news, rules and
    names give the same weights. Fit again after changing rules or names, and measure on news that was not fitted.
    Needs scikit-learn (the extra `fit`).

    \b
    Examples:
      dealwatch rules fit
      dealwatch rules fit watchlist/labelled/*/*.jsonl reviewed.jsonl --dry-run
    """
    examples = list(read_examples(gold or labelled_files(watchlist)))
    try:
        weights = fitted(examples, load_unfitted(watchlist), known_names(watchlist))
    except ImportError as error:
        raise DealwatchError("fitting needs scikit-learn; install it: pip install 'dealwatch[fit]'") from error
    except ValueError as error:
        raise DealwatchError(str(error)) from error
    if not dry_run:
        write_models(watchlist, weights, len(examples))
    deals = sum(bool(example.deals) for example in examples)
    click.echo(f"{'would fit' if dry_run else 'fitted'} on {len(examples)} stories, {deals} of them with deals")
    for question, answers in weights.items():
        click.echo(f"  {question}: {len({cue for row in answers.values() for cue in row})} cues")


def labelled_files(watchlist: Path) -> Sequence[Path]:
    """The watchlist's own labelled news, in a stable order. Raises DealwatchError where there is none."""
    files = sorted((watchlist / "labelled").rglob("*.jsonl"))
    if not files:
        raise DealwatchError(f"{watchlist / 'labelled'}: no labelled news (*.jsonl); name files to fit on")
    return files


def read_examples(gold: Sequence[Path]) -> Iterator[Example]:
    """The labelled stories of all files. Raises DealwatchError naming file and line of a bad one."""
    for path in gold:
        for line in read_lines(path):
            if line.error:
                raise DealwatchError(line.error)
            try:
                wanted_deals(line.data["label"])
                yield Example(story_of(line.data), line.data["label"]["deals"], path.parent.name == PICKED)
            except (KeyError, TypeError) as problem:
                raise DealwatchError(f"{path}:{line.number}: label: {problem}; it needs deals") from problem
