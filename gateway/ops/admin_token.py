"""The credential of the admin listener: one token in a file that only its owner may read (design section 2)."""

import logging
import os
import secrets
from pathlib import Path
from typing import Final

from gateway.settings import files
from gateway.settings.files import FileFault

TOKEN_MIN_LENGTH: Final = 16
TOKEN_MAX_LENGTH: Final = 4096
_MADE_BYTES: Final = 32

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
        content = files.read(path)
        files.must_be_secret(path, content)
        token = content.text().strip()
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
