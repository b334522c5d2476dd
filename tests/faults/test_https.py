"""Sign-in and poll over HTTPS with the development certificate (docs/running.md)."""

import asyncio
import ssl

import pytest

from tests.support.desk import Desk, Line
from tests.support.gateway import PASSWORD
from tests.support.servers import free_port
from tests.support.site import Site


async def secure_line(port: int, trust: ssl.SSLContext) -> Line:
    return Line(*await asyncio.open_connection("127.0.0.1", port, ssl=trust))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_https_serves_clients_that_trust_its_authority_from_tls_1_2_on(alone: Site) -> None:
    port = free_port()
    await alone.start(overrides={"HTTPS_PORT": str(port), "AGENT_POLL_WAIT_FLAG": "OFF"})
    trust = ssl.create_default_context(cafile=alone.folder / "var" / "tls" / "ca.pem")
    line = await secure_line(port, trust)
    desk = Desk(port, 101, PASSWORD)
    signed_in = await desk.call("PUT", "onlineagent/{id}", {"password": PASSWORD, "phonenum": "6001"}, line=line)
    polled = await desk.poll(line=line)
    await line.close()
    assert (signed_in.retcode, polled.json["event"]["eventType"]) == ("0", "AgentOther_InService")
    trust.minimum_version = trust.maximum_version = ssl.TLSVersion.TLSv1_1
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await secure_line(port, trust)
