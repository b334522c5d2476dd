"""GUIDs: derived from the session and the generation number, never stored (docs/protocol.md, GUIDs).

The secrets they are derived from stand in a file: lines of `key-id secret`, the first makes new ones. Under keys made
of them, what records keep and no reader of the store may learn is encrypted with AES-256-GCM (keys of other services):
`key-id.base64url` of nonce and ciphertext. Who reads the store without that secret learns nothing, and cannot move a
text to where it does not belong.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.settings import files
from gateway.settings.files import FileFault
from gateway.wire.errors import Unavailable

SECRET_MIN_BYTES = 32
KEY_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MOST_IN_WEAK: Final = 8
_NONCE_BYTES: Final = 12


def new_session_id() -> str:
    """A random 128-bit session id as 32 hex digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class KeyRing:
    """The secrets that make GUIDs, by key id; `making` names the one for new sessions."""

    making: str
    secrets: Mapping[str, bytes] = field(repr=False)

    def derive(self, key_id: str, session_id: str, number: int, node: str) -> str:
        """The GUID of a generation: `8-4-4-4-12` hex digits, a dot, the node name; "" when the key is not held."""
        secret = self.secrets.get(key_id)
        if secret is None:
            return ""
        digits = hmac.digest(secret, b"%s:%d" % (session_id.encode(), number), "sha256").hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}.{node}"

    def weak_keys(self) -> list[str]:
        """The ids of keys that nobody drew at random: of 32 random bytes more than 8 differ."""
        return [key for key, secret in self.secrets.items() if len(set(secret)) <= _MOST_IN_WEAK]

    def signing_keys(self) -> tuple[bytes, ...]:
        """Keys of 32 bytes that sign what the gateway pushes, one for each secret, the making one first."""
        names = [self.making, *(key for key in self.secrets if key != self.making)]
        return tuple(hmac.digest(self.secrets[key], b"push", hashlib.sha256) for key in names)

    def sealing_keys(self, purpose: str) -> dict[str, bytes]:
        """Keys of 32 bytes, by key id, that encrypt what is kept beside a session; others for each `purpose`."""
        return {key: hmac.digest(secret, purpose.encode(), hashlib.sha256) for key, secret in self.secrets.items()}

    def fingerprints(self) -> dict[str, str]:
        """A value by key id that tells whether two nodes hold the same secret, and nothing of the secret."""
        return {
            key: hmac.digest(secret, b"fingerprint", hashlib.sha256).hex()[:16] for key, secret in self.secrets.items()
        }


def random_key_ring() -> KeyRing:
    """A ring with one key of this process, for the embedded store."""
    return KeyRing("local", {"local": secrets.token_bytes(SECRET_MIN_BYTES)})


def same(left: str, right: str) -> bool:
    """Compares whole GUIDs in constant time; both are ASCII."""
    return bool(right) and hmac.compare_digest(left, right)


class SecretFileError(Exception):
    """The file cannot be used; the text says what to do and shows no secret."""


def read_secret_file(path: Path) -> KeyRing:
    """The ring in the file. Secrets are hex or base64 of 32 random bytes or more. Raises SecretFileError."""
    keys = read_keys(path)
    if not keys:
        raise SecretFileError(f"GUID_SECRET_FILE {path}: holds no key: make one with `agentgateway secret new`")
    return KeyRing(next(iter(keys)), keys)


def read_keys(path: Path) -> dict[str, bytes]:
    """The secrets in the file by key id, in its order; there may be none. Raises SecretFileError."""
    try:
        text = files.read_secret(path).text()
    except FileFault as fault:
        raise SecretFileError(f"GUID_SECRET_FILE {path}: {fault}") from None
    keys: dict[str, bytes] = {}
    for number, line in files.entry_lines(text):
        key_id, secret = _entry(path, number, line)
        if key_id in keys:
            raise SecretFileError(f"GUID_SECRET_FILE {path}:{number}: key id {key_id} stands there twice")
        keys[key_id] = secret
    return keys


def _entry(path: Path, number: int, line: str) -> tuple[str, bytes]:
    key_id, _, text = line.partition(" ")
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


class Sealing:
    """Seals under the secret that makes GUIDs now, unseals under any of the ring; each `purpose` has its own keys."""

    def __init__(self, ring: KeyRing, purpose: str) -> None:
        self._making = ring.making
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.sealing_keys(purpose).items()}

    def seal(self, text: str, place: str) -> str:
        """Another one each time; it opens for the same `place` alone."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self._making].encrypt(nonce, text.encode(), place.encode())
        return f"{self._making}.{base64.urlsafe_b64encode(sealed).decode()}"

    def unseal(self, sealed: str, place: str) -> str:
        """What was sealed for this place. Raises Unavailable when this node lacks the secret."""
        key_id, _, encoded = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unavailable("this node lacks the secret of the session: the operator must add it")
        try:
            found = base64.urlsafe_b64decode(encoded)
            return cipher.decrypt(found[:_NONCE_BYTES], found[_NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Unavailable("what is kept of the session cannot be read: sign in again") from None
