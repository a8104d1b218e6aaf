"""Who owns whom, as the watchlist's entities say it."""

from pathlib import Path

from dealwatch.deals.families import Families
from dealwatch.watchlist.entities import load_entities


def load_families(watchlist: Path) -> Families:
    """Raises WatchlistError naming every mistake in the entities, with file and line."""
    return Families({entity.name: entity.parent for entity in load_entities(watchlist) if entity.parent})
