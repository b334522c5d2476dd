"""chatThirdPartyValidate on the wire."""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.redis_store.link import RedisLink
from gateway.redis_store.token_store import RedisTokenStore
from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.used_tokens import MemoryTokenStore
from tests.conftest import Shared
from tests.support.desk import Answer, ask_once
from tests.support.servers import free_port
from tests.support.tokens import ADA, BOB, CAT, NOW, VALIDATE, Bench, Clock, Site, body, serving
from tests.support.waiting import GENEROUS_MS

SUCCESS = b'{"retCode":0,"message":"validate success"}'
REFUSED = b'{"retCode":1,"message":"validate failed"}'
SAMPLE_WITHOUT_COMMA = b'{"Token": "xxxxxxx",\n"userName": "test"\n"userId": "test",\n"tenantSpaceId": "202012294604"}'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
async def bench(site: Site) -> AsyncIterator[Bench]:
    async with serving(site, MemoryTokenStore()) as made:
        yield made


def malformed(answer: Answer, says: str) -> bool:
    assert list(answer.json) == ["retCode", "message"]
    return answer.status == 400 and answer.json["retCode"] == 2 and says in answer.json["message"]


async def test_a_valid_token_gets_the_answer_of_the_specification(bench: Bench) -> None:
    answer = await bench.validate(bench.site.token())
    assert (answer.status, answer.body) == (200, SUCCESS)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("label", ["text/plain", "application/json; charset=UTF-8", ""])
async def test_the_label_of_the_body_does_not_matter(bench: Bench, label: str) -> None:
    data = json.dumps(body(bench.site.token())).encode()
    assert (await bench.post(VALIDATE, data, **{"Content-Type": label})).body == SUCCESS


async def test_a_refusal_says_no_more_than_that(bench: Bench) -> None:
    site, token = bench.site, bench.site.token()
    refused = [
        await bench.validate("no.such.token"),
        await bench.validate(token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]),
        await bench.validate(site.token(now_ms=NOW - 600_000)),
        await bench.validate(token, BOB),
        await bench.validate(token, CAT),
        await bench.validate(token, userName="ada lovelace"),
        await bench.validate(token, userId="nobody"),
        await bench.validate(token, tenantSpaceId="nobody"),
    ]
    assert {(answer.status, answer.body) for answer in refused} == {(200, REFUSED)}


async def test_explanations_have_codes_of_their_own_where_they_are_switched_on(bench: Bench) -> None:
    site, token = bench.site, bench.site.token()
    site.set(token_explain=True)
    users.remove_user(site.users, BOB.tenant, BOB.user_id)
    bench.room.reload()
    codes = [
        await bench.ret_code(token),
        await bench.ret_code("no.such.token"),
        await bench.ret_code(token, tenantSpaceId="nobody"),
        await bench.ret_code(token, CAT),
        await bench.ret_code(site.token(now_ms=NOW - 600_000)),
        await bench.ret_code(token, userName="Ada"),
        await bench.ret_code(site.token(BOB), BOB),
    ]
    assert codes == [0, 101, 102, 103, 104, 105, 106]
    assert (await bench.validate(token, userName="Ada")).json["message"].startswith("the token was issued for another")


