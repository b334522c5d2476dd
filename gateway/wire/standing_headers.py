"""The headers that all messages of ours carry, whichever room sends them, and the types of what they hold.

No answer may be kept: it may carry a GUID, and holds what is true now.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

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


def of_answers(content_type: str) -> dict[str, str]:
    """Those of an answer with a body of this type."""
    return {"Content-Type": content_type, **OF_ANSWERS}


def file_headers(name: str) -> dict[str, str]:
    """Of a file to be saved under this name: no browser may take it for a page of ours."""
    as_name = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Type": OCTETS, "Content-Disposition": as_name, **NOT_SNIFFED}
