"""The flagger as the repository's own watchlist makes it; loading it takes most of a second, so once a run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dealwatch.deals.flag import Flagger
from dealwatch.deals.records import Mention, Story
from dealwatch.watchlist.flagger import load_flagger

ROOT = Path(__file__).parents[2]
WATCHLIST = ROOT / "watchlist"
GOLD = ROOT / "tests" / "gold"


@pytest.fixture(scope="session")
def flagger() -> Flagger:
    return load_flagger(WATCHLIST)


@pytest.fixture
def flag(flagger: Flagger) -> Callable[..., tuple[Mention, ...]]:
    """Flags a story given as headline and text."""

    def run(title: str, text: str = "") -> tuple[Mention, ...]:
        return flagger.flag(Story("story", title, text))

    return run
