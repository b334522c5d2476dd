"""HTTP and HTTPS sockets, the connections they bring, certificates, and the drain at the end."""

from gateway.listeners.connection import Connection
from gateway.listeners.errors import ListenError
from gateway.listeners.serve import Listeners, start
from gateway.listeners.tls import TlsCertificate
from gateway.wire.body import read_body
from gateway.wire.http import PeerConnection

__all__ = [
    "Connection",
    "ListenError",
    "Listeners",
    "PeerConnection",
    "TlsCertificate",
    "read_body",
    "start",
]
