"""The documents say what the code does: commands, options, settings, links, dependencies."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from dealwatch.watchlist.settings import Settings
from tools.commands_page import PAGE, everything, page

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = {path: (command, context) for path, command, context in everything()}


def shell_lines(text: str) -> list[str]:
    """Every `dealwatch ...` line in a fenced block, and every inline one that stands alone in backticks."""
    fenced = "\n".join(re.findall(r"```(?:sh|bash|console)?\n(.*?)```", text, re.S))
    lines = [line.strip().removeprefix("$ ") for line in fenced.splitlines()]
    inline = re.findall(r"`(dealwatch [^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    wanted = [line for line in lines + inline if re.match(r"dealwatch [a-z]", line)]
    return [re.split(r"\s+#|\s[|>&]|;", line)[0].replace(".venv/bin/", "") for line in wanted]


def known_options(command: click.Command, context: click.Context) -> set[str]:
    return {name for parameter in command.get_params(context) for name in (*parameter.opts, *parameter.secondary_opts)}


def test_the_page_of_commands_is_the_help_itself() -> None:
    assert PAGE.read_text("utf-8") == page(), "docs/commands.md is stale: run make docs"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_exists_with_its_options(document: Path) -> None:
    if document == PAGE:
        return
    for line in shell_lines(document.read_text("utf-8")):
        words = shlex.split(line.replace("…", "").replace("...", "").replace("[", " ").replace("]", " "))
        path = words.pop(0)
        while words and f"{path} {words[0]}" in COMMANDS:
            path = f"{path} {words.pop(0)}"
        command, context = COMMANDS[path]
        assert not isinstance(command, click.Group) or not words or words[0].startswith(("-", "<")), (
            f"{document.name}: {line!r}: no such subcommand of {path}"
        )
        options = {word.split("=")[0] for word in words if word.startswith("-")}
        unknown = options - known_options(command, context)
        assert not unknown, f"{document.name}: {line!r}: {path} knows no {', '.join(sorted(unknown))}"


def test_every_command_is_introduced_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in COMMANDS if name.count(" ") == 1 and name not in readme]
    assert not missing


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)(?=`|\s|$)", text, re.M)) - {"it", "sure"}
        assert named <= targets, f"{document.name}: {named - targets}"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in text] == []


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = [*project["project"]["dependencies"]]
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        named += group
    reasons = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    names = [re.match(r"[A-Za-z0-9-]+", requirement)[0] for requirement in named]  # type: ignore[index]
    assert [name for name in names if name not in reasons] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text("utf-8")):
        assert (document.parent / link).exists(), f"{document.name}: {link}"
