"""Draws docs/demo.svg, the README's picture, from what the demo really prints: `make picture`."""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "demo.svg"
WIDTH = 84
LINES = 34
_WIDE = re.compile("[\u2e80-\uffef]")


def demo_output() -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dealwatch", "demo", "--db", f"{folder}/demo/dealwatch.db"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.replace(folder + "/", "")


def shown(output: str) -> str:
    """The table's top, and what the run says at its end."""
    lines = output.splitlines()
    top = next(number for number, line in enumerate(lines) if line.startswith("┏"))
    end = next(number for number, line in enumerate(lines) if line.startswith("Run "))
    rows = "\n".join(lines[top:end]).split("├")
    straight = "├".join(row for row in rows if not _WIDE.search(row))  # an SVG cannot hold wide characters to a grid
    return "\n".join(["$ make demo", *straight.splitlines()[:LINES], "  ⋮", "", lines[end], lines[-1]])


if __name__ == "__main__":
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text(shown(demo_output())), soft_wrap=False)
    svg = console.export_svg(title="dealwatch")
    PICTURE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S), "utf-8")  # no fonts from other hosts
