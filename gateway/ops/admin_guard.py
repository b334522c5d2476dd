"""Who may use the admin listener (design section 2): somebody on this machine who holds the token.

The listener is bound to loopback; three more things keep others out. A page in a browser of this machine that reaches
it under a name of its own is stopped by the Host header; a proxy put in front by mistake by its forwarding headers;
everybody else by the token. The port in Host is not compared, so that a forwarded port (ssh -L) works. No answer gives
leave to other origins.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.ops import metrics
from gateway.wire.forwarding import FORWARDING_HEADERS
from gateway.wire.http import Request

_HOST: Final = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_SCHEME: Final = "bearer "


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and the status that says so."""

    status: int
    reason: str
    error: str
    headers: Mapping[str, str] = field(default_factory=dict)


_FORWARDED: Final = Refusal(403, "forwarded", "not through a proxy: call this listener from its own machine")
_FOREIGN_HOST: Final = Refusal(403, "host", "the Host header must name localhost, 127.0.0.1 or [::1]")
_NO_TOKEN: Final = Refusal(
    401,
    "token",
    "needs the header Authorization: Bearer with the token of ADMIN_TOKEN_FILE",
    {"WWW-Authenticate": "Bearer"},
)


class Guard:
    """Lets in who holds `token`."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def refusal(self, request: Request) -> Refusal | None:
        """Why this request must not be answered, None when it may. Counted by reason."""
        refused = self._refusal(request)
        if refused is not None:
            metrics.ADMIN_REFUSED.labels(refused.reason).inc()
        return refused

    def _refusal(self, request: Request) -> Refusal | None:
        if any(name in request.headers for name in FORWARDING_HEADERS):
            return _FORWARDED
        hosts = request.headers.getall("Host", ())
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return _FOREIGN_HOST
        return None if self._holds_token(request.headers.getall("Authorization", ())) else _NO_TOKEN

    def _holds_token(self, values: Sequence[str]) -> bool:
        if len(values) != 1 or values[0][: len(_SCHEME)].lower() != _SCHEME:
            return False
        given = values[0][len(_SCHEME) :].strip().encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self._token)
