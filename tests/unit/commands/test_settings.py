import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli import main
from tests.support.command import Page, command
from tests.support.gateway import CONFIG


def line(key: str, value: str, **more: object) -> dict[str, Any]:
    return {
        "key": key,
        "value": value,
        "default": "60000",
        "source": "file",
        "where": "basic.properties:14",
        "applies": "live",
        **more,
    }


def page(**more: object) -> Page:
    lines = [
        line("GUIDINTERVAL", "60000"),
        line("GUIDTIMEOUT", "90000", source="--set", where="--set"),
        line("NODE_NAME", "NodeA", applies="restart"),
    ]
    return Page("GET", "/settings", {"waiting": [], "refused": None, "settings": lines, **more})


async def test_settings_are_a_table(tmp_path: Path) -> None:
    done = await command(tmp_path, [page()], "settings", "list")
    assert (done.exit_code, done.stdout) == (
        0,
        """\
key           value  source  where                applies
GUIDINTERVAL  60000  file    basic.properties:14  live
GUIDTIMEOUT   90000  --set   --set                live
NODE_NAME     NodeA  file    basic.properties:14  restart
""",
    )


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["NODE_NAME", "GUIDINTERVAL"], ["GUIDINTERVAL", "NODE_NAME"]),
        (["--changed"], ["GUIDTIMEOUT", "NODE_NAME"]),
    ],
)
async def test_some_of_them_can_be_asked_for(tmp_path: Path, words: list[str], keys: list[str]) -> None:
    done = await command(tmp_path, [page()], "settings", "list", "--json", *words)
    assert [each["key"] for each in json.loads(done.stdout)] == keys


async def test_a_key_that_is_none_is_named(tmp_path: Path) -> None:
    done = await command(tmp_path, [page()], "settings", "list", "GUIDINTERVALS")
    assert (done.exit_code, "there is no setting GUIDINTERVALS" in done.stderr) == (2, True)


async def test_what_waits_and_what_is_refused_is_told(tmp_path: Path) -> None:
    done = await command(tmp_path, [page(waiting=["NODE_NAME"], refused="x:3: wrong")], "settings", "list")
    assert done.stderr == (
        "the file has other values that need a restart: NODE_NAME\nthe file as it stands is refused:\nx:3: wrong\n"
    )


@pytest.mark.parametrize(
    ("said", "code", "stdout", "stderr"),
    [
        ({"result": "unchanged", "changed": [], "waiting": [], "problems": []}, 0, "unchanged\n", ""),
        (
            {"result": "applied", "changed": ["MAXTIME", "GUIDREUSE"], "waiting": ["HTTP_PORT"], "problems": []},
            0,
            "applied: MAXTIME, GUIDREUSE\nneed a restart: HTTP_PORT\n",
            "",
        ),
        (
            {"result": "refused", "changed": [], "waiting": [], "problems": ["x:3: wrong"]},
            1,
            "",
            "refused, the former values stay:\nx:3: wrong\n",
        ),
    ],
)
async def test_a_reload_says_what_came_of_it(
    tmp_path: Path, said: dict[str, Any], code: int, stdout: str, stderr: str
) -> None:
    done = await command(tmp_path, [Page("POST", "/settings/reload", said)], "settings", "reload")
    assert (done.exit_code, done.stdout, done.stderr) == (code, stdout, stderr)


def test_a_file_in_order_is_checked() -> None:
    done = CliRunner().invoke(main, ["settings", "check", f"--config={CONFIG}"])
    assert (done.exit_code, done.stdout.endswith(" settings, all in order\n")) == (0, True)


def test_a_wrong_file_is_refused_with_code_2(tmp_path: Path) -> None:
    file = tmp_path / "wrong.properties"
    file.write_text("GUIDINTERVAL = never\n")
    done = CliRunner().invoke(main, ["settings", "check", f"--config={file}"])
    assert (done.exit_code, f"{file}:1: GUIDINTERVAL = never" in done.stderr) == (2, True)
