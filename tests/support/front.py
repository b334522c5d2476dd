"""A gateway of this process in front of another contact centre."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from tests.support.behind import Centre, centre_behind
from tests.support.gateway import Gateway, running_gateway


@asynccontextmanager
async def gateway_before(
    url: str, overrides: Mapping[str, str] | None = None, clock: Callable[[], int] | None = None
) -> AsyncIterator[Gateway]:
    """One with BACKEND = upstream, with polls that wait for a second at most."""
    settings = {"BACKEND": "upstream", "UPSTREAM_URL": url, "AGENT_POLL_WAIT_TIMES": "10", **(overrides or {})}
    async with running_gateway(settings, clock=clock) as gateway:
        yield gateway


@asynccontextmanager
async def behind_and_before(
    overrides: Mapping[str, str] | None = None, *, clock: Callable[[], int] | None = None
) -> AsyncIterator[tuple[Centre, Gateway]]:
    """A strict contact centre and the gateway in front of it."""
    async with centre_behind() as centre, gateway_before(centre.url, overrides, clock) as gateway:
        yield centre, gateway
