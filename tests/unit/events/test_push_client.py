"""One push and its answer, with real receivers."""

import asyncio
import gzip
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from gateway.events.push_addresses import LookUp, look_up
from gateway.events.push_client import ANSWER_MAX_BYTES, Outcome, PushClient
from gateway.events.push_message import PushMessage
from gateway.settings.schema import Settings
from tests.support.receiver import Answer, Authority, cutting, holding, receiving, saying
from tests.support.servers import free_port

SUCCESS = b'{"message":"success","retcode":"0"}'


def message(url: str, *, older: bool = False) -> PushMessage:
    return PushMessage(url, {"Content-Type": "application/json"}, b"{}", older)


@asynccontextmanager
async def client(*allowed: str, find: LookUp = look_up, trusts: str = "", **more: str) -> AsyncIterator[PushClient]:
    settings = Settings.model_validate(
        {"EVENT_PUST_WHILTELIST_CALLBACKURI": allowed, "eventpush.ssl.cert.file": trusts, **more}
    )
    made = PushClient(lambda: settings, find)
    try:
        yield made
    finally:
        await made.close()


async def outcome(answer: Answer, *, older: bool = False, timeout_ms: int = 5000) -> Outcome:
    async with receiving() as receiver, client(receiver.url(), EVENT_PUSH_TIMEOUT=str(timeout_ms)) as made:
        receiver.otherwise = answer
        return await made.push(message(receiver.url(), older=older))


@pytest.mark.parametrize("body", [SUCCESS, b'{"retcode":0}', b'{"retcode":"0","result":{}}'])
async def test_200_with_retcode_0_is_an_acknowledgement(body: bytes) -> None:
    assert await outcome(saying(200, body)) is Outcome.DELIVERED


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b'{"retcode":"100-006"}', b'{"message":"success"}', b'["0"]', b"[" * 50_000, b'{"retcode":false}'],
)
async def test_200_with_anything_else_is_none(body: bytes) -> None:
    assert await outcome(saying(200, body)) is Outcome.RETCODE


async def test_an_answer_without_end_is_none() -> None:
    body = b'{"retcode":"0","padding":"' + b"x" * ANSWER_MAX_BYTES + b'"}'
    assert await outcome(saying(200, body)) is Outcome.RETCODE


@pytest.mark.parametrize("status", [201, 204, 400, 500, 503])
async def test_another_status_is_none(status: int) -> None:
    assert await outcome(saying(status, b"" if status == 204 else SUCCESS)) is Outcome.STATUS


async def test_403_is_a_refusal() -> None:
    assert await outcome(saying(403)) is Outcome.REFUSED


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b""), (204, b""), (202, b'{"message":"queued"}'), (200, SUCCESS), (200, b'{"retcode":0}')],
)
async def test_for_pushurl_a_success_without_a_retcode_or_with_0_is_enough(status: int, body: bytes) -> None:
    assert await outcome(saying(status, body), older=True) is Outcome.DELIVERED


@pytest.mark.parametrize("body", [b"OK", b'{"retcode":"100-006"}', b"<html></html>", b" " * (ANSWER_MAX_BYTES + 1)])
async def test_for_pushurl_another_retcode_or_what_is_no_json_is_none(body: bytes) -> None:
    assert await outcome(saying(200, body), older=True) is Outcome.RETCODE


@pytest.mark.parametrize("older", [True, False])
async def test_an_acknowledgement_counts_in_the_charset_that_its_header_names(older: bool) -> None:
    body = '{"message":"成功","retcode":"0"}'.encode("gbk")
    answer = saying(200, body, **{"Content-Type": "application/json;charset=GBK"})
    assert await outcome(answer, older=older) is Outcome.DELIVERED


async def test_an_acknowledgement_counts_though_it_was_compressed_unasked() -> None:
    assert await outcome(saying(200, gzip.compress(SUCCESS), **{"Content-Encoding": "gzip"})) is Outcome.DELIVERED


