"""From any spelling of a listed company to its canonical name."""

from collections.abc import Callable
from pathlib import Path

from dealwatch.deals.families import bare
from dealwatch.watchlist.entities import load_entities


def known_names(watchlist: Path) -> Callable[[str], str]:
    """Every name and alias stands for its entity; a name nobody listed stands for itself, without case and signs."""
    known = {
        bare(alias): entity.name for entity in load_entities(watchlist) for alias in (entity.name, *entity.aliases)
    }
    return lambda name: known.get(bare(name), bare(name))
