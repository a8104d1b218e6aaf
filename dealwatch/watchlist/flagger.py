"""The flagger as the watchlist on disk has it: entities, rules and weights read, checked and compiled."""

from pathlib import Path

from dealwatch.deals.flag import Flagger
from dealwatch.deals.judging.models import Models
from dealwatch.watchlist.brands import load_brands
from dealwatch.watchlist.entities import load_entities
from dealwatch.watchlist.models import load_models
from dealwatch.watchlist.rules import load_rules


def load_flagger(watchlist: Path) -> Flagger:
    """Raises WatchlistError naming every mistake in entities, rules or weights, with file and line."""
    return Flagger(load_entities(watchlist), load_rules(watchlist), load_models(watchlist), load_brands(watchlist))


def load_unfitted(watchlist: Path) -> Flagger:
    """A flagger without weights, to fit them with; it flags nothing."""
    return Flagger(load_entities(watchlist), load_rules(watchlist), Models.unfitted(), load_brands(watchlist))
