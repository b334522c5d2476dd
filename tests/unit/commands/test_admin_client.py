"""How commands ask a running gateway, and what they say when that does not work."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from gateway.admin.route import AdminCall, AdminRoute
from gateway.commands.admin_client import AdminLine, admin_line
from gateway.wire.errors import Malformed
from tests.support.admin import serving, token_file
from tests.support.gateway import CONFIG
from tests.support.servers import free_port


async def asked(folder: Path, ask: Callable[[AdminLine], Any], *routes: AdminRoute) -> Any:
    token = token_file(folder)
    async with serving(list(routes)) as operator:
        settings = {"ADMIN_PORT": str(operator.port), "ADMIN_TOKEN_FILE": str(token)}
        return await asyncio.to_thread(lambda: ask(admin_line(CONFIG, settings)))


async def echo(call: AdminCall) -> object:
    return {"body": call.body.decode()}


async def refuse(_call: AdminCall) -> object:
    raise Malformed("agent: must be a whole number")


async def test_what_a_page_answers_comes_back_as_values(tmp_path: Path) -> None:
    page = AdminRoute("POST", "/echo", echo)
    assert await asked(tmp_path, lambda line: line.ask("POST", "/echo", {"a": 1}), page) == {"body": '{"a": 1}'}


async def test_a_refusal_is_said_in_the_page_s_words(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match=r"ADMIN_PORT \d+: agent: must be a whole number"):
        await asked(tmp_path, lambda line: line.ask("GET", "/no"), AdminRoute("GET", "/no", refuse))


def test_where_no_gateway_answers_that_is_said() -> None:
    port = free_port()
    with pytest.raises(click.ClickException, match=f"no gateway answers on ADMIN_PORT {port}: ConnectionRefusedError"):
        AdminLine(port, "t" * 16).ask("GET", "/sessions")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ADMIN_PORT": "0"}, "set ADMIN_PORT and ADMIN_TOKEN_FILE"),
        ({"ADMIN_PORT": "8001", "ADMIN_TOKEN_FILE": "no-such-file"}, "no-such-file"),
        ({"ADMIN_PORT": "x"}, "ADMIN_PORT"),
    ],
)
def test_settings_by_which_nobody_can_be_asked_are_named(settings: dict[str, str], said: str) -> None:
    with pytest.raises(click.ClickException) as refused:
        admin_line(CONFIG, settings)
    assert said in refused.value.message


def test_the_token_is_not_shown() -> None:
    assert "s3cret" not in repr(AdminLine(8001, "s3cret"))
