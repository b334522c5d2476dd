"""One agent call on its way through the edge."""

from typing import NamedTuple

from gateway.edge.client_address import ClientAddress, Networks, client_address
from gateway.operations.operation import Operation
from gateway.wire.connection import PeerConnection
from gateway.wire.http import Request

CLIENT_LENGTH = 120


class Ask(NamedTuple):
    """A request whose row and agent are known.

    `guid`: the GUID it carries, "" for none. `values`: its path and query parameters by name.
    """

    request: Request
    operation: Operation
    agent_id: int
    guid: str
    values: dict[str, str]
    raw_body: bytes
    trusted_proxies: Networks

    @property
    def address(self) -> ClientAddress:
        """Where it came from, proxies aside."""
        return client_address(self.request, self.trusted_proxies)

    @property
    def peer(self) -> PeerConnection:
        """The connection it came on."""
        return self.request.peer

    @property
    def client(self) -> str:
        """What the client says of itself, for reports: printable ASCII, bounded."""
        name = self.request.headers.get("User-Agent", "")[:CLIENT_LENGTH]
        return "".join(char if char.isascii() and char.isprintable() else "?" for char in name)
