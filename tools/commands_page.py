"""Writes docs/commands.md from the command's own help: `make docs`. A test holds the page to the code."""

from collections.abc import Iterator
from pathlib import Path

import click

from dealwatch.cli import cli

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
HEAD = """# Commands

Written by `make docs` from the commands' own help.

Exit codes: 0 fine, 2 wrong configuration or usage, 3 some sources failed.
"""


def walk(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """The command and everything below it: (path as typed, command, its context)."""
    yield context.command_path, command, context
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from walk(child, click.Context(child, info_name=name, parent=context, max_content_width=100))


def everything() -> list[tuple[str, click.Command, click.Context]]:
    return list(walk(cli, click.Context(cli, info_name="dealwatch", max_content_width=100)))


def page() -> str:
    parts = [f"## {path}\n\n```\n{command.get_help(context)}\n```\n" for path, command, context in everything()]
    return HEAD + "\n" + "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