async def test_what_the_receiver_says_is_told_without_its_secrets() -> None:
    said = b'{"message":"who is token-1\\r\\nat k%2Fey-9 k/ey-9","retcode":"7"}'
    heard: list[str] = []
    async with receiving() as receiver, client(receiver.url()) as made:
        receiver.otherwise = saying(200, said)
        url = receiver.url("/events?token=k%2Fey-9")
        await made.push(PushMessage(url, {"service_token": "token-1"}, b"{}"), heard.append)
    assert heard == ["retcode 7: who is *** at *** ***"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"X-Policy: " + b"p" * 9_000, Outcome.DELIVERED),
        (b"X-Policy: " + b"p" * 60_000, Outcome.DELIVERED),
        (b"\r\n".join(b"X-%d: x" % number for number in range(300)), Outcome.DELIVERED),
        (b"X-Policy: " + b"p" * 70_000, Outcome.HEAD),
        (b"\r\n".join(b"X-%d: x" % number for number in range(600)), Outcome.HEAD),
        (b"Not A Header", Outcome.NOT_HTTP),
    ],
)
async def test_an_answer_with_a_long_head_is_read_or_named_and_nothing_is_sent_twice(
    head: bytes, said: Outcome
) -> None:
    written = b"HTTP/1.1 200 OK\r\n%b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(SUCCESS), SUCCESS)
    assert await _written(written) == (said, 1)


