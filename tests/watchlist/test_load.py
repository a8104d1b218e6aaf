"""A mistake in the watchlist names file, line and field, says the fix, and stops all before a page is fetched."""

from pathlib import Path

import pytest

from dealwatch.errors import WatchlistError
from dealwatch.watchlist.entities import load_entities
from dealwatch.watchlist.load import read_document
from dealwatch.watchlist.settings import load_settings

HEAD = "about: a test\ndefaults: {side: foreign, kind: retailer, home: DE}\nentities:\n"


def entities(folder: Path, *lines: str, name: str = "shops.yaml") -> Path:
    path = folder / "entities" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "".join(f"  - {line}\n" for line in lines), "utf-8")
    return path


def mistake(watchlist: Path) -> str:
    with pytest.raises(WatchlistError) as caught:
        load_entities(watchlist)
    return str(caught.value)


def test_defaults_fill_what_an_entity_leaves_out(tmp_path: Path) -> None:
    entities(tmp_path, "{name: Rewe, aliases: [雷韦]}", "{name: Spar, home: NL}")
    rewe, spar = load_entities(tmp_path)
    assert (rewe.side, rewe.home, rewe.aliases) == ("foreign", "DE", ("雷韦",))
    assert spar.home == "NL"


def test_a_wrong_value_is_named_with_its_line(tmp_path: Path) -> None:
    path = entities(tmp_path, "{name: Rewe}", "{name: Spar, side: neutral}")
    assert mistake(tmp_path).startswith(f"{path}:5: entities.1.side: ")


def test_an_unknown_key_is_a_mistake(tmp_path: Path) -> None:
    path = entities(tmp_path, "{name: Rewe, alias: [雷韦]}")
    message = mistake(tmp_path)
    assert message.startswith(f"{path}:4: entities.0.alias: ")
    assert "not a known key" in message


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    entities(tmp_path, "{name: R, side: neutral}", "{aliases: [x]}")
    assert len(mistake(tmp_path).splitlines()) == 3


def test_a_name_belongs_to_one_entity(tmp_path: Path) -> None:
    first = entities(tmp_path, "{name: Coop Danmark, aliases: [Coop]}", name="a.yaml")
    second = entities(tmp_path, "{name: Coop}", name="b.yaml")
    message = mistake(tmp_path)
    assert message.startswith(f"{second}:4: Coop: ")
    assert f"{first}:4" in message


@pytest.mark.parametrize("alias", ["新", "the", "a"])
def test_a_name_that_stands_in_every_story_is_a_mistake(tmp_path: Path, alias: str) -> None:
    path = entities(tmp_path, f"{{name: Rewe, aliases: [雷韦, {alias}]}}")
    assert mistake(tmp_path).startswith(f"{path}:4: Rewe: '{alias}' stands in nearly every story")


def test_a_parent_must_be_listed(tmp_path: Path) -> None:
    entities(tmp_path, "{name: Irma, parent: Coop Danmark}")
    assert "'Coop Danmark' is not listed" in mistake(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"about: x\nentities: [\n", "not valid YAML"),
        (b"about: \xff\n", "not UTF-8"),
        (b"about: x\nabout: y\nentities: []\n", "stands twice"),
        (b"", "Input should be"),
        (b"- a\n- b\n", "Input should be"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = entities(tmp_path)
    path.write_bytes(content)
    message = mistake(tmp_path)
    assert message.startswith(str(path))
    assert words in message


def test_a_missing_folder_says_which_option_to_use(tmp_path: Path) -> None:
    assert "--watchlist" in mistake(tmp_path)


def test_lines_of_nested_places(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a:\n  b:\n    - c: 1\n    - d: 2\n", "utf-8")
    document = read_document(path)
    assert [document.line(place) for place in [("a",), ("a", "b", 1, "d"), ("a", "b", 1, "missing")]] == [1, 4, 4]


def test_settings_have_defaults_and_limits(tmp_path: Path) -> None:
    assert load_settings(tmp_path).history_after_days == 14
    (tmp_path / "settings.yaml").write_text("history_after_days: -1\n", "utf-8")
    with pytest.raises(WatchlistError, match=r"settings.yaml:1: history_after_days"):
        load_settings(tmp_path)
