"""The generation of tokens on the wire, for the enterprise's own back end."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.settings.token_sections import TOKENS_PATH
from gateway.tokens import tenants_file
from gateway.tokens.used_tokens import MemoryTokenStore
from tests.support.desk import ask_once
from tests.support.tokens import ADA, Bench, Site, serving

ASKED = {"tenantSpaceId": "acme", "userId": ADA.user_id, "userName": ADA.user_name}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with serving(Site(tmp_path), MemoryTokenStore()) as made:
        yield made


async def test_a_token_is_made_that_validates(bench: Bench) -> None:
    answer = await bench.issue("acme", ASKED)
    assert (answer.status, list(answer.json)) == (200, ["retCode", "message", "Token", "expiresIn"])
    assert (answer.json["retCode"], answer.json["expiresIn"]) == (0, 300)
    assert await bench.ret_code(answer.json["Token"]) == 0


async def test_the_tenant_may_be_left_to_the_api_key(bench: Bench) -> None:
    answer = await bench.issue("acme", {"userId": ADA.user_id, "userName": ADA.user_name})
    assert await bench.ret_code(answer.json["Token"]) == 0


async def test_its_life_is_token_ttl(bench: Bench) -> None:
    bench.site.set(token_ttl_ms=2000)
    token = (await bench.issue("acme", ASKED)).json["Token"]
    bench.clock.now_ms += 3000
    codes = [await bench.ret_code(token)]
    bench.clock.now_ms += 1
    assert [*codes, await bench.ret_code(token)] == [0, 1]


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer agk_wrong", "Basic YTpi", "agk_wrong"])
async def test_without_the_api_key_there_is_no_token(bench: Bench, given: str) -> None:
    answer = await bench.issue("acme", ASKED, Authorization=given)
    assert (answer.status, answer.json["retCode"], answer.headers["WWW-Authenticate"]) == (401, 1, "Bearer")
    assert "Token" not in answer.json


async def test_another_tenants_api_key_makes_no_token(bench: Bench) -> None:
    answer = await bench.issue("globex", ASKED)
    assert (answer.status, answer.json["retCode"]) == (401, 1)


async def test_a_replaced_api_key_makes_no_token(bench: Bench) -> None:
    tenants_file.add_api_key(bench.site.tenants, "acme", only=True)
    bench.room.reload()
    assert (await bench.issue("acme", ASKED)).status == 401


@pytest.mark.parametrize("field", ["userId", "userName"])
@pytest.mark.parametrize("value", [None, 1, "", "x" * 257])
async def test_what_is_wrong_with_a_member_is_told_by_its_name(bench: Bench, field: str, value: object) -> None:
    answer = await bench.issue("acme", ASKED | {field: value})
    assert (answer.status, answer.json["retCode"]) == (400, 2)
    assert answer.json["message"].startswith(f"{field}: ")


async def test_without_a_key_to_sign_with_the_answer_says_what_to_do(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.keys.unlink()
    async with serving(site, MemoryTokenStore()) as bench:
        answer = await bench.issue("acme", ASKED)
    assert (answer.status, answer.json["retCode"]) == (503, 3)
    assert "token key rotate" in answer.json["message"]


async def test_another_method_and_a_large_body_are_refused(bench: Bench) -> None:
    assert (await ask_once(bench.port, "GET", TOKENS_PATH)).status == 405
    assert (await bench.issue("acme", ASKED | {"more": "x" * 70_000})).status == 413


async def test_guesses_of_api_keys_are_limited(bench: Bench) -> None:
    bench.site.set(token_tenant_limit=2)
    found = [(await bench.issue("acme", ASKED, Authorization="Bearer agk_wrong")).status for _ in range(3)]
    assert found == [401, 401, 429]
    assert (await bench.issue("acme", ASKED)).status == 200


async def test_the_audit_trail_tells_who_asked_and_no_secret(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = (await bench.issue("acme", ASKED)).json["Token"]
        await bench.issue("globex", ASKED)
    assert "token-issued tenant=acme token=" in caplog.text
    assert "token-api-key-refused tenant=globex address=192.0.2.7" in caplog.text
    for secret in (token, bench.site.api_keys["acme"], ADA.user_id, ADA.user_name):
        assert secret not in caplog.text


async def test_an_api_key_is_not_in_any_answer(bench: Bench) -> None:
    answers = [await bench.issue("acme", ASKED), await bench.issue("acme", [1]), await bench.issue("globex", ASKED)]
    assert not any(bench.site.api_keys["acme"] in json.dumps(answer.json) for answer in answers)