async def test_the_cause_is_in_the_audit_trail(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    token = bench.site.token()
    caplog.clear()
    with caplog.at_level(logging.INFO, "gateway.audit"):
        await bench.validate(token)
        await bench.validate(token, BOB, caller="192.0.2.9")
        await bench.validate("no.such.token", tenantSpaceId="someone\nelse")
    accepted, refused, foreign = caplog.messages
    assert accepted.startswith("token-accepted tenant=acme token=")
    assert accepted.endswith("address=192.0.2.7 cause=none")
    assert refused.endswith("address=192.0.2.9 cause=user-not-matching")
    assert foreign.startswith(
        "token-refused tenant=? token=- key=- address=192.0.2.7 cause=bad-signature,tenant-unknown"
    )


async def test_no_token_and_no_user_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    token = bench.site.token()
    with caplog.at_level(logging.DEBUG):
        await bench.validate(token)
        await bench.validate(token, BOB)
    for secret in (token, token.split(".")[2], ADA.user_id, ADA.user_name, BOB.user_id):
        assert secret not in caplog.text


async def test_the_samples_missing_comma_is_malformed(bench: Bench) -> None:
    assert malformed(await bench.post(VALIDATE, SAMPLE_WITHOUT_COMMA), "body: not valid JSON")


async def test_the_sample_with_its_comma_is_understood(bench: Bench) -> None:
    answer = await bench.post(VALIDATE, SAMPLE_WITHOUT_COMMA.replace(b'"test"\n', b'"test",\n'))
    assert (answer.status, answer.body) == (200, REFUSED)


@pytest.mark.parametrize("field", ["Token", "userName", "userId", "tenantSpaceId"])
@pytest.mark.parametrize("value", [None, 1, "", "x" * 2000])
async def test_what_is_wrong_with_a_member_is_told_by_its_name(bench: Bench, field: str, value: object) -> None:
    data = json.dumps(body(bench.site.token()) | {field: value}).encode()
    assert malformed(await bench.post(VALIDATE, data), f"{field}: ")


@pytest.mark.parametrize("data", [b"", b"hello", b"[]", b"\xff\xfe", b"Token=a&userName=b"])
async def test_what_is_no_object_is_malformed(bench: Bench, data: bytes) -> None:
    assert malformed(await bench.post(VALIDATE, data), "body: ")


async def test_a_body_of_1_mib_is_too_large(bench: Bench) -> None:
    answer = await bench.validate(bench.site.token(), more="x" * 1_048_576)
    assert (answer.status, answer.json) == (413, {"retCode": 2, "message": "body: more than 65536 bytes"})


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
async def test_another_method_is_told_which_one_is_right(bench: Bench, method: str) -> None:
    answer = await ask_once(bench.port, method, VALIDATE)
    assert (answer.status, answer.headers["Allow"], answer.json["retCode"]) == (405, "POST", 2)


async def test_an_unknown_member_is_ignored(bench: Bench) -> None:
    assert await bench.ret_code(bench.site.token(), locale="en", nested={"Token": 1}) == 0


async def test_too_many_requests_of_one_address_must_wait(bench: Bench) -> None:
    bench.site.set(token_address_limit=3)
    token = bench.site.token()
    await bench.post(VALIDATE, b"malformed requests count too")
    codes = [await bench.ret_code(token) for _ in range(3)]
    limited = await bench.validate(token)

    assert codes == [0, 0, 3]
    assert (limited.status, limited.json["retCode"]) == (429, 3)
    assert 1 <= int(limited.headers["Retry-After"]) <= 60
    assert await bench.ret_code(token, caller="192.0.2.8") == 0


async def test_too_many_requests_for_one_tenant_leave_room_for_another(bench: Bench) -> None:
    bench.site.set(token_tenant_limit=1)
    tokens = [bench.site.token(), bench.site.token(CAT)]
    codes = [await bench.ret_code(tokens[0]), await bench.ret_code(tokens[0]), await bench.ret_code(tokens[1], CAT)]
    assert codes == [0, 3, 0]


async def test_the_next_minute_begins_anew(bench: Bench) -> None:
    bench.site.set(token_address_limit=1)
    token = bench.site.token()
    codes = [await bench.ret_code(token), await bench.ret_code(token)]
    bench.clock.now_ms += 60_000
    assert [*codes, await bench.ret_code(token)] == [0, 3, 0]


async def test_a_key_may_rotate_under_live_tokens(bench: Bench) -> None:
    site, old = bench.site, bench.site.token()
    first = signing_keys.read(site.keys).keys[0].id
    signing_keys.add_key(site.keys, NOW + 5000, "ES256")
    bench.room.reload()
    new = site.token(now_ms=NOW + 5000)
    both = [await bench.ret_code(old), await bench.ret_code(new)]
    signing_keys.remove_key(site.keys, first, NOW + 6000)
    bench.room.reload()

    assert both == [0, 0]
    assert [await bench.ret_code(old), await bench.ret_code(new)] == [1, 0]


async def test_a_tenant_that_is_removed_is_refused(bench: Bench) -> None:
    token = bench.site.token()
    tenants_file.remove_tenant(bench.site.tenants, "acme")
    bench.room.reload()
    assert await bench.ret_code(token) == 1


async def test_the_path_may_be_changed(tmp_path: Path) -> None:
    site = Site(tmp_path, {"TOKEN_VALIDATE_PATH": "/portal/validate"})
    async with serving(site, MemoryTokenStore()) as bench:
        data = json.dumps(body(site.token())).encode()
        assert (await bench.post("/portal/validate", data)).body == SUCCESS
        assert (await bench.post(VALIDATE, data)).status == 404


async def test_a_single_use_token_is_good_once(bench: Bench) -> None:
    bench.site.set(token_single_use=True)
    token = bench.site.token()
    codes = [await bench.ret_code(token, caller=f"192.0.2.{number}") for number in (1, 2, 1)]
    bench.clock.now_ms += 30_001
    assert [*codes, await bench.ret_code(token, caller="192.0.2.1")] == [0, 1, 0, 1]


async def test_another_body_from_the_same_address_is_another_request(bench: Bench) -> None:
    bench.site.set(token_single_use=True)
    token = bench.site.token()
    assert [await bench.ret_code(token), await bench.ret_code(token, more=1)] == [0, 1]


async def test_the_users_of_a_service_out_of_reach_get_no_verdict(tmp_path: Path) -> None:
    site = Site(tmp_path, {"TOKEN_USERS_URL": f"http://127.0.0.1:{free_port()}/users"})
    async with serving(site, MemoryTokenStore()) as bench:
        answer = await bench.validate(site.token())
        assert (answer.status, answer.json["retCode"], answer.headers["Retry-After"]) == (503, 3, "1")
        assert await bench.ret_code("no.such.token") == 1


async def test_without_its_store_a_single_use_token_gets_no_verdict(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.set(token_single_use=True)
    link = RedisLink(f"redis://127.0.0.1:{free_port()}", "tag", 100)
    await link.start()
    async with serving(site, RedisTokenStore(link)) as bench:
        answer = await bench.validate(site.token())
        site.set(token_single_use=False)
        reusable = await bench.validate(site.token())
    await link.close()

    assert (answer.status, answer.json["retCode"]) == (503, 3)
    assert reusable.body == SUCCESS


async def test_on_two_nodes_a_token_validated_1000_times_at_once_is_good_once(
    tmp_path: Path, shared_server: Shared
) -> None:
    site = Site(tmp_path)
    site.set(token_single_use=True)
    tag, clock = secrets.token_hex(8), Clock()
    links = [RedisLink(shared_server("valkey").url, tag, GENEROUS_MS) for _ in range(2)]
    for link in links:
        await link.start()
    token = site.token()
    async with (
        serving(site, RedisTokenStore(links[0]), clock) as one,
        serving(site, RedisTokenStore(links[1]), clock) as other,
    ):
        gate = asyncio.Semaphore(200)

        async def ask(number: int) -> int:
            async with gate:
                node = (one, other)[number % 2]
                answer = await node.validate(token, caller=f"10.0.{number // 250}.{number % 250 + 1}")
                code: int = answer.json["retCode"]
                return code

        codes = await asyncio.gather(*(ask(number) for number in range(1000)))
    for link in links:
        await link.close()

    assert (codes.count(0), codes.count(1)) == (1, 999)
