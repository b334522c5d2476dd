"""Keys that sign tokens. A key knows its one algorithm, so a token never chooses."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from gateway.tokens.messages import User

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

HASH_KEY_BYTES: Final = 32
_HASH_BYTES: Final = 18
DEFAULT_ALGORITHM: Final = "EdDSA"
NEW_PRIVATE_KEY: Final[Mapping[str, Callable[[], PrivateKey]]] = {
    "EdDSA": Ed25519PrivateKey.generate,
    "ES256": lambda: generate_private_key(SECP256R1()),
}
"""How each algorithm that may sign gets a new key."""


def fits(algorithm: str, private: object) -> bool:
    """Whether this is a private key for this algorithm."""
    if algorithm == "EdDSA":
        return isinstance(private, Ed25519PrivateKey)
    return isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key. It signs from `signs_from_ms` (ms since the epoch) until a later one does, and verifies all the time."""

    id: str
    algorithm: str
    signs_from_ms: int
    private: PrivateKey = field(repr=False)
    hash_key: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """What verifies its signatures."""
        return self.private.public_key()

    def hashes(self, user: User) -> tuple[str, str]:
        """Keyed hashes of userId and userName, which tell nothing to those who lack the key."""
        return self._hash("userId", user.tenant, user.user_id), self._hash("userName", user.tenant, user.user_name)

    def _hash(self, *parts: str) -> str:
        text = "".join(f"{len(part)}:{part}" for part in parts)
        digest = hmac.digest(self.hash_key, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_HASH_BYTES]).decode()


class KeySet:
    """All keys in force."""

    def __init__(self, keys: Iterable[SigningKey] = ()) -> None:
        self.keys = tuple(sorted(keys, key=lambda key: key.signs_from_ms))
        self._by_id = {key.id: key for key in self.keys}

    def get(self, key_id: str) -> SigningKey | None:
        """The key with this id."""
        return self._by_id.get(key_id)

    def signing(self, now_ms: int) -> SigningKey | None:
        """The key that signs now: the newest whose time has come, else the first one; None when there is no key."""
        begun = [key for key in self.keys if key.signs_from_ms <= now_ms]
        if begun:
            return begun[-1]
        return self.keys[0] if self.keys else None

    def signed_until_ms(self, key_id: str) -> int | None:
        """When a later key took over or will; None for the last key and an unknown one."""
        for key, successor in zip(self.keys, self.keys[1:], strict=False):
            if key.id == key_id:
                return successor.signs_from_ms
        return None
