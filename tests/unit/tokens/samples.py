"""Keys, users and times that tests of tokens share."""

from typing import Final

from gateway.tokens.messages import User
from gateway.tokens.signed import sign
from gateway.tokens.signing_keys import HASH_KEY_BYTES, NEW_PRIVATE_KEY, KeySet, SigningKey
from tests.support.tokens import ADA, NOW

TTL: Final = 300_000


def key(name: str = "k1", algorithm: str = "EdDSA", signs_from_ms: int = NOW) -> SigningKey:
    return SigningKey(name, algorithm, signs_from_ms, NEW_PRIVATE_KEY[algorithm](), b"h" * HASH_KEY_BYTES)


def signed(by: SigningKey, user: User = ADA, now_ms: int = NOW, ttl_ms: int = TTL) -> str:
    return sign(by, user, now_ms=now_ms, ttl_ms=ttl_ms)[0]


def only(*keys: SigningKey) -> KeySet:
    return KeySet(keys)
