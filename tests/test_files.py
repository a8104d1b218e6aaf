"""Files that are written anew: whole or not at all, readable by those who could read them before."""

import stat
from pathlib import Path

import pytest

from dealwatch.errors import DealwatchError
from dealwatch.files import replace_text


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_written_anew_keeps_its_mode(tmp_path: Path) -> None:
    path, plain = tmp_path / "a.txt", tmp_path / "b.txt"
    plain.write_text("")
    replace_text(path, "价\n")
    assert (path.read_bytes(), mode(path)) == ("价\n".encode(), mode(plain))
    path.chmod(0o640)
    replace_text(path, "again")
    assert (path.read_text(), mode(path)) == ("again", 0o640)
    replace_text(path, "secret", private=True)
    assert mode(path) == 0o600


def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "half \ud800")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.txt", "old")]


def test_a_place_that_takes_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DealwatchError, match=r"gone/a\.txt: cannot be written: No such file"):
        replace_text(tmp_path / "gone" / "a.txt", "text")
