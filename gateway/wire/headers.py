"""The headers that messages of ours carry, whichever room sends them, the types of what they hold, and the GUID.

No answer may be kept: it may carry a GUID, and holds what is true now. Here are the only writers of `Set-GUID`
(docs/protocol.md, GUID headers).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from gateway.wire.errors import Malformed

PRODUCT: Final = "AgentGateway"
"""Our name in `Server` and `User-Agent`."""

AGENT_JSON: Final = "application/json;charset=UTF-8"
"""Of every answer of the agent interface, letter for letter: older clients read JSON without charset as ISO-8859-1."""
JSON: Final = "application/json"
"""Of the pages for operators, balancers and third parties."""
SENT_JSON: Final = "application/json; charset=UTF-8"
"""Of what we send to others by ourselves."""
OCTETS: Final = "application/octet-stream"
"""Of a file of which nothing else is known."""

OF_ANSWERS: Final[Mapping[str, str]] = MappingProxyType({"Cache-Control": "no-store", "Server": PRODUCT})
OF_REQUESTS: Final[Mapping[str, str]] = MappingProxyType({"User-Agent": PRODUCT})
NOT_SNIFFED: Final[Mapping[str, str]] = MappingProxyType({"X-Content-Type-Options": "nosniff"})
"""Where a browser could take a body for something else than its type says."""

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing of another host, nothing written into the page as code."""
OF_PAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": PAGE_POLICY,
        **NOT_SNIFFED,
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
"""Of the pages for browsers and what they are made of, besides those of every answer."""
PAGE_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".html": "text/html;charset=UTF-8",
        ".css": "text/css;charset=UTF-8",
        ".js": "text/javascript;charset=UTF-8",
        ".ts": "text/plain;charset=UTF-8",
    }
)
"""Their types, by the ends of their names."""


def of_answers(content_type: str) -> dict[str, str]:
    """Those of an answer with a body of this type."""
    return {"Content-Type": content_type, **OF_ANSWERS}


def file_headers(name: str) -> dict[str, str]:
    """Of a file to be saved under this name: no browser may take it for a page of ours."""
    as_name = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Type": OCTETS, "Content-Disposition": as_name, **NOT_SNIFFED}


REQUEST_HEADER: Final = "guid"
SET_GUID: Final = "Set-GUID"
GUID: Final = "Guid"
MAX_LENGTH: Final = 64


def read_guid(values: Sequence[str]) -> str:
    """The GUID a request carries, from all values of its `guid` headers; "" where none can be right.

    Several lines are one list, as a proxy may join them (RFC 9110, 5.3); the same GUID again says nothing new. Raises
    Malformed for two of them.
    """
    if not values:
        return ""
    sent = values[0]
    if len(values) > 1 or "," in sent:
        found = {part.strip(" \t") for value in values for part in value.split(",")} - {""}
        if len(found) > 1:
            raise Malformed("guid: send one value")
        sent = "".join(found)
    return sent if len(sent) <= MAX_LENGTH and sent.isascii() else ""


def handed_out(guid: str) -> dict[str, str]:
    """Headers of a poll or heartbeat answer that hands out a GUID."""
    return {SET_GUID: f"JSESSIONID={guid}"}


def signed_in(guid: str) -> dict[str, str]:
    """Headers of a sign-in answer."""
    return {SET_GUID: f"JSESSIONID={guid}", GUID: guid}
