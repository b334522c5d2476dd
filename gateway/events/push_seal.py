"""Where events go, as records keep it: the secrets of a receiver, its token and what stands in the query, are sealed.

They are bound to the address that they were given for, so that no other receiver can be sent them.
"""

from dataclasses import replace
from typing import Final

from gateway.sessions.guid import KeyRing
from gateway.sessions.model import PushWay
from gateway.sessions.sealing import Sealing

_MARK: Final = "~"
"""Before a sealed text; no token of a client begins so, and versions that sealed nothing kept those as they were."""
_BETWEEN: Final = "\n"


class PushSeal:
    """Seals and unseals under the secrets of the ring."""

    def __init__(self, ring: KeyRing) -> None:
        self._sealing = Sealing(ring, "push-way")

    def sealed(self, way: PushWay) -> PushWay:
        """To be kept; another one each time."""
        url, mark, query = way.url.partition("?")
        text = self._sealing.seal(f"{mark}{query}{_BETWEEN}{way.token}", url)
        return replace(way, url=url, token=f"{_MARK}{text}")

    def unsealed(self, way: PushWay) -> PushWay:
        """As it was before. Raises Unavailable when this node lacks the secret."""
        if not way.token.startswith(_MARK):
            return way
        query, _, token = self._sealing.unseal(way.token[len(_MARK) :], way.url).partition(_BETWEEN)
        return replace(way, url=way.url + query, token=token)
