"""The wheel in an environment of its own: command, default configuration, a gateway that serves, from any folder."""

import asyncio
import json
import os
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from gateway.cli import COMMANDS
from gateway.settings.load import load
from tests.support.command import IN_TURN, answers_in_turn
from tests.support.desk import Desk
from tests.support.gateway import ENDS_S, PASSWORD, READY_S, ROOT
from tests.support.servers import free_port
from tests.support.wheel import bare_environment, build_wheel, requirements


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare") / "environment"
    return bare_environment(folder, wheel, *requirements()).parent / "agentgateway"


def run(command: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run([str(command), *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def contents(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if "__pycache__" not in path.parts}


def test_it_holds_every_file_of_the_package_that_git_knows_and_no_other(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "gateway", "config"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    wanted = {name for name in listed if name.startswith("gateway/") and name != "gateway/starter"}
    starter = {f"gateway/starter/{name.removeprefix('config/')}" for name in listed if name.startswith("config/")}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        told = archive.read(next(name for name in archive.namelist() if name.endswith("/METADATA"))).decode()
    assert names == wanted | starter - {"gateway/starter/deploy/Containerfile"}
    assert "License-Expression: Apache-2.0" in told


def test_every_subcommand_is_there(command: Path, tmp_path: Path) -> None:
    commands = [[name, "--help"] for name in COMMANDS]
    done = run(command.parent / "python", "-P", "-c", IN_TURN, json.dumps(commands), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert answers_in_turn(commands, done.stdout) == {" ".join(words): (0, "", True) for words in commands}


def test_init_writes_a_configuration_that_can_be_used(command: Path, tmp_path: Path) -> None:
    done = run(command, "init", "site", cwd=tmp_path)
    site = tmp_path / "site"
    assert done.returncode == 0, done.stderr
    assert {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()} == {
        "basic.properties",
        "agents.toml",
        "contact_center.toml",
        "users.toml",
        "systemd/agentgateway.service",
        "systemd/agentgateway.socket",
        "systemd/agentgateway-https.socket",
    }
    loaded = load(site / "basic.properties", {})
    assert (list(loaded.warnings), loaded.settings.var_dir) == ([], site / "var")
    assert stat.S_IMODE((site / "agents.toml").stat().st_mode) == 0o600
    service = (site / "systemd/agentgateway.service").read_text("utf-8")
    assert f"ExecStart={command} serve --config {site}/basic.properties " in service
    assert "/opt/agentgateway" not in service


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_finds_nothing_wrong_with_the_units_that_init_writes(command: Path, tmp_path: Path) -> None:
    assert run(command, "init", "site", cwd=tmp_path).returncode == 0
    units = [str(unit) for unit in sorted((tmp_path / "site" / "systemd").iterdir())]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_init_overwrites_nothing(command: Path, tmp_path: Path) -> None:
    (tmp_path / "agents.toml").write_text("mine", "utf-8")
    done = run(command, "init", ".", cwd=tmp_path)
    assert (done.returncode, "agents.toml" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["agents.toml"]


async def test_it_serves_from_any_folder_and_from_an_installation_that_nobody_may_write(
    command: Path, tmp_path: Path
) -> None:
    elsewhere, site, port = tmp_path / "elsewhere", tmp_path / "site", free_port()
    elsewhere.mkdir()
    assert run(command, "init", str(site), cwd=elsewhere).returncode == 0
    installation = command.parents[1]
    before = contents(installation)
    serve = (str(command), "serve", "--demo", "--config", str(site / "basic.properties"))
    process = await asyncio.create_subprocess_exec(
        *(*read_only(installation), *serve, "--set", f"HTTP_PORT={port}", "--set", "HTTPS_PORT=0"),
        stdout=asyncio.subprocess.PIPE,
        cwd=elsewhere,
        env={"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(READY_S):
            assert (await process.stdout.readline()).startswith(b"ready ")
        assert (await Desk(port, 101, PASSWORD).sign_in()).retcode == "0"
        process.terminate()
        async with asyncio.timeout(ENDS_S):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert contents(installation) == before
    assert list(elsewhere.iterdir()) == []
    assert (site / "var" / "audit.jsonl").is_file()


def read_only(folder: Path) -> tuple[str, ...]:
    """What a command is run by so that it cannot write there; nothing where this machine has no such means."""
    mounted = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    way = ("unshare", *(() if os.geteuid() == 0 else ("-r",)), "-m", "sh", "-c", mounted, str(folder))
    probe = subprocess.run([*way, "touch", str(folder / "written")], capture_output=True, text=True, check=False)
    return way if "Read-only" in probe.stderr else ()
