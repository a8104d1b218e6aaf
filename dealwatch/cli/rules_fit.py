"""`dealwatch rules fit`: the weights of the composite scores, from labelled news."""

from pathlib import Path

import click

from dealwatch.cli.options import watchlist_option
from dealwatch.cli.story_files import read_lines, story_of
from dealwatch.deals.fit import fit as fitted
from dealwatch.deals.score import FEATURES, PRIOR
from dealwatch.errors import DealwatchError
from dealwatch.watchlist.flagger import load_flagger

HEAD = (
    'about: "Weights of the composite scores, fitted on labelled news by `dealwatch rules fit`; not edited by hand"\n'
)


@click.command("fit")
@click.argument("gold", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Print the weights instead of writing rules/weights.yaml.")
@watchlist_option
def fit(gold: tuple[Path, ...], dry_run: bool, watchlist: Path) -> None:
    """Fit the weights on labelled news (JSON Lines with "label") and write rules/weights.yaml.

    The same news and rules give the same weights. Fit on news that nobody looked at while writing rules, or the
    threshold comes out wrong.

    \b
    Examples:
      dealwatch rules fit labelled.jsonl --dry-run
      dealwatch rules fit labelled.jsonl more.jsonl
    """
    flagger = load_flagger(watchlist)
    rows = []
    for path in gold:
        for line in read_lines(path):
            if line.error:
                raise DealwatchError(line.error)
            try:
                label = bool(line.data["label"]["deals"])
            except (KeyError, TypeError) as problem:
                raise DealwatchError(f"{path}:{line.number}: label: {problem}; it needs deals") from problem
            values = flagger.features(story_of(line.data))
            if values is not None:
                rows.append((values, label))
    weights = fitted(rows, FEATURES, PRIOR)
    text = HEAD + "weights:\n" + "".join(f"  {name}: {value}\n" for name, value in weights.items())
    if dry_run:
        click.echo(text, nl=False)
        return
    (watchlist / "rules" / "weights.yaml").write_text(text, "utf-8")
    click.echo(f"fitted on {len(rows)} stories, {sum(label for _, label in rows)} of them with deals")
