"""An agent is traced on a whole gateway: what it sends and is told, masked; on all nodes of a store."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.agents.lockout import PAIR_LIMIT
from gateway.sessions.guid import new_secret_line
from tests.support.admin import Operator, administered, token_file
from tests.support.gateway import PASSWORD, ROOT, Gateway, gateway_process, running_gateway
from tests.support.one_centre import before, centre_here
from tests.support.servers import Server, free_port

AGENT = 101
PHONE = "13911112222"
ACCOUNT = "demo101"
BY_ACCOUNT = "onlineagent/loginbyaccount"
READER = "a-token-of-role-read"


def overrides(folder: Path) -> dict[str, str]:
    named = folder / "admin.tokens"
    named.touch(0o600)
    named.write_text(f"rita read {READER}\n")
    token = str(token_file(folder))
    return {
        "ADMIN_TOKEN_FILE": token,
        "ADMIN_PORT": "1",
        "ADMIN_TOKENS_FILE": str(named),
        "AGENT_POLL_WAIT_FLAG": "OFF",
    }


@contextlib.asynccontextmanager
async def traced(folder: Path) -> AsyncIterator[tuple[Gateway, Operator]]:
    async with running_gateway(overrides(folder), jobs=False) as gateway, administered(gateway) as operator:
        assert (await operator.post(f"/trace/{AGENT}", body=b'{"for_s":60}')).status == 200
        yield gateway, operator


async def lines(gateway: Gateway, operator: Operator) -> list[dict[str, Any]]:
    await gateway.app.traces.look()
    found: list[dict[str, Any]] = (await operator.get(f"/trace/{AGENT}")).json["lines"]
    return found


async def test_requests_answers_and_events_of_the_agent_are_told(tmp_path: Path) -> None:
    async with traced(tmp_path) as (gateway, operator):
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        await desk.call("POST", "onlineagent/{id}/saybusy")
        told = await lines(gateway, operator)
    assert [line["kind"] for line in told] == ["request", "body", "answer", "request", "event", "answer"]
    assert len({line["request"] for line in told}) == 2


@pytest.mark.parametrize(
    ("password", "retcode"), [(PASSWORD, "0"), ("Wrong-Desk7", "100-004")], ids=["let in", "refused"]
)
async def test_a_sign_in_by_account_is_told_as_soon_as_the_agent_is_known(
    tmp_path: Path, password: str, retcode: str
) -> None:
    body = {"account": ACCOUNT, "password": password, "phonenum": PHONE}
    async with traced(tmp_path) as (gateway, operator):
        desk = gateway.desk(AGENT)
        said = await desk.call("PUT", BY_ACCOUNT, body)
        told = await lines(gateway, operator)
    assert [line["kind"] for line in told] == ["request", "body", "answer"]
    assert len({line["request"] for line in told}) == 1
    assert (told[0]["path"], told[0]["agent"]) == (BY_ACCOUNT, AGENT)
    assert f'"retcode":"{retcode}"' in told[-1]["body"]
    assert said.retcode == retcode
    assert not [secret for secret in (password, PHONE, ACCOUNT) if secret in str(told)]
    assert bool(told[-1].get("set_guid")) == (retcode == "0")


@pytest.mark.parametrize("account", ["demo102", "nobody"])
async def test_a_sign_in_by_the_account_of_somebody_else_is_not_told_of(tmp_path: Path, account: str) -> None:
    body = {"account": account, "password": PASSWORD}
    async with traced(tmp_path) as (gateway, operator):
        await gateway.desk(102).call("PUT", BY_ACCOUNT, body)
        assert await lines(gateway, operator) == []


async def test_in_front_of_a_centre_it_is_told_once_that_has_said_who_it_is(tmp_path: Path) -> None:
    body = {"account": ACCOUNT, "password": PASSWORD}
    async with (
        centre_here() as centre,
        running_gateway({**overrides(tmp_path), **before(centre)}, jobs=False) as gateway,
        administered(gateway) as operator,
    ):
        await operator.post(f"/trace/{AGENT}", body=b'{"for_s":60}')
        desk = gateway.desk(AGENT)
        retcodes = [(await desk.call("PUT", BY_ACCOUNT, {**body, "password": "Wrong-Desk7"})).retcode]
        retcodes.append((await desk.call("PUT", BY_ACCOUNT, body)).retcode)
        told = await lines(gateway, operator)
    assert retcodes == ["100-004", "0"]
    assert [line["kind"] for line in told] == ["request", "body", "answer"]
    assert told[-1]["set_guid"]


async def test_a_locked_out_sign_in_by_account_is_told(tmp_path: Path) -> None:
    async with traced(tmp_path) as (gateway, operator):
        desk = gateway.desk(AGENT)
        for _ in range(PAIR_LIMIT):
            await desk.sign_in(password="Wrong-Desk7")
        await desk.call("PUT", BY_ACCOUNT, {"account": ACCOUNT, "password": PASSWORD})
        told = await lines(gateway, operator)
    assert [line["kind"] for line in told[-3:]] == ["request", "body", "answer"]
    assert (told[-3]["path"], '"retcode":"110-016"' in told[-1]["body"]) == (BY_ACCOUNT, True)


async def test_other_agents_are_not_told_of(tmp_path: Path) -> None:
    async with traced(tmp_path) as (gateway, operator):
        await gateway.desk(102).sign_in()
        assert await lines(gateway, operator) == []


async def test_nothing_that_must_be_hidden_is_told(tmp_path: Path) -> None:
    async with traced(tmp_path) as (gateway, operator):
        desk = gateway.desk(AGENT)
        await desk.sign_in()
        await desk.call("PUT", f"voicecall/{{id}}/callout?phone={PHONE}", {"called": PHONE})
        text = str(await lines(gateway, operator))
    assert "callout" in text
    assert not [secret for secret in (PASSWORD, PHONE, *desk.guid.split(".")[0].split("-")) if secret in text]


async def test_a_refusal_is_told_with_its_retcode(tmp_path: Path) -> None:
    async with traced(tmp_path) as (gateway, operator):
        await gateway.desk(AGENT).status(guid="0" * 8)
        told = await lines(gateway, operator)
    assert '"retcode":"100-006"' in told[-1]["body"] or '"retcode":"000-003"' in told[-1]["body"]


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
async def test_the_role_read_neither_begins_nor_reads_a_trace(tmp_path: Path, method: str) -> None:
    async with running_gateway(overrides(tmp_path), jobs=False) as gateway, administered(gateway) as operator:
        reader = Operator(operator.port, READER)
        assert (await reader.ask(method, f"/trace/{AGENT}", body=b'{"for_s":60}')).status == 403


async def test_lines_and_who_is_traced_are_kept_in_the_store(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    shared = {
        "REDIS_URL": server.url,
        "GUID_SECRET_FILE": str(secret),
        "STORE_TAG": "trace-test",
        "BACKEND": "embedded",
    }
    async with (
        running_gateway({**overrides(tmp_path), **shared}, jobs=False) as first,
        administered(first) as operator,
    ):
        board = first.app.stores.traced
        await operator.post(f"/trace/{AGENT}", body=b'{"for_s":60}')
        until = await board.traced()
        await first.desk(AGENT).sign_in()
        told = await lines(first, operator)
        after = (await operator.get(f"/trace/{AGENT}")).json["after"]
        rest = (await operator.get(f"/trace/{AGENT}?after={after}")).json["lines"]
        await operator.ask("DELETE", f"/trace/{AGENT}")
        ended = await asyncio.wait_for(board.traced(), 5)
    assert list(until) == [AGENT]
    assert ([line["kind"] for line in told], rest, ended) == (["request", "body", "answer"], [], {})


@pytest.mark.slow
async def test_every_worker_of_a_node_tells_and_the_command_ends_by_itself(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    async with centre_here() as centre:
        ports = {"ADMIN_PORT": str(free_port()), "ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "WORKERS": "2"}
        store = {"REDIS_URL": server.url, "GUID_SECRET_FILE": str(secret), "STORE_TAG": "trace-workers"}
        async with gateway_process(tmp_path, {**ports, **store, **before(centre)}) as node:
            options = [f"--set={key}={value}" for key, value in {**ports, **store, **before(centre)}.items()]
            command = (sys.executable, "-P", "-m", "gateway", "trace", str(AGENT), "--for", "8s", "--json", *options)
            process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
            desk = node.desk(AGENT)
            await desk.sign_in()
            while process.returncode is None:  # Each on a connection of its own, which any worker may accept.
                await desk.status()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(process.wait()), 0.1)
            assert process.stdout is not None
            told = [json.loads(line) for line in (await process.stdout.read()).splitlines()]
    assert {line["worker"] for line in told if line["kind"] == "request"} == {0, 1}
    assert process.returncode == 0
