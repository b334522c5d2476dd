"""Sign-in and poll over HTTPS with the development certificate (design section 2)."""

import asyncio
import ssl
from dataclasses import dataclass

import pytest

from tests.support.desk import Desk, Line
from tests.support.gateway import PASSWORD
from tests.support.servers import free_port
from tests.support.site import Site

pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")


@dataclass
class SecureDoor:
    """A gateway's HTTPS port and what its clients trust."""

    port: int
    trust: ssl.SSLContext

    async def line(self) -> Line:
        return Line(*await asyncio.open_connection("127.0.0.1", self.port, ssl=self.trust))


@pytest.fixture
async def door(alone: Site) -> SecureDoor:
    port = free_port()
    await alone.start(overrides={"HTTPS_PORT": str(port), "AGENT_POLL_WAIT_FLAG": "OFF"})
    return SecureDoor(port, ssl.create_default_context(cafile=alone.folder / "var" / "tls" / "ca.pem"))


async def test_an_agent_signs_in_and_polls(door: SecureDoor) -> None:
    line = await door.line()
    desk = Desk(door.port, 101, PASSWORD)
    body = {"password": desk.password, "phonenum": "6001"}
    signed_in = await desk.call("PUT", "onlineagent/{id}", body, line=line)
    polled = await desk.poll(line=line)
    await line.close()
    assert (signed_in.retcode, polled.json["event"]["eventType"]) == ("0", "AgentOther_InService")


async def test_tls_1_1_is_refused(door: SecureDoor) -> None:
    door.trust.minimum_version = ssl.TLSVersion.TLSv1_1
    door.trust.maximum_version = ssl.TLSVersion.TLSv1_1
    door.trust.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await door.line()
