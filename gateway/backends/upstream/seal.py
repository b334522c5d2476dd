"""Encrypts what a session carries at the service behind, for the agent's record and the outbox.

AES-256-GCM under a key derived from a secret of GUID_SECRET_FILE, bound to the session id: `key-id.base64url` of nonce
and ciphertext. Who reads the store without that secret learns no GUID, and cannot move one to another session.
"""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.backends.relay import Keys
from gateway.sessions.guid import KeyRing
from gateway.wire.errors import Unavailable

_NONCE_BYTES: Final = 12
_BETWEEN: Final = "\n"


class Sealer:
    """Seals with the secret that makes GUIDs now, unseals with any secret of the ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._making = ring.making
        keys = {key_id: ring.sealing_key(key_id) for key_id in ring.secrets}
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items() if key is not None}

    def seal(self, session_id: str, keys: Keys) -> str:
        """As text; another one each time."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = f"{keys.guid}{_BETWEEN}{keys.cookie}".encode()
        sealed = nonce + self._ciphers[self._making].encrypt(nonce, plain, session_id.encode())
        return f"{self._making}.{base64.urlsafe_b64encode(sealed).decode()}"

    def unseal(self, session_id: str, text: str) -> Keys:
        """What was sealed for this session. Raises Unavailable when this node lacks the secret."""
        key_id, _, encoded = text.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unavailable("this node lacks the secret of the session: the operator must add it")
        try:
            sealed = base64.urlsafe_b64decode(encoded)
            plain = cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], session_id.encode())
        except (InvalidTag, binascii.Error, ValueError):
            raise Unavailable("what is kept of the session cannot be read: sign in again") from None
        guid, _, cookie = plain.decode().partition(_BETWEEN)
        return Keys(guid, cookie)
