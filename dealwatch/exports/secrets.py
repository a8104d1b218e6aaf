"""Secrets: from the environment, or from a file that neither git nor the archive ever sees."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from dealwatch.errors import DealwatchError
from dealwatch.watchlist.channels import SECRET

FILE_VARIABLE = "DEALWATCH_SECRETS"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_UNQUOTED = ":-_.~"
_SHORTEST = 4
"""A shorter value is not blotted out: it would blot out half of every message."""


class Secrets:
    """Fills `${NAME}` in addresses, and blots out what it filled in wherever that might be read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._used: set[str] = set()

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> "Secrets":
        """The environment's, over those of the file that DEALWATCH_SECRETS names. Raises DealwatchError."""
        file = environment.get(FILE_VARIABLE)
        return cls({**(_read(Path(file)) if file else {}), **environment})

    def fill(self, address: str) -> str:
        """The address with every `${NAME}` filled in. Raises DealwatchError for a name that is not set.

        What stands inside an address is quoted for it, so that a password may hold `@`, `/` or `%`; a `${NAME}` that
        is the whole address is taken as it is, so one that holds quoted parts must be the whole address.
        """
        missing = [name for name in SECRET.findall(address) if not self._values.get(name)]
        if missing:
            raise DealwatchError(
                f"${{{missing[0]}}} is not set; set it in the environment or in the file that {FILE_VARIABLE} names"
            )
        whole = SECRET.fullmatch(address)
        filled = self._values[whole[1]] if whole else SECRET.sub(lambda match: self._quoted(match[1]), address)
        self._used.update(self._values[name] for name in SECRET.findall(address))
        return filled

    def _quoted(self, name: str) -> str:
        return quote(self._values[name], safe=_UNQUOTED)

    def blot(self, text: str) -> str:
        """`text` without any secret that was filled in, as it is or in the spellings of addresses."""
        spellings = {spelling for value in self._used for spelling in _spellings(value)}
        for spelling in sorted(spellings, key=len, reverse=True):
            text = text.replace(spelling, "***")
        return text


def _spellings(value: str) -> set[str]:
    """The value, its quoted forms, and the parts of one that is a whole address."""
    parts = re.split(r"[/?&=@:#]+", value) if "://" in value else []
    long = [part for part in (value, *parts) if len(part) >= _SHORTEST]
    forms = (str, quote, lambda part: quote(part, safe=""), lambda part: quote(part, safe=_UNQUOTED), unquote)
    return {form(part) for part in long for form in forms}


def _read(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            raise DealwatchError(f"{path}: others can read your secrets; chmod 600 {path}")
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise DealwatchError(f"{path}: cannot be read: {error.strerror}; see {FILE_VARIABLE}") from error
    except UnicodeDecodeError as error:
        raise DealwatchError(f"{path}: not UTF-8; save it as UTF-8") from error
    values: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise DealwatchError(f"{path}:{number}: not NAME=VALUE; write one secret a line")
        values[match[1]] = match[2].strip("'\"")
    return values
