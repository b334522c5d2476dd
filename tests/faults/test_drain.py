"""The end of a gateway process, and a second one on its port (docs/design/failure.md)."""

import asyncio
import signal

from tests.faults.conftest import parked_poll, refuses
from tests.support.desk import PREFIX, Answer, Line, read_answer
from tests.support.gateway import ENDS_S, PASSWORD, GatewayProcess, running_gateway
from tests.support.site import Site
from tests.support.waiting import until_async

EMPTY = b'{"message":"","retcode":"0"}'
PARTED_AT = 10


async def answer_on(line: Line) -> Answer:
    async with asyncio.timeout(ENDS_S):
        return await read_answer(line.reader)


async def half_a_sign_in(node: GatewayProcess) -> tuple[Line, bytes]:
    """A connection with a call on it that lacks the rest of its body."""
    body = b'{"password":"%s","phonenum":"6001"}' % PASSWORD.encode()
    head = f"PUT {PREFIX}/onlineagent/102 HTTP/1.1\r\nHost: gateway\r\nContent-Length: {len(body)}\r\n\r\n"
    line = await Line.open(node.port)
    line.writer.write(head.encode() + body[:PARTED_AT])
    assert (await node.desk(101).call("GET", "onlineagent/{id}/agentstatus")).retcode == "000-003"
    return line, body[PARTED_AT:]


async def test_sigterm_answers_parked_polls_lets_calls_finish_and_refuses_new_connections(alone: Site) -> None:
    node = await alone.start()
    poll = await parked_poll(node)
    call, rest = await half_a_sign_in(node)
    node.send(signal.SIGTERM)
    polled = await answer_on(poll)
    assert (polled.status, polled.body, polled.headers["Connection"]) == (200, EMPTY, "close")
    assert await poll.reader.read() == b""
    await until_async(lambda: refuses(node.port))
    call.writer.write(rest)
    called = await answer_on(call)
    assert (called.retcode, called.headers["Connection"]) == ("0", "close")
    await poll.close()
    await call.close()
    async with asyncio.timeout(ENDS_S):
        assert await node.process.wait() == 0


async def test_a_second_gateway_on_the_port_names_the_setting_and_ends(alone: Site) -> None:
    async with running_gateway(config=alone.config) as first:
        code, said = await alone.serve_to_the_end(HTTP_PORT=str(first.port))
    assert (code, f"HTTP_PORT: 127.0.0.1:{first.port} is in use already" in said) == (1, True), said
