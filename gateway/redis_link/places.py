"""Where the primary is now: the address of REDIS_URL, or where a Cluster sent us."""

from gateway.redis_link.address import Address


class Places:
    """Finds the server to connect to."""

    def __init__(self, address: Address) -> None:
        self._home = address
        self._now = address

    async def find(self) -> Address:
        """The address to dial. Raises OSError when nobody knows it."""
        return self._now

    def refused(self, error: str) -> None:
        """An error reply ended the connection: `MOVED slot host:port` names the place of our keys."""
        kind, _, rest = error.partition(" ")
        host, colon, port = rest.rpartition(" ")[2].rpartition(":")
        if kind == "MOVED" and colon and port.isdigit():
            self._now = self._now.moved(host, int(port))

    def failed(self) -> None:
        """The place did not answer: ask at home again."""
        self._now = self._home
