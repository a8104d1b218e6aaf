"""Who may come in: names, roles, password hashes and feed tokens, in a file of its own beside the archive (mode 0600).

Never in the archive: anyone may open that with any SQLite tool.
"""

import fcntl
import getpass
import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dealwatch.errors import DealwatchError
from dealwatch.files import replace_text

Role = Literal["reviewer", "reader"]
ROLES: tuple[Role, ...] = ("reviewer", "reader")
MIN_PASSWORD = 10
_NAME = re.compile(r"[\w][\w .@+-]{0,63}")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked for names that do not exist, so that the time of the answer does not tell which do."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may come in. `epoch` changes with the password: sessions from before it end."""

    name: str
    role: Role
    epoch: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed address that needs no login. Only its token's hash is kept; `query` is the filter as in an address."""

    name: str
    digest: str = field(repr=False)
    query: str
    made_at: str


@dataclass(frozen=True, slots=True)
class _Book:
    secret: str = field(repr=False)
    people: tuple[Person, ...] = ()
    feeds: tuple[Feed, ...] = ()


class People:
    """The accounts file of one archive. Every question reads the file as it stands: a removed person is out at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int, int] | None = None
        self._book: _Book | None = None

    @classmethod
    def beside(cls, archive: Path) -> "People":
        return cls(archive.with_name(f"{archive.name}.people.json"))

    @property
    def secret(self) -> str:
        """What sessions and forms are signed with; made at first use."""
        return self._ensured().secret

    def all(self) -> tuple[Person, ...]:
        return self._read().people

    def find(self, name: str) -> Person | None:
        return next((person for person in self._read().people if person.name == name), None)

    def verify(self, name: str, password: str) -> Person | None:
        """The person, if the password is theirs. Takes equally long for names that do not exist."""
        person = self.find(name)
        try:
            _hasher.verify(person.password if person else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return person

    def put(self, name: str, password: str, role: Role) -> bool:
        """Add a person, or give a known one this password and role; whether they are new. Raises DealwatchError."""
        if not _NAME.fullmatch(name):
            raise DealwatchError(f"{name!r}: a name is up to 64 letters, digits, spaces or . @ + - _; choose another")
        if len(password) < MIN_PASSWORD:
            raise DealwatchError(f"the password is too short; take at least {MIN_PASSWORD} characters")
        person = Person(name, role, secrets.token_hex(8), _hasher.hash(password))
        known = self.find(name) is not None
        self._change(lambda book: replace(book, people=(*_without(book.people, name), person)))
        return not known

    def remove(self, name: str) -> None:
        """Raises DealwatchError where nobody is called so."""
        if self.find(name) is None:
            names = ", ".join(person.name for person in self.all()) or "nobody yet"
            raise DealwatchError(f"{name!r}: there is no such person; there are {names}")
        self._change(lambda book: replace(book, people=_without(book.people, name)))

    def feeds(self) -> tuple[Feed, ...]:
        return self._read().feeds

    def add_feed(self, name: str, query: str, at: str) -> str:
        """A new feed address; its token, which is shown this once. Raises DealwatchError for a name in use."""
        if not _NAME.fullmatch(name):
            raise DealwatchError(f"{name!r}: a name is up to 64 letters, digits, spaces or . @ + - _; choose another")
        if any(feed.name == name for feed in self.feeds()):
            raise DealwatchError(f"{name!r}: a feed has that name already; remove it first, or choose another")
        token = secrets.token_urlsafe(32)
        feed = Feed(name, _digest(token), query, at)
        self._change(lambda book: replace(book, feeds=(*book.feeds, feed)))
        return token

    def remove_feed(self, name: str) -> None:
        """Its address stops working at once. Raises DealwatchError where no feed is called so."""
        if not any(feed.name == name for feed in self.feeds()):
            names = ", ".join(feed.name for feed in self.feeds()) or "none yet"
            raise DealwatchError(f"{name!r}: there is no such feed; there are {names}")
        self._change(lambda book: replace(book, feeds=tuple(feed for feed in book.feeds if feed.name != name)))

    def feed_of(self, token: str) -> Feed | None:
        digest = _digest(token)
        return next((feed for feed in self.feeds() if secrets.compare_digest(feed.digest, digest)), None)

    def _read(self) -> _Book:
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return _Book("")
        stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if self._book is None or stamp != self._stamp:
            if stat.st_mode & 0o077:
                raise DealwatchError(f"{self.path}: others may read it; run chmod 600 {self.path}")
            self._book, self._stamp = _parse(self.path), stamp
        return self._book

    def _ensured(self) -> _Book:
        book = self._read()
        if not book.secret:
            self._change(lambda found: found)
            book = self._read()
        return book

    def _change(self, change: Callable[[_Book], _Book]) -> None:
        with self._locked():
            book = self._read()
            if not book.secret:
                book = replace(book, secret=secrets.token_hex(32))
            text = json.dumps(asdict(change(book)), ensure_ascii=False, indent=1)
            replace_text(self.path, text, private=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(f"{self.path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise DealwatchError(f"{self.path}: cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def local_name() -> str:
    """Who sits at this machine, for decisions made through the one-time link."""
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):
        return "local"


def _without(people: tuple[Person, ...], name: str) -> tuple[Person, ...]:
    return tuple(person for person in people if person.name != name)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _parse(path: Path) -> _Book:
    try:
        data = json.loads(path.read_text("utf-8"))
        people = tuple(Person(**entry) for entry in data["people"])
        book = _Book(data["secret"], people, tuple(Feed(**entry) for entry in data["feeds"]))
    except OSError as error:
        raise DealwatchError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DealwatchError(
            f"{path}: is damaged; move it away and add the people again with dealwatch people add"
        ) from error
    for person in book.people:
        if person.role not in ROLES:
            raise DealwatchError(
                f"{path}: {person.name}: role {person.role!r} does not exist; write {' or '.join(ROLES)} there"
            )
    return book
