"""The audit trail of a whole gateway: what happened, to whom, by whom; never a GUID."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.admin import TOKEN, Operator, token_file
from tests.support.fork_server import ended
from tests.support.gateway import GatewayProcess, gateway_process
from tests.support.servers import free_port

READER, ADMIN = "a-token-of-role-read", "a-token-of-role-admin"


@dataclass(frozen=True)
class Audited:
    """A started gateway, an operator of it, its audit file, and the settings for commands."""

    gateway: GatewayProcess
    operator: Operator
    file: Path
    overrides: dict[str, str]

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    async def asked(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.operator.get(f"/audit{query}")).json
        return found

    async def command(self, *words: str) -> str:
        options = [f"--set={key}={value}" for key, value in self.overrides.items()]
        code, said, _ = await ended(*words, *options)
        assert code == 0
        return said


@pytest.fixture
async def audited(tmp_path: Path) -> AsyncIterator[Audited]:
    named = tmp_path / "admin.tokens"
    named.touch(0o600)
    named.write_text(f"rita read {READER}\nadam admin {ADMIN}\n")
    port, file = free_port(), tmp_path / "var" / "audit.jsonl"
    overrides = {
        "ADMIN_PORT": str(port),
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "ADMIN_TOKENS_FILE": str(named),
        "AUDIT_FILE": str(file),
    }
    async with gateway_process(tmp_path, overrides) as gateway:
        yield Audited(gateway, Operator(port, TOKEN), file, overrides)


async def test_a_take_over_is_told_with_both_sessions_and_no_guid(audited: Audited) -> None:
    first, second = audited.gateway.desk(101), audited.gateway.desk(101)
    await first.sign_in()
    await first.status()
    await second.sign_in(force=True)
    found = await audited.asked("?agent=101")
    assert [line["kind"] for line in found] == ["sign-in", "take-over", "sign-in"]
    assert found[1]["session"] == found[0]["session"] != found[2]["session"]
    assert (found[1]["reason"], found[1]["address"]) == ("forced sign-in", "127.0.0.1")
    text = audited.file.read_text()
    assert not [desk for desk in (first, second) if desk.guid.partition(".")[0] in text]


async def test_explain_names_the_cause(audited: Audited) -> None:
    await audited.gateway.desk(101).sign_in()
    await replace(audited.operator, token=ADMIN).post("/sessions/101/end")
    said = await audited.command("explain", "101")
    assert "Now: agent 101 is signed out" in said
    assert "an inspector or the operator ended the session (by adam)" in said


async def test_who_ended_a_session_is_named_and_a_reader_may_not(audited: Audited) -> None:
    await audited.gateway.desk(101).sign_in()
    reader, admin = replace(audited.operator, token=READER), replace(audited.operator, token=ADMIN)
    looked = await reader.get("/sessions")
    refused = await reader.post("/sessions/101/end")
    ended = await admin.post("/sessions/101/end")
    assert (looked.status, refused.status, ended.status) == (200, 403, 200)
    assert [line["by"] for line in await audited.asked("?kind=sign-out,admin-action")] == ["adam", "adam"]


async def test_refusals_of_strangers_are_gathered(audited: Audited) -> None:
    desk = audited.gateway.desk(101)
    for _ in range(5):
        await desk.status(guid="wrong")
    found = await audited.asked("?kind=refused")
    assert [(line["reason"], line["agent"], line["address"]) for line in found] == [("100-006", 101, "127.0.0.1")]


async def test_the_command_shows_what_the_page_shows(audited: Audited) -> None:
    await audited.gateway.desk(101).sign_in()
    await audited.gateway.desk(102).sign_in()
    said = await audited.command("audit", "--agent", "102", "--json")
    [line] = [json.loads(text) for text in said.splitlines()]
    assert (line["kind"], line["agent"]) == ("sign-in", 102)
    table = await audited.command("audit", "--since", "5m")
    assert [text.split()[2] for text in table.splitlines()] == ["node-start", "sign-in", "sign-in"]


async def test_start_and_end_of_the_node_are_there(audited: Audited) -> None:
    audited.gateway.process.terminate()
    await audited.gateway.process.wait()
    assert [line["kind"] for line in audited.lines()] == ["node-start", "node-stop"]
