"""The end of a gateway process, and a second one on its port (design section 11)."""

import asyncio
import signal
from collections.abc import Sequence

import pytest

from tests.support.desk import PREFIX, Answer, Line, ask_once, read_answer
from tests.support.gateway import PASSWORD, GatewayProcess
from tests.support.site import Site
from tests.support.waiting import until_async

EMPTY = b'{"message":"","retcode":"0"}'
SIGN_INS = range(101, 111)


async def answer_on(line: Line) -> Answer:
    async with asyncio.timeout(10):
        return await read_answer(line.reader)


async def exit_code(node: GatewayProcess) -> int:
    async with asyncio.timeout(10):
        return await node.process.wait()


async def refuses(port: int) -> bool:
    """True when nobody accepts connections there."""
    try:
        line = await Line.open(port)
    except ConnectionRefusedError:
        return True
    await line.close()
    return False


@pytest.fixture
async def parked(alone: Site) -> tuple[GatewayProcess, Line]:
    """A node, and a connection with a poll on it that will be held for 10 s."""
    node = await alone.start()
    desk = node.desk(101)
    await desk.sign_in()
    line = await Line.open(node.port)
    for _ in range(2):
        assert "event" in (await desk.poll(line=line)).json
    await line.send("GET", f"{PREFIX}/agentevent/101", {"guid": desk.guid}, b"")
    # The poll reached the node before this call, and is parked by the time it is answered.
    for _ in range(3):
        assert (await desk.status()).retcode == "0"
    return node, line


async def test_a_parked_poll_is_answered_empty_with_connection_close(parked: tuple[GatewayProcess, Line]) -> None:
    node, line = parked
    node.send(signal.SIGTERM)
    answer = await answer_on(line)
    assert (answer.status, answer.body, answer.headers["Connection"]) == (200, EMPTY, "close")
    assert await line.reader.read() == b""
    await line.close()
    assert await exit_code(node) == 0


async def test_new_connections_are_refused_while_a_call_is_still_running(alone: Site) -> None:
    """The call has sent its head and half of its body; the other half comes after the gateway has begun to end."""
    node = await alone.start()
    line = await Line.open(node.port)
    body = b'{"password":"%s","phonenum":"6001"}' % PASSWORD.encode()
    head = f"PUT {PREFIX}/onlineagent/101 HTTP/1.1\r\nHost: gateway\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    line.writer.write(head + body[:10])
    await ask_once(node.port, "GET", "/gateway/live")
    node.send(signal.SIGTERM)
    await until_async(lambda: refuses(node.port))
    line.writer.write(body[10:])
    answer = await answer_on(line)
    await line.close()
    assert (answer.retcode, answer.headers["Connection"]) == ("0", "close")
    assert await exit_code(node) == 0


async def test_calls_under_way_finish(alone: Site) -> None:
    """Sign-ins wait for one another; when the first one is answered the gateway is told to end."""
    node = await alone.start()
    asked = [asyncio.create_task(node.desk(agent_id).sign_in()) for agent_id in SIGN_INS]
    await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
    node.send(signal.SIGTERM)
    answers: Sequence[Answer] = await asyncio.gather(*asked)
    assert [answer.retcode for answer in answers] == ["0"] * len(SIGN_INS)
    assert await exit_code(node) == 0


async def test_a_second_gateway_on_a_port_says_which_setting_and_ends(alone: Site) -> None:
    node = await alone.start()
    keys = ("HTTP_PORT", "HTTPS_PORT")
    off = dict.fromkeys(keys, "0")
    ends = await asyncio.gather(*(alone.serve_to_the_end(**{**off, key: str(node.port)}) for key in keys))
    for key, (code, said) in zip(keys, ends, strict=True):
        assert (code, f"{key}: 127.0.0.1:{node.port} is in use already" in said) == (1, True), said
    assert (await ask_once(node.port, "GET", "/gateway/live")).status == 200
