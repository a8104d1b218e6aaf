"""The flagger as the watchlist on disk has it: entities and rules read, checked and compiled."""

from pathlib import Path

from dealwatch.deals.flag import Flagger
from dealwatch.watchlist.brands import load_brands
from dealwatch.watchlist.entities import load_entities
from dealwatch.watchlist.rules import load_rules


def load_flagger(watchlist: Path) -> Flagger:
    """Raises WatchlistError naming every mistake in the entities or the rules, with file and line."""
    return Flagger(load_entities(watchlist), load_rules(watchlist), load_brands(watchlist))
