"""Small watchlists for tests that crawl: nothing is flagged by them."""

from pathlib import Path

from dealwatch.deals.judging.models import QUESTIONS, Models
from dealwatch.watchlist.models import write_models


def bare_watchlist(folder: Path) -> Path:
    """The folders of a watchlist, with weights by which no story reports a deal."""
    for name in ("sources", "entities", "rules"):
        (folder / name).mkdir(parents=True)
    models = Models.unfitted()
    write_models(folder, {question: getattr(models, question).weights for question in QUESTIONS}, 0)
    return folder
