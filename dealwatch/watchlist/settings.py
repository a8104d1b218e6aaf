"""`watchlist/settings.yaml`: the few numbers that hold for the whole monitor."""

from pathlib import Path

from pydantic import Field

from dealwatch.watchlist.load import Model, read_document, validate

DEFAULT_DB = Path("data/dealwatch.db")
DEFAULT_WATCHLIST = Path("watchlist")


class Settings(Model):
    """Every setting has a default that suits a newcomer; the file may leave any of them out."""

    user_agent: str = Field(
        default="Dealwatch/0.1 (+https://github.com/dealwatch/dealwatch; news monitor, obeys robots.txt)", min_length=8
    )
    history_after_days: int = Field(default=14, ge=0)
    """A story already older than this when first seen is history: kept, but it raises no alert."""
    clean_workers: int = Field(default=0, ge=0)
    """Processes that clean pages; 0 is one a core."""
    max_children: int = Field(default=2, ge=1)
    """Crawls the scheduler lets run side by side."""


def load_settings(watchlist: Path) -> Settings:
    path = watchlist / "settings.yaml"
    return validate(Settings, read_document(path)) if path.exists() else Settings()
