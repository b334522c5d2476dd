"""Cross-origin calls of browser clients, for the origins of CORS_ORIGINS.

An origin is allowed by exact match only. Listed origins may send credentials, because balancers in front of a gateway
stick by cookie; so `*` means nothing here: browsers refuse it together with credentials, and a gateway for everybody's
pages would be no gate. An origin that is not listed gets no header at all, and the browser keeps the answer from it.

Listed origins are trusted, so a preflight grants what is asked for, unless CORS_HEADERS names some: pages carry
libraries (tracing, error reports) that put headers of their own on every call. `null` is nobody in particular: it gets
answers without credentials and GUIDs.
"""

import re
from collections.abc import Collection
from typing import Final

from gateway.settings.kinds import ANY_HEADER, NULL
from gateway.wire.headers import GUID, OF_ANSWERS, REQUEST_HEADER, SET_GUID
from gateway.wire.http import Request, Response

_SECRETS: Final = (REQUEST_HEADER.lower(), "service_token")
_USUAL_METHODS: Final = ("GET", "POST", "PUT", "DELETE")
_USUAL_HEADERS: Final = ("guid", "content-type", "service_token")
_READABLE: Final = "Retry-After, Allow, Content-Disposition"
"""Headers of answers that pages see only with leave."""
_READABLE_WITH_GUIDS: Final = f"{SET_GUID}, {GUID}, {_READABLE}"
_CREDENTIALS: Final = {"authorization", "cookie", *_SECRETS}
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_MOST_ASKED: Final = 64


def headers(origin: str | None, allowed: Collection[str]) -> dict[str, str]:
    """What an answer to a request with this `Origin` carries; nothing where it is absent or not allowed."""
    if origin is None or origin not in allowed or origin == "*":
        return {}
    if origin == NULL:
        return {
            "Access-Control-Allow-Origin": NULL,
            "Access-Control-Expose-Headers": _READABLE,
            "Vary": "Origin",
        }
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Expose-Headers": _READABLE_WITH_GUIDS,
        "Vary": "Origin",
    }


def preflight(request: Request, allowed: Collection[str], more: Collection[str] = (ANY_HEADER,)) -> Response | None:
    """The answer to a preflight, 204; None where the request is none. `more`: CORS_HEADERS, in lower case.

    One from an origin that is not allowed is answered without leave, which makes the browser drop the call.
    """
    origin, method = request.headers.get("Origin"), request.headers.get("Access-Control-Request-Method")
    if request.method != "OPTIONS" or origin is None or method is None:
        return None
    leave = headers(origin, allowed)
    granted = _granted(request, origin, method, more) if leave else {}
    return Response(status=204, headers={**OF_ANSWERS, **leave, **granted})


def _granted(request: Request, origin: str, method: str, more: Collection[str]) -> dict[str, str]:
    """The usual ones and those asked for: whether there is such an operation, the call itself is told."""
    asked = [
        name for value in request.headers.getall("Access-Control-Request-Headers", ()) for name in value.split(",")
    ]
    wanted = (name.strip().lower() for name in asked[:_MOST_ASKED]) if ANY_HEADER in more else more
    names = dict.fromkeys((*_USUAL_HEADERS, *wanted))
    withheld = _CREDENTIALS if origin == NULL else ()
    return {
        "Access-Control-Allow-Methods": ", ".join(dict.fromkeys((*_USUAL_METHODS, *filter(_is_token, [method])))),
        "Access-Control-Allow-Headers": ", ".join(name for name in names if name not in withheld and _is_token(name)),
        "Access-Control-Max-Age": "600",
    }


def _is_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None
