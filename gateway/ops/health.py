"""`/gateway/live` and `/gateway/ready`: does the process run, should it get traffic (design section 11)."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from pydantic_core import to_json

Reason = Callable[[], Awaitable[str | None]]
"""Why a part is not ready, None when it is."""
_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", "Server": "AgentGateway"}


def pages(
    parts: Mapping[str, Reason], remarks: Mapping[str, Reason]
) -> dict[str, Callable[[web.BaseRequest], Awaitable[web.Response]]]:
    """The two pages by path. `ready` is 200 only when none of `parts` gives a reason; the body tells each one's word.

    `remarks` are told alike and take no node out of service: a wrong edit of a file that all nodes share must not take
    them all out at once while each works on with the values before.
    """

    async def live(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=to_json({"status": "live"}), headers=_HEADERS)

    async def ready(_request: web.BaseRequest) -> web.Response:
        words = {name: await reason() for name, reason in parts.items()}
        is_ready = not any(words.values())
        words |= {name: await remark() for name, remark in remarks.items()}
        body = {"status": "ready" if is_ready else "not ready", **{name: word or "ok" for name, word in words.items()}}
        return web.Response(body=to_json(body), status=200 if is_ready else 503, headers=_HEADERS)

    return {"/gateway/live": live, "/gateway/ready": ready}
