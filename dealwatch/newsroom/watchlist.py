"""The sample newsroom's own watchlist: its five source files, beside the entities and rules of the real one."""

import shutil
from pathlib import Path

from dealwatch.newsroom.server import Newsroom
from dealwatch.newsroom.stories import outlets

SOURCES = Path(__file__).parent / "sources"


def write_watchlist(newsroom: Newsroom, real: Path, target: Path) -> None:
    """Fills the folder `target`: sources with the newsroom's addresses, and a copy of what else stands in `real`."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(real, target, ignore=lambda folder, _: ["sources", "channels.yaml"] if Path(folder) == real else [])
    (target / "sources").mkdir(parents=True)
    for outlet in outlets().values():
        text = (SOURCES / f"{outlet.name}.yaml").read_text("utf-8").replace("{{ base }}", newsroom.base(outlet.name))
        (target / "sources" / f"{outlet.name}.yaml").write_text(text, "utf-8")
