"""The `dealwatch` command, thin: each subcommand calls one room, and its module loads only when it is asked for."""

import importlib
import sys

import click

from dealwatch import __version__
from dealwatch.errors import DealwatchError

COMMANDS = {
    "backup": "dealwatch.cli.backup:backup",
    "channels": "dealwatch.cli.channels:channels",
    "clean": "dealwatch.cli.clean:clean",
    "crawl": "dealwatch.cli.crawl:crawl",
    "deals": "dealwatch.cli.deals:deals",
    "deliver": "dealwatch.cli.deliver:deliver",
    "deliveries": "dealwatch.cli.deliveries:deliveries",
    "demo": "dealwatch.cli.demo:demo",
    "explore": "dealwatch.cli.explore:explore",
    "export": "dealwatch.cli.export:export",
    "feeds": "dealwatch.cli.people:feeds",
    "flag": "dealwatch.cli.flag:flag",
    "people": "dealwatch.cli.people:people",
    "review": "dealwatch.cli.review:review",
    "rules": "dealwatch.cli.rules:rules",
    "sources": "dealwatch.cli.sources:sources",
    "status": "dealwatch.cli.status:status",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dealwatch")
def cli() -> None:
    """Watches the news for deals that tie Chinese retail to the rest of the world.

    \b
    Exit codes: 0 fine, 2 wrong configuration or usage, 3 some sources failed.

    \b
    Examples:
      dealwatch demo                        a crawl of the bundled sample newsroom
      dealwatch crawl technode              one outlet, now
      dealwatch status                      how every outlet is doing
      dealwatch export csv --since 7d       the week's deals
    """


def main() -> None:
    """Entry point: a `DealwatchError` becomes one clear line (or several) on stderr and its exit code."""
    try:
        cli()
    except DealwatchError as error:
        for line in str(error).splitlines():
            click.echo(f"dealwatch: {line}", err=True)
        sys.exit(error.exit_code)
