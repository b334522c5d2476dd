"""Where a load takes place: a Redis, a site on it and, behind several nodes, the one contact centre that they share."""

import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import redis

from gateway.agents.passwords import hasher
from tests.support.one_centre import before, centre_process
from tests.support.servers import Servers
from tests.support.site import Site, site

FIRST_AGENT = 1001


@asynccontextmanager
async def place(
    agents: int, password: str, settings: Mapping[str, str], redis_url: str, *, has_centre: bool
) -> AsyncIterator[Site]:
    """A site with `settings` for so many agents from FIRST_AGENT on, who share a password.

    An empty `redis_url` starts a server. Its nodes are in front of a gateway in AUTHMODE 1 that has the contact centre;
    with `has_centre` a single node has it itself.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-load-")))
        tag = f"load-{secrets.token_hex(4)}"
        url = redis_url or _own_server(stack, folder)
        if redis_url:
            stack.callback(_forget, url, tag)
        agents_file = folder / "agents.toml"
        agents_file.write_text(agents_text(agents, password), "utf-8")
        own = {"CONTACT_CENTER_FILE": "", "AGENTS_FILE": str(agents_file)}
        shared = {**own, **settings, "REDIS_URL": url, "STORE_TAG": tag}
        if not has_centre:
            shared |= before(await stack.enter_async_context(centre_process(own)))
        yield await stack.enter_async_context(site(folder, shared))


def _own_server(stack: AsyncExitStack, folder: Path) -> str:
    servers = Servers(folder)
    stack.callback(servers.end)
    return servers.start("valkey").url


def _forget(url: str, tag: str) -> None:
    """Leaves nothing behind in a Redis that is not ours."""
    with redis.Redis.from_url(url) as client, suppress(redis.RedisError):
        for key in client.scan_iter(f"{{{tag}}}:*", count=1000):
            client.delete(key)


def agents_text(count: int, password: str) -> str:
    """An agents file; one hash serves all, because they share the password."""
    skill = '[[skills]]\nid = 1\nname = "Service"\n'
    hashed = hasher().hash(password)
    rows = (
        f'\n[[agents]]\nid = {number}\naccount = "load{number}"\nname = "Agent {number}"\n'
        f'password_hash = "{hashed}"\nskills = [1]\n'
        for number in range(FIRST_AGENT, FIRST_AGENT + count)
    )
    return skill + "".join(rows)
