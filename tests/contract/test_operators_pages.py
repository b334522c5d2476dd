"""The commands on the pages for operators run as they stand, against a running gateway on a store."""

import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.sessions.guid import new_secret_line
from tests.conftest import Shared
from tests.support.admin import token_file
from tests.support.gateway import CONFIG, ROOT, gateway_process
from tests.support.operators_shell import Shell
from tests.support.servers import free_port

PAGES = [ROOT / "docs" / f"{name}.md" for name in ("operate", "troubleshooting", "upgrade", "backup")]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def commands(page: Path) -> list[str]:
    """The lines behind a prompt."""
    return [
        line[2:] for block in BLOCK.findall(page.read_text("utf-8")) for line in block.splitlines() if line[:2] == "$ "
    ]


def right(command: str, text: str) -> bool:
    """A store of tests keeps nothing on disk, and doctor finds that out."""
    found = [line for line in text.splitlines() if line.startswith("FAIL")]
    return command == "agentgateway doctor" and [line.split()[1:3] for line in found] == [["store", "persistence"]]


@pytest.fixture
async def shell(tmp_path: Path, shared_server: Shared) -> AsyncIterator[Shell]:
    server = shared_server("valkey")
    secret = tmp_path / "guid.keys.now"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"), "ascii")
    (tmp_path / "config").mkdir()
    for name in ("basic.properties", "agents.toml", "contact_center.toml", "users.toml"):
        (tmp_path / "config" / name).write_text((CONFIG.parent / name).read_text("utf-8"), "utf-8")
    admin = str(free_port())
    settings = {
        "ADMIN_PORT": admin,
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
        "REDIS_URL": server.url,
        "GUID_SECRET_FILE": str(secret),
        "STORE_TAG": secrets.token_hex(8),
    }
    async with gateway_process(tmp_path, settings, config=tmp_path / "config" / "basic.properties") as gateway:
        await gateway.desk(101).sign_in()
        here = {"HTTP_PORT": str(gateway.port), "HTTPS_PORT": "0", **settings}
        variables = {f"AGENTGATEWAY_{key}": value for key, value in here.items()} | {"PYTHONPATH": str(ROOT)}
        yield Shell(tmp_path, variables, {"8000": str(gateway.port), "6379": str(server.port)})


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
async def test_the_commands_of_the_page_work(shell: Shell, page: Path) -> None:
    said = {command: await shell.run(command) for command in commands(page)}
    assert {command: text for command, (code, text) in said.items() if code and not right(command, text)} == {}


def test_every_page_has_commands() -> None:
    assert all(commands(page) for page in PAGES)
