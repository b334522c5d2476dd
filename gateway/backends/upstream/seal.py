"""What a session carries at the service behind, sealed for the agent's record and the outbox, bound to its session."""

from typing import Final

from gateway.backends.relay import Keys
from gateway.sessions.guid import KeyRing
from gateway.sessions.sealing import Sealing

_BETWEEN: Final = "\n"


class Sealer:
    """Seals and unseals under the secrets of the ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._sealing = Sealing(ring, "upstream")

    def seal(self, session_id: str, keys: Keys) -> str:
        """As text; another one each time."""
        return self._sealing.seal(f"{keys.guid}{_BETWEEN}{keys.cookie}", session_id)

    def unseal(self, session_id: str, text: str) -> Keys:
        """What was sealed for this session. Raises Unavailable when this node lacks the secret."""
        guid, _, cookie = self._sealing.unseal(text, session_id).partition(_BETWEEN)
        return Keys(guid, cookie)
