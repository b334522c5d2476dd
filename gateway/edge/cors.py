"""Cross-origin calls of browser clients, for the origins of CORS_ORIGINS (design section 4, line 8).

An origin is allowed by exact match only. Listed origins may send credentials, because balancers in front of a gateway
stick by cookie; so `*` means nothing here: browsers refuse it together with credentials, and a gateway for everybody's
pages would be no gate. An origin that is not listed gets no header at all, and the browser keeps the answer from it.
"""

from collections.abc import Collection
from typing import Final

from gateway.wire.guid_headers import GUID, SET_GUID
from gateway.wire.http import Request, Response

_EXPOSED: Final = f"{SET_GUID}, {GUID}"
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "guid, content-type, service_token",
    "Access-Control-Max-Age": "600",
}
_ALWAYS: Final = {"Cache-Control": "no-store", "Server": "AgentGateway"}


def headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """What an answer to a request with this `Origin` carries; nothing where it is absent or not allowed."""
    if origin is None or origin not in allowed or origin == "*":
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": _EXPOSED,
        "Vary": "Origin",
    }


def preflight(request: Request, allowed: Collection[str]) -> Response | None:
    """The answer to a preflight, 204; None where the request is none.

    One from an origin that is not allowed is answered without leave, which makes the browser drop the call.
    """
    origin = request.headers.get("Origin")
    if request.method != "OPTIONS" or origin is None or "Access-Control-Request-Method" not in request.headers:
        return None
    leave = headers(origin, allowed)
    return Response(status=204, headers={**_ALWAYS, **leave, **(_PREFLIGHT if leave else {})})
