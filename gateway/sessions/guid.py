"""GUIDs: derived from the session and the generation number, never stored (docs/protocol.md, GUIDs)."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SECRET_MIN_BYTES = 32
_MOST_IN_WEAK: Final = 8


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
