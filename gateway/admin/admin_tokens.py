"""Who may use the admin listener: the holder of ADMIN_TOKEN_FILE, and the named ones of ADMIN_TOKENS_FILE.

The files may be read by their owner alone.
"""

import hmac
import logging
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.settings import files
from gateway.settings.files import FileFault
from gateway.settings.live_file import LiveFile

TOKEN_MIN_LENGTH: Final = 16
TOKEN_MAX_LENGTH: Final = 4096
_MADE_BYTES: Final = 32
OPERATOR: Final = "operator"
"""The name of the holder of ADMIN_TOKEN_FILE."""
READ: Final = "read"
ADMIN: Final = "admin"
_LINE: Final = re.compile(
    rf"([A-Za-z0-9._@-]{{1,64}})\s+({READ}|{ADMIN})\s+([!-~]{{{TOKEN_MIN_LENGTH},{TOKEN_MAX_LENGTH}}})"
)

_LOG = logging.getLogger(__name__)


class AdminTokenError(Exception):
    """The token file cannot be used; the text says what to do and shows no token."""


def open_admin_token(path: Path) -> str:
    """The token in the file, which is made with a random one, mode 0600, where there is none yet.

    Raises AdminTokenError.
    """
    if not files.exists(path):
        _make(path)
    return read_admin_token(path)


def read_admin_token(path: Path) -> str:
    """The token: printable ASCII without spaces, at least 16 characters. Raises AdminTokenError."""
    try:
        token = files.read_secret(path).text().strip()
    except FileFault as fault:
        raise AdminTokenError(f"ADMIN_TOKEN_FILE {path}: {fault}") from None
    plain = all("!" <= char <= "~" for char in token)
    if not plain or not TOKEN_MIN_LENGTH <= len(token) <= TOKEN_MAX_LENGTH:
        raise AdminTokenError(
            f"ADMIN_TOKEN_FILE {path}: must hold one token of at least {TOKEN_MIN_LENGTH} letters, digits and signs:"
            " delete the file and a new one is made at the next start"
        )
    return token


def _make(path: Path) -> None:
    """Whole or not at all; where two processes start at the same time, both use the file of the first."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(_MADE_BYTES)}\n")
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
        finally:
            fresh.unlink()
    except OSError as wrong:
        raise AdminTokenError(f"ADMIN_TOKEN_FILE {path}: cannot be made: {os.strerror(wrong.errno or 0)}") from None
    _LOG.info("made a token for the admin listener: %s", path)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whose token it is. The role `read` may look, `admin` may change things too."""

    name: str
    role: str
    token: str = field(repr=False)

    @property
    def may_change(self) -> bool:
        """Whether the role lets it."""
        return self.role == ADMIN


class AdminTokens:
    """Those who may: some that stay, and those of two files, whose change counts with the next request.

    `own` is ADMIN_TOKEN_FILE, `path` ADMIN_TOKENS_FILE. Raises AdminTokenError for a file that is wrong at the start; a
    later fault is logged, and the former tokens stay.
    """

    def __init__(self, actors: Iterable[Actor], path: Path | None = None, own: Path | None = None) -> None:
        self._fixed = tuple(actors)
        self._own = LiveFile(
            (own,) if own else (),
            lambda: [operator(read_admin_token(own))] if own else [],
            faults=AdminTokenError,
            refused="the former token stays",
            taken=lambda _: f"ADMIN_TOKEN_FILE {own}: another token",
        )
        self._named = LiveFile(
            (path,) if path else (),
            lambda: read_admin_tokens(path) if path else [],
            faults=AdminTokenError,
            refused="the former tokens stay",
            taken=lambda named: f"ADMIN_TOKENS_FILE {path}: {len(named)} tokens",
        )

    def holder(self, given: bytes) -> Actor | None:
        """Who holds this token. All are compared, each in constant time."""
        found = [actor for actor in self._newest() if hmac.compare_digest(given, actor.token.encode())]
        return found[0] if found else None

    def named(self, name: str) -> Actor | None:
        """Who has this name now."""
        return next((actor for actor in self._newest() if actor.name == name), None)

    def _newest(self) -> list[Actor]:
        return [*self._fixed, *self._own.newest(), *self._named.newest()]


def operator(token: str) -> Actor:
    """The holder of ADMIN_TOKEN_FILE."""
    return Actor(OPERATOR, ADMIN, token)


def read_admin_tokens(path: Path) -> list[Actor]:
    """The named tokens of a file: lines `name role token`; `#` begins a comment line. Raises AdminTokenError."""
    try:
        text = files.read_secret(path).text()
    except FileFault as fault:
        raise AdminTokenError(f"ADMIN_TOKENS_FILE {path}: {fault}") from None
    actors = [_actor(path, number, line) for number, line in files.entry_lines(text)]
    names = [actor.name for actor in actors]
    twice = sorted({name for name in (*names, OPERATOR) if [*names, OPERATOR].count(name) > 1})
    if twice:
        raise AdminTokenError(f"ADMIN_TOKENS_FILE {path}: {', '.join(twice)}: a name must belong to one token")
    if len({actor.token for actor in actors}) < len(actors):
        raise AdminTokenError(f"ADMIN_TOKENS_FILE {path}: a token must have one name")
    return actors


def _actor(path: Path, number: int, line: str) -> Actor:
    found = _LINE.fullmatch(line)
    if found is None:
        raise AdminTokenError(
            f"ADMIN_TOKENS_FILE {path}, line {number}: write `name role token`: role {READ} or {ADMIN}, the token of at"
            f" least {TOKEN_MIN_LENGTH} letters, digits and signs"
        )
    return Actor(found[1], found[2], found[3])
