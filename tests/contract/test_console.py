"""The console of a whole gateway without a browser: its files, its session, and what it may do (docs/console.md)."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.admin_app import history_job
from gateway.audit import trail
from gateway.console.routes import files
from gateway.wire.headers import PAGE_POLICY
from gateway.wire.text import iso
from tests.support.admin import TOKEN, Operator, Said, administered, token_file
from tests.support.console import Visitor, crowd
from tests.support.gateway import Gateway, running_gateway
from tests.support.waiting import until

READER = "desk read a-token-of-the-help-desk"


@pytest.fixture
def named_tokens(tmp_path: Path) -> Path:
    path = tmp_path / "admin.tokens"
    path.touch(0o600)
    path.write_text(f"{READER}\n")
    return path


@pytest.fixture
async def gateway(tmp_path: Path, named_tokens: Path) -> AsyncIterator[Gateway]:
    overrides = {
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "ADMIN_TOKENS_FILE": str(named_tokens),
        "ADMIN_PORT": "1",
    }
    async with running_gateway(overrides, jobs=False) as made:
        yield made


@pytest.fixture
async def operator(gateway: Gateway) -> AsyncIterator[Operator]:
    async with administered(gateway, [history_job(gateway.app).route()]) as made:
        yield made


@pytest.fixture
def visitor(operator: Operator) -> Visitor:
    return Visitor(operator.port)


@pytest.mark.parametrize("path", files())
async def test_its_files_are_for_whoever_is_on_this_machine_and_for_no_other_page(visitor: Visitor, path: str) -> None:
    said = await visitor.get(path)
    wanted = {
        "Content-Security-Policy": PAGE_POLICY,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    assert said.status == 200
    assert {name: said.headers[name] for name in wanted} == wanted


@pytest.mark.parametrize("path", files())
async def test_they_name_no_other_host_and_hold_no_code_in_the_page(visitor: Visitor, path: str) -> None:
    text = (await visitor.get(path)).body.decode()
    assert set(re.findall(r"https?://([^/'\"\s]+)", text)) <= {"www.w3.org"}
    assert not re.search(r"\bstyle=|\son\w+=\"|innerHTML|eval\(", text)


@pytest.mark.parametrize("path", files())
async def test_they_name_only_files_that_are_there(visitor: Visitor, path: str) -> None:
    text = (await visitor.get(path)).body.decode()
    named = re.findall(r"(?:href|src)=\"(/[^\"]+)\"", text) + [
        f"/console{name}" for name in re.findall(r"from \"\.(/\w+\.js)\"", text)
    ]
    assert [name for name in named if (await visitor.get(name)).status != 200] == []


@pytest.mark.parametrize("sent", [{"Host": "console.example"}, {"X-Forwarded-For": "192.0.2.7"}], ids=str)
async def test_not_even_its_files_leave_this_machine(visitor: Visitor, sent: dict[str, str]) -> None:
    visitor.sent = sent
    assert (await visitor.get("/console")).status == 403


PAGES = [
    "/metrics",
    "/sessions",
    "/sessions/101",
    "/adoption",
    "/lockouts",
    "/nodes",
    "/drain",
    "/settings",
    "/store",
    "/console/history",
]


@pytest.mark.parametrize("path", PAGES)
async def test_a_session_looks_at_what_a_token_does(visitor: Visitor, path: str) -> None:
    before = await visitor.get(path)
    await visitor.sign_in(READER.split()[2])
    assert [before.status, (await visitor.get(path)).status] == [401, 200]


async def test_a_session_of_role_read_ends_nobody(gateway: Gateway, visitor: Visitor) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    await visitor.sign_in(READER.split()[2])
    said = await visitor.post("/sessions/101/end")
    assert (said.status, (await desk.status()).retcode) == (403, "0")


async def test_a_session_of_role_admin_does(gateway: Gateway, visitor: Visitor) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    await visitor.sign_in(TOKEN)
    said = await visitor.post("/sessions/101/end")
    assert (said.status, (await desk.status()).retcode) == (200, "100-006")


async def test_without_the_secret_of_the_session_it_does_not(gateway: Gateway, visitor: Visitor) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    await visitor.sign_in(TOKEN)
    visitor.csrf = ""
    said = await visitor.post("/sessions/101/end")
    assert (said.status, (await desk.status()).retcode) == (403, "0")


async def ends(visitor: Visitor, **wanted: object) -> Said:
    return await visitor.ask("POST", "/sessions/end", json.dumps(wanted).encode())


async def test_several_hundred_sessions_end_lot_by_lot_and_the_trail_has_a_line_for_each(tmp_path: Path) -> None:
    admin = {"ADMIN_TOKEN_FILE": str(token_file(tmp_path)), "ADMIN_PORT": "1"}
    async with running_gateway(admin, jobs=False) as gateway:
        await crowd(gateway, 300, "Desk/1.0")
        await crowd(gateway, 3, "Desk/2.0", first=300_001)
        lines: list[dict[str, object]] = []
        with trail.installed(trail.Trail("NodeA", b"key", [lambda line: lines.append(dict(line))], lambda: 0)):
            async with administered(gateway) as operator:
                visitor = Visitor(operator.port)
                await visitor.sign_in(TOKEN)
                page = (await visitor.get("/sessions?find=desk/1.0&size=1")).json
                said: list[dict[str, Any]] = []
                after = 0
                while not said or said[-1]["left"]:
                    told = await ends(visitor, find="desk/1.0", before=page["at"], most=100, after=after)
                    said.append(told.json)
                    after = told.json["after"]
                rest = (await visitor.get("/sessions")).json["total"]
    assert page["total"] == 300
    assert [(one["ended"], one["left"], one["not_ended"]) for one in said] == [
        (100, 200, []),
        (100, 100, []),
        (100, 0, []),
    ]
    assert rest == 3
    ended = [line for line in lines if line["kind"] == "sign-out"]
    assert [line["agent"] for line in ended] == sorted(range(200_001, 200_301))
    assert {(line["by"], line["reason"]) for line in ended} == {("operator", "FORCED")}


async def test_who_signs_in_after_the_sessions_were_counted_stays(gateway: Gateway, visitor: Visitor) -> None:
    await gateway.desk(101).sign_in()
    await visitor.sign_in(TOKEN)
    page = (await visitor.get("/sessions")).json
    await until(lambda: iso(gateway.app.stores.sessions.now_ms()) > page["at"])
    late = gateway.desk(102)
    await late.sign_in()
    said = (await ends(visitor, all=True, before=page["at"])).json
    assert (page["total"], said["ended"], (await late.status()).retcode) == (1, 1, "0")


@pytest.mark.parametrize(("token", "csrf"), [(READER.split()[2], True), (TOKEN, False)], ids=["read", "no secret"])
async def test_many_are_ended_by_the_role_admin_with_the_secret_alone(
    gateway: Gateway, visitor: Visitor, token: str, csrf: bool
) -> None:
    desk = gateway.desk(101)
    await desk.sign_in()
    await visitor.sign_in(token)
    visitor.csrf = visitor.csrf if csrf else ""
    said = await ends(visitor, all=True)
    assert (said.status, (await desk.status()).retcode) == (403, "0")


async def test_a_token_that_is_withdrawn_ends_its_sessions(visitor: Visitor, named_tokens: Path) -> None:
    await visitor.sign_in(READER.split()[2])
    await asyncio.to_thread(named_tokens.write_text, "other read a-token-of-somebody-else\n")
    said = await visitor.get("/sessions")
    assert said.status == 401
    assert "changed or withdrawn" in said.json["error"]


async def test_the_operators_token_that_is_changed_ends_his_sessions(visitor: Visitor, tmp_path: Path) -> None:
    await visitor.sign_in(TOKEN)
    (tmp_path / "admin.token").write_text("another-token-of-the-operator\n")
    statuses = [(await visitor.get("/sessions")).status]
    statuses.append((await visitor.sign_in(TOKEN)).status)
    statuses.append((await visitor.sign_in("another-token-of-the-operator")).status)
    assert statuses == [401, 401, 200]


async def test_no_page_shows_the_token_or_the_session(visitor: Visitor) -> None:
    await visitor.sign_in(TOKEN)
    secrets = [TOKEN, visitor.cookie.partition("=")[2], visitor.csrf]
    pages = [(await visitor.get(path)).body.decode() for path in (*PAGES, *files(), "/console/session")]
    assert [secret for secret in secrets for page in pages if secret in page] == []
