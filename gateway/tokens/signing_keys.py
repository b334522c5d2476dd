"""Keys that sign tokens, and the file of them (TOKEN_KEYS_FILE, TOML, mode 0600): reading, rotation, removal.

A key knows its one algorithm, so a token never chooses.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import AwareDatetime, Field

from gateway.tokens import toml_file
from gateway.tokens.messages import User
from gateway.tokens.toml_file import ChangeRefusedError, TokenFileError, TomlEntry, editing

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


class KeyEntry(TomlEntry):
    """A key as the file has it; `signs_from` is a date and time with its offset."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
    algorithm: Literal["EdDSA", "ES256"]
    signs_from: AwareDatetime
    hash_key: Annotated[str, Field(max_length=128)]
    private_key: Annotated[str, Field(max_length=4096)]


class KeysFile(TomlEntry):
    """The whole file."""

    keys: list[KeyEntry] = Field(default_factory=list)


def parse(text: str, path: Path) -> KeySet:
    """The keys in `text`. Raises TokenFileError with every problem; none of them shows a key."""
    entries = toml_file.content(text, path, KeysFile).keys
    keys, problems = [], list(_repeated(entries))
    for index, entry in enumerate(entries):
        try:
            keys.append(_key(entry))
        except ValueError as problem:
            problems.append(f"keys[{index}] (id {entry.id}) {problem}")
    if problems:
        raise TokenFileError(path, problems)
    return KeySet(keys)


def read(path: Path) -> KeySet:
    """The keys in the file, none when there is no file. Raises TokenFileError, also when others may read it."""
    return toml_file.read(path, parse, private=True)


def add_key(path: Path, signs_from_ms: int, algorithm: str = DEFAULT_ALGORITHM) -> str:
    """Adds a new key that signs from then on (ms since the epoch); the former ones still verify. Its id.

    Raises TokenFileError and OSError.
    """
    values = _new_entry(algorithm, signs_from_ms)
    with editing(path, parse) as tables:
        tables.add("keys", values)
    return str(values["id"])


def ensure_key(path: Path, now_ms: int) -> str:
    """The id of the first key, made when the file has none; "" when it has one. Raises as `add_key`."""
    return "" if read(path).keys else add_key(path, now_ms)


def remove_key(path: Path, key_id: str, now_ms: int) -> None:
    """Takes a key out; its tokens are refused from then on.

    Raises ChangeRefusedError for an unknown key and for the one that signs, TokenFileError and OSError.
    """
    with editing(path, parse) as tables:
        index = toml_file.index_of(tables, "keys", {"id": key_id})
        signing = parse(tables.text(), path).signing(now_ms)
        if signing is not None and signing.id == key_id:
            raise ChangeRefusedError(f"{key_id} is the key that signs now: rotate first")
        tables.remove("keys", index)


def _new_entry(algorithm: str, signs_from_ms: int) -> dict[str, object]:
    pem = NEW_PRIVATE_KEY[algorithm]().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "id": f"k{secrets.token_hex(4)}",
        "algorithm": algorithm,
        "signs_from": datetime.fromtimestamp(signs_from_ms / 1000, UTC),
        "hash_key": base64.b64encode(secrets.token_bytes(HASH_KEY_BYTES)).decode(),
        "private_key": pem.decode(),
    }


def _key(entry: KeyEntry) -> SigningKey:
    try:
        private = load_pem_private_key(entry.private_key.encode(), None)
    except (ValueError, TypeError):
        raise ValueError("private_key: must be an unencrypted private key in PEM") from None
    if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey) or not fits(entry.algorithm, private):
        raise ValueError(f"private_key: is not a key for {entry.algorithm}")
    try:
        hash_key = base64.b64decode(entry.hash_key, validate=True)
    except binascii.Error:
        hash_key = b""
    if len(hash_key) < HASH_KEY_BYTES:
        raise ValueError(f"hash_key: must be base64 of at least {HASH_KEY_BYTES} random bytes")
    signs_from_ms = int(entry.signs_from.timestamp() * 1000)
    return SigningKey(entry.id, entry.algorithm, signs_from_ms, private, hash_key)


def _repeated(entries: list[KeyEntry]) -> Iterator[str]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in seen:
            yield f"keys[{index}] id {entry.id}: is there twice"
        seen.add(entry.id)
