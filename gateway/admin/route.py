"""One page of the admin listener, as the room that has it tells it; apart from the listener, which few nodes open.

Whoever has pages adds routes: `AdminRoute("POST", "/sim/calls", answer)`. What a route answers goes out as JSON, an
`AdminPage` as it is; a GatewayError that it raises becomes its status and `{"error":...}`, with 409 for a business
refusal.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from multidict import CIMultiDict, CIMultiDictProxy

from gateway.admin.guard import Asked

_NOBODY: Final = Asked("GET", CIMultiDictProxy(CIMultiDict()))


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One request: the `{names}` of its path, its query, its body as it came, and what the guard looked at."""

    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    asked: Asked = _NOBODY


@dataclass(frozen=True, slots=True)
class AdminPage:
    """An answer that is not JSON alone: `headers` are added to those of every answer."""

    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[AdminCall], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class AdminRoute:
    """One page. `path` may hold `{names}`, each for one part of the path.

    It is `open` to whoever reaches the listener, or needs a credential; `admin_only`: one of role admin, even to look.
    """

    method: str
    path: str
    answer: Answer
    open: bool = False
    admin_only: bool = False
