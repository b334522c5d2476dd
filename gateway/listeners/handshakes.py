"""TLS handshakes that fail, told with their reason: a line an address and reason, and its count once a minute."""

import logging
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gateway.wire.addresses import network

TELL_EVERY_S: Final = 60.0
MOST_KEPT: Final = 1000
_CLIENT_CERTIFICATE: Final = "its certificate is of no authority in CLIENT_CA_FILE"
_NOT_TRUSTED: Final = "it does not trust the certificate of this gateway"
_TOO_OLD: Final = "it speaks no TLS as new as TLS_MIN_VERSION"
_REASONS: Final = {
    "CERTIFICATE_VERIFY_FAILED": _CLIENT_CERTIFICATE,
    "HTTP_REQUEST": "it speaks HTTP without TLS: that is for HTTP_PORT",
    "NO_SHARED_CIPHER": "it knows none of the ciphers of this gateway",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it shows no certificate, which CLIENT_CA_FILE asks for",
    "SSLV3_ALERT_BAD_CERTIFICATE": _NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _NOT_TRUSTED,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _NOT_TRUSTED,
    "TLSV1_ALERT_PROTOCOL_VERSION": _TOO_OLD,
    "TLSV1_ALERT_UNKNOWN_CA": _NOT_TRUSTED,
    "UNSUPPORTED_PROTOCOL": _TOO_OLD,
    "VERSION_TOO_LOW": _TOO_OLD,
    "WRONG_VERSION_NUMBER": "it does not speak TLS",
}
"""What OpenSSL says -> what it means for whoever looks after the client."""

_LOG = logging.getLogger(__name__)


def reason_of(problem: BaseException) -> str:
    """Why a handshake failed; "" where the client just went away, as the health checks of balancers do."""
    if isinstance(problem, ssl.SSLError):
        said = str(problem.reason or type(problem).__name__)
        return _REASONS.get(said, said)
    if isinstance(problem, (TimeoutError, ConnectionAbortedError)):
        return "it was not over within REQUEST_TIMEOUT"
    return ""


@dataclass(slots=True)
class _Told:
    at_s: float
    more: int = 0


class FailedHandshakes:
    """Those of one process. `clock` gives s; the newest MOST_KEPT of address and reason are remembered."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: OrderedDict[tuple[str, str], _Told] = OrderedDict()

    def note(self, address: str, problem: BaseException) -> None:
        """One from this address has failed."""
        reason = reason_of(problem)
        if not reason:
            return
        kind, now_s = (network(address), reason), self._clock()
        told = self._told.get(kind)
        if told is not None and now_s - told.at_s < TELL_EVERY_S:
            told.more += 1
            return
        more = f" ({told.more} more like it before)" if told is not None and told.more else ""
        self._told[kind] = _Told(now_s)
        self._told.move_to_end(kind)
        if len(self._told) > MOST_KEPT:
            self._told.popitem(last=False)
        _LOG.warning("no TLS with %s: %s%s", address, reason, more)
