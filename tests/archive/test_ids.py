"""Ids that no archive can hold are ids of nothing."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from dealwatch.archive import Archive
from dealwatch.cli import cli
from dealwatch.errors import DealwatchError

HUGE = "99999999999999999999"


@pytest.mark.parametrize("words", [("show", HUGE), ("merge", "1", HUGE), ("split", HUGE, "1"), ("why", HUGE, "1")])
def test_a_huge_id_is_an_id_of_nothing(tmp_path: Path, words: tuple[str, ...]) -> None:
    db = tmp_path / "deals.db"
    Archive.open(db).close()
    done = CliRunner().invoke(cli, ["deals", *words, "--db", str(db)])
    assert isinstance(done.exception, DealwatchError), done.exception
    assert done.exception.exit_code == 2
    assert len(str(done.exception).splitlines()) == 1
