"""Where the primary is now: at home, where a Cluster sent us, or where the sentinels say.

See docs/design/redis_link.md.
"""

from gateway.redis_store.address import Address, RedisTarget
from gateway.redis_store.sentinels import Sentinels


class Places:
    """Finds the server to connect to, for all lines of one link. `sentinels` are those of `target`, None for none."""

    def __init__(self, target: RedisTarget, sentinels: Sentinels | None = None) -> None:
        self.sentinels = sentinels
        self._servers = target.servers
        self._turn = 0
        self._moved: Address | None = None

    @property
    def several(self) -> bool:
        """Whether the primary may be elsewhere tomorrow."""
        return len(self._servers) > 1 or self.sentinels is not None

    @property
    def _here(self) -> Address:
        return self._moved or self._servers[self._turn % len(self._servers)]

    async def find(self) -> Address:
        """The address to dial. Raises OSError when no sentinel names one."""
        return await self.sentinels.ask() if self.sentinels is not None else self._here

    def refused(self, address: Address, error: str) -> None:
        """An error reply ended a connection: `MOVED slot host:port` names the place of our keys."""
        kind, _, rest = error.partition(" ")
        host, colon, port = rest.rpartition(" ")[2].rpartition(":")
        if kind == "MOVED" and colon and port.isdigit():
            self._moved = address.at(host, int(port))
        else:
            self.failed(address)

    def failed(self, address: Address) -> None:
        """The place does not answer, or refuses to serve: try the next one, unless that was done already."""
        if address == self._here:
            self._moved = None
            self._turn += 1
