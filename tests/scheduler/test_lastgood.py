"""The copy of the watchlist that crawls read: always one that was in order."""

from pathlib import Path

import pytest

from dealwatch.errors import WatchlistError
from dealwatch.scheduling.lastgood import LastGood
from tests.watchlists import bare_watchlist

SOURCE = """
name: paper
title: Paper
homepage: https://paper.example/
discover: {feeds: ['https://paper.example/feed']}
"""


@pytest.fixture
def watchlist(tmp_path: Path) -> Path:
    folder = bare_watchlist(tmp_path / "watchlist")
    (folder / "sources" / "paper.yaml").write_text(SOURCE)
    return folder


def settle(watch: LastGood) -> bool:
    """Two looks at the same files."""
    watch.refresh()
    return watch.refresh()


def test_the_copy_changes_only_when_the_files_are_in_order_and_at_rest(watchlist: Path) -> None:
    watch = LastGood(watchlist, watchlist.parent / "copies")
    file = watchlist / "sources" / "paper.yaml"
    assert not settle(watch)
    file.write_text(SOURCE.replace("title: Paper", "title: Renamed"))
    assert not watch.refresh(), "an editor may be writing still"
    assert watch.refresh()
    assert watch.sources["paper"].title == "Renamed"

    file.write_text(SOURCE.replace("discover", "discovery"))
    watch.refresh()
    with pytest.raises(WatchlistError, match=f"{file}:5: discovery: is not a known key"):
        watch.refresh()
    assert not settle(watch), "said once, not at every look"
    assert watch.sources["paper"].title == "Renamed"
    assert "Renamed" in (watch.folder / "sources" / "paper.yaml").read_text()

    file.write_text(SOURCE.replace("title: Paper", "title: Mended"))
    assert settle(watch)
    assert watch.sources["paper"].title == "Mended"
    watch.close()


def test_a_broken_entity_file_counts_too_as_crawls_would_fail_by_it(watchlist: Path) -> None:
    watch = LastGood(watchlist, watchlist.parent / "copies")
    (watchlist / "entities" / "china.yaml").write_text("about: [")
    watch.refresh()
    with pytest.raises(WatchlistError, match=r"entities/china\.yaml:2: not valid YAML"):
        watch.refresh()
    watch.close()


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("channels.yaml", "channels:\n  - {name: desk, tow: 'slack://x'}", "channels.yaml:2"),
        ("sources/paper.yaml", SOURCE + "spider: no.such.Spider\n", "cannot be loaded"),
    ],
)
def test_whatever_would_end_a_crawl_is_found_first(watchlist: Path, file: str, text: str, word: str) -> None:
    watch = LastGood(watchlist, watchlist.parent / "copies")
    (watchlist / file).write_text(text)
    watch.refresh()
    with pytest.raises(WatchlistError, match=word):
        watch.refresh()
    watch.close()


def test_copies_stay_as_long_as_a_crawl_reads_them(watchlist: Path) -> None:
    watch = LastGood(watchlist, watchlist.parent / "copies")
    first = watch.folder
    (watchlist / "settings.yaml").write_text("max_children: 5")
    assert settle(watch)
    assert watch.settings.max_children == 5
    watch.forget({first})
    assert first.is_dir()
    watch.forget(set())
    assert not first.exists()
    assert watch.folder.is_dir()
    watch.close()
    assert not watch.folder.exists()


def test_what_a_killed_scheduler_left_behind_is_swept_up(watchlist: Path) -> None:
    room = watchlist.parent / "copies"
    first = LastGood(watchlist, room)
    (first.folder / "left.yaml").write_text("old")
    second = LastGood(watchlist, room)
    assert [path.name for path in room.rglob("left.yaml")] == []
    assert (second.folder / "sources" / "paper.yaml").is_file()
    second.close()
    assert not room.exists()


def test_the_first_watchlist_must_be_in_order(watchlist: Path) -> None:
    (watchlist / "sources" / "paper.yaml").write_text("name: other")
    with pytest.raises(WatchlistError, match=f"{watchlist}/sources/paper.yaml:1: title: is missing"):
        LastGood(watchlist, watchlist.parent / "copies")
    with pytest.raises(WatchlistError, match="no such folder"):
        LastGood(watchlist / "nowhere", watchlist.parent / "copies")