async def test_an_answer_that_breaks_off_is_not_asked_for_again_at_once() -> None:
    assert await _written(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{") == (Outcome.CUT, 1)


async def _written(answer: bytes) -> tuple[Outcome, int]:
    """The outcome where the receiver writes these bytes and closes, and how many requests it got."""
    got = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.append(await reader.readuntil(b"\r\n\r\n{}"))
        writer.write(answer)
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
        async with client(url) as made:
            return await made.push(message(url)), len(got)


async def test_a_redirect_is_not_followed() -> None:
    async with receiving() as other, receiving() as receiver:
        receiver.otherwise = saying(307, Location=other.url())
        async with client(receiver.url(), other.url()) as made:
            said = await made.push(message(receiver.url()))
    assert (said, other.got) == (Outcome.STATUS, [])


async def test_a_receiver_that_does_not_answer_in_time_failed() -> None:
    assert await outcome(holding(asyncio.Event()), timeout_ms=100) is Outcome.LATE


async def test_a_connection_that_breaks_is_tried_once_more_at_once() -> None:
    async with receiving() as receiver, client(receiver.url()) as made:
        receiver.answers.append(cutting)
        said = await made.push(message(receiver.url()))
    assert (said, len(receiver.got)) == (Outcome.DELIVERED, 2)


async def test_a_receiver_that_always_breaks_off_failed() -> None:
    assert await outcome(cutting) is Outcome.BROKEN


async def test_nobody_there_is_told_as_such() -> None:
    url = f"http://127.0.0.1:{free_port()}/events"
    async with client(url) as made:
        assert await made.push(message(url)) is Outcome.UNREACHABLE


async def test_a_url_taken_off_the_list_gets_nothing_more() -> None:
    async with receiving() as receiver, client("https://other.example") as made:
        said = await made.push(message(receiver.url()))
    assert (said, receiver.got) == (Outcome.NOT_LISTED, [])


async def test_a_name_that_leads_to_this_machine_gets_nothing() -> None:
    async def loopback(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with receiving() as receiver:
        url = f"http://crm.example.com:{receiver.port}/events"
        async with client(url, find=loopback) as made:
            said = await made.push(message(url))
    assert (said, receiver.got) == (Outcome.ADDRESS_REFUSED, [])


async def test_a_number_that_only_looks_like_a_name_gets_nothing() -> None:
    async with receiving() as receiver:
        url = f"http://2130706433:{receiver.port}/events"
        async with client(url) as made:
            said = await made.push(message(url))
    assert (said is Outcome.DELIVERED, receiver.got) == (False, [])


async def test_a_network_of_the_settings_is_pushed_to_by_name() -> None:
    async def loopback(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with receiving() as receiver:
        url = f"http://crm.example.com:{receiver.port}/events"
        async with client(url, find=loopback, EVENT_PUSH_NETWORKS="127.0.0.0/8") as made:
            assert await made.push(message(url)) is Outcome.DELIVERED


async def test_a_query_goes_out_as_it_was_given() -> None:
    async with receiving() as receiver, client(receiver.url()) as made:
        await made.push(message(receiver.url("/events?token=a%2Fb%20c+d")))
    assert receiver.got[0].path == "/events?token=a%2Fb%20c+d"


async def test_no_header_names_a_version_or_asks_for_compression() -> None:
    async with receiving() as receiver, client(receiver.url()) as made:
        await made.push(message(receiver.url()))
    headers = receiver.got[0].headers
    assert (headers["User-Agent"], headers["Accept-Encoding"]) == ("AgentGateway", "identity")


async def test_a_trusted_certificate_is_accepted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with receiving(authority.context()) as receiver, client(receiver.url(), trusts=str(tmp_path)) as made:
        assert await made.push(message(receiver.url())) is Outcome.DELIVERED


@pytest.mark.parametrize(("who", "name"), [("stranger", "127.0.0.1"), ("trusted", "crm.example.com")])
async def test_a_certificate_of_a_stranger_or_for_another_name_is_refused(tmp_path: Path, who: str, name: str) -> None:
    authorities = {folder: Authority(tmp_path / folder) for folder in ("trusted", "stranger")}
    trusts = str(tmp_path / "trusted")
    async with receiving(authorities[who].context(name)) as receiver, client(receiver.url(), trusts=trusts) as made:
        said = await made.push(message(receiver.url()))
    assert (said, receiver.got) == (Outcome.TLS, [])


async def test_a_folder_that_cannot_be_used_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    missing = str(tmp_path / "none")
    async with receiving() as receiver, client(receiver.url(), trusts=missing) as made:
        outcomes = {await made.push(message(receiver.url())) for _ in range(2)}
    assert outcomes == {Outcome.TLS}
    assert caplog.messages == [f"eventpush.ssl.cert.file: {missing} cannot be read: No such file or directory"]


async def test_a_certificate_that_joins_the_folder_counts_from_the_next_push_on(tmp_path: Path) -> None:
    known, renewed = Authority(tmp_path / "trusted"), Authority(tmp_path / "renewed")
    trusts = str(known.folder)
    async with receiving(renewed.context()) as receiver, client(receiver.url(), trusts=trusts) as made:
        before = await made.push(message(receiver.url()))
        for file in renewed.folder.iterdir():
            shutil.copy(file, known.folder / f"renewed-{file.name}")
        after = await made.push(message(receiver.url()))
    assert (before, after) == (Outcome.TLS, Outcome.DELIVERED)


async def test_a_folder_that_is_spoilt_meanwhile_takes_no_trust_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    known, stranger = Authority(tmp_path / "trusted"), Authority(tmp_path / "stranger")
    async with (
        receiving(known.context()) as receiver,
        receiving(stranger.context()) as other,
        client(receiver.url(), other.url(), trusts=str(known.folder)) as made,
    ):
        outcomes = [await made.push(message(receiver.url()))]
        spoilt = known.folder / "half.pem"
        spoilt.write_text("-----BEGIN CERTIFICATE-----\n", "ascii")
        outcomes += [await made.push(message(each.url())) for each in (other, receiver)]
    assert outcomes == [Outcome.DELIVERED, Outcome.TLS, Outcome.DELIVERED]
    assert caplog.messages == [f"eventpush.ssl.cert.file: {spoilt} is no certificate in PEM or DER (CER)"]


async def test_the_folder_can_be_changed_while_it_pushes(tmp_path: Path) -> None:
    right, wrong = Authority(tmp_path / "right"), Authority(tmp_path / "wrong")
    async with receiving(right.context()) as receiver:
        now = [str(wrong.folder)]
        base = {"EVENT_PUST_WHILTELIST_CALLBACKURI": (receiver.url(),)}
        made = PushClient(lambda: Settings.model_validate({**base, "eventpush.ssl.cert.file": now[0]}))
        before = await made.push(message(receiver.url()))
        now[0] = str(right.folder)
        after = await made.push(message(receiver.url()))
        await made.close()
    assert (before, after) == (Outcome.TLS, Outcome.DELIVERED)
