"""The one contact centre behind the gateways of a site: a gateway with BACKEND = embedded, its sessions in memory."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.contact_centre.centre import ContactCentre
from tests.support.gateway import Gateway, GatewayProcess, running_gateway
from tests.support.site import site

BEHIND: Mapping[str, str] = {"AUTHMODE": "1", "NODE_NAME": "Behind", "LOG_LEVEL": "WARNING"}
"""Its own GUIDs stay: that clients get new ones is the business of the gateways before it."""
NO_SETTINGS: Mapping[str, str] = {}
PATIENT_MS = 9000
"""A busy machine is no reason to take the centre for dead."""


def before(centre: Gateway | GatewayProcess) -> dict[str, str]:
    """Settings of the gateways in front of this one."""
    return {
        "BACKEND": "upstream",
        "UPSTREAM_URL": f"http://127.0.0.1:{centre.port}",
        "UPSTREAM_TIMEOUT": str(PATIENT_MS),
    }


def in_it(gateway: Gateway) -> ContactCentre:
    """The contact centre in this one."""
    found = gateway.app.centre
    assert found is not None
    return found


@asynccontextmanager
async def centre_here(settings: Mapping[str, str] = NO_SETTINGS) -> AsyncIterator[Gateway]:
    """One in this process, where it starts at once: for tests whose gateways alone come, go and are measured."""
    async with running_gateway({**BEHIND, **settings}) as made:
        yield made


@asynccontextmanager
async def centre_process(settings: Mapping[str, str] = NO_SETTINGS) -> AsyncIterator[GatewayProcess]:
    """One as a process of its own, with a folder of its own."""
    with TemporaryDirectory(prefix="gateway-centre-") as folder:
        async with site(Path(folder), {**BEHIND, **settings}) as place:
            yield await place.start(BEHIND["NODE_NAME"])
