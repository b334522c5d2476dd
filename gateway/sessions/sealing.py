"""Encrypts what records keep and no reader of the store may learn: keys of other services.

AES-256-GCM under a key derived from a secret of GUID_SECRET_FILE: `key-id.base64url` of nonce and ciphertext. Who reads
the store without that secret learns nothing, and cannot move a text to where it does not belong.
"""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.sessions.guid import KeyRing
from gateway.wire.errors import Unavailable

_NONCE_BYTES: Final = 12


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
