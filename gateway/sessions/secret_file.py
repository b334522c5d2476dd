"""The file of GUID secrets: lines of `key-id secret`, the first makes new GUIDs (docs/protocol.md, GUIDs)."""

import base64
import re
import secrets
from pathlib import Path
from typing import Final

from gateway.sessions.guid import SECRET_MIN_BYTES, KeyRing
from gateway.settings import files
from gateway.settings.files import FileFault

KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


class SecretFileError(Exception):
    """The file cannot be used; the text says what to do and shows no secret."""


def read_secret_file(path: Path) -> KeyRing:
    """The ring in the file. Secrets are hex or base64 of 32 random bytes or more. Raises SecretFileError."""
    try:
        content = files.read(path)
        files.must_be_secret(path, content)
        lines = content.text().splitlines()
    except FileFault as fault:
        raise SecretFileError(f"GUID_SECRET_FILE {path}: {fault}") from None
    keys: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            key_id, secret = _entry(path, number, line)
            if key_id in keys:
                raise SecretFileError(f"GUID_SECRET_FILE {path}:{number}: key id {key_id} stands there twice")
            keys[key_id] = secret
    if not keys:
        raise SecretFileError(f"GUID_SECRET_FILE {path}: holds no key: make one with `agentgateway secret new`")
    return KeyRing(next(iter(keys)), keys)


def _entry(path: Path, number: int, line: str) -> tuple[str, bytes]:
    key_id, _, text = line.strip().partition(" ")
    secret = _decode(text.strip())
    if not KEY_ID.fullmatch(key_id) or secret is None:
        raise SecretFileError(
            f"GUID_SECRET_FILE {path}:{number}: must be `key-id secret`: 1 to 32 of A-Z a-z 0-9 _ -, a space,"
            f" then hex or base64 of at least {SECRET_MIN_BYTES} random bytes"
        )
    return key_id, secret


def _decode(text: str) -> bytes | None:
    try:
        secret = bytes.fromhex(text)
    except ValueError:
        try:
            secret = base64.b64decode(text, altchars=b"-_" if set(text) & set("-_") else None, validate=True)
        except ValueError:
            return None
    return secret if len(secret) >= SECRET_MIN_BYTES else None


def new_secret_line(key_id: str) -> str:
    """A line for the file with a fresh secret of 32 bytes."""
    return f"{key_id} {secrets.token_hex(SECRET_MIN_BYTES)}"
