"""`agentgateway doctor`, beside a gateway that runs and without one."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli import main
from gateway.sessions.guid import new_secret_line
from tests.support.gateway import CONFIG, gateway_process
from tests.support.servers import Server, Servers, free_port


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "guid.keys"
    file.touch(0o600)
    file.write_text(new_secret_line("k1"), "ascii")
    return file


def doctor(*options: str, **settings: str) -> Result:
    sets = [f"--set={key}={value}" for key, value in settings.items()]
    return CliRunner().invoke(main, ["doctor", f"--config={CONFIG}", *sets, *options])


def test_warnings_alone_end_with_0_and_strictly_with_1() -> None:
    done, strict = doctor(), doctor("--strict")
    assert (done.exit_code, strict.exit_code) == (0, 1)
    assert "warn  store" in done.stdout
    assert done.stdout.splitlines()[-1].endswith(" 0 FAIL")


def test_a_failure_ends_with_1(secret: Path) -> None:
    done = doctor(REDIS_URL=f"redis://127.0.0.1:{free_port()}", GUID_SECRET_FILE=str(secret))
    assert done.exit_code == 1
    assert "FAIL  store reach" in done.stdout


def test_settings_that_do_not_load_end_with_2() -> None:
    done = doctor(AUTHMODE="3")
    assert (done.exit_code, "AUTHMODE" in done.stderr) == (2, True)


def test_json_is_all_that_is_printed() -> None:
    told = json.loads(doctor("--json").stdout)
    assert {"check": "store", "level": "warn"}.items() <= told["findings"][7].items()
    assert sum(told["counts"].values()) == len(told["findings"])


@pytest.mark.parametrize(
    "form", ["redis://{}:{}@{}", "redis+sentinel://{0}:{1}@{2}/x?sentinel_password={1}", "redis+cluster://{}:{}@{}"]
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_no_password_is_told(
    shared_server: Callable[[str], Server], secret: Path, form: str, options: tuple[str, ...]
) -> None:
    url = form.format("desk", "hunter2", f"127.0.0.1:{shared_server('valkey').port}")
    done = doctor(*options, REDIS_URL=url, GUID_SECRET_FILE=str(secret))
    assert done.exit_code == 1
    assert "hunter2" not in done.stdout + done.stderr
    assert secret.read_text().split()[1] not in done.stdout


async def test_beside_a_gateway_and_after_its_death_it_sees_the_sessions_and_changes_nothing(
    servers: Servers, secret: Path, tmp_path: Path
) -> None:
    server = servers.start("valkey")
    settings = {"REDIS_URL": server.url, "GUID_SECRET_FILE": str(secret)}
    async with gateway_process(tmp_path, settings) as gateway:
        desk = gateway.desk(101)
        assert (await desk.sign_in()).retcode == "0"
        beside = await asyncio.to_thread(doctor, **settings)
        assert (await desk.status()).retcode == "0"
    before = changes(server)
    alone = await asyncio.to_thread(doctor, **settings)
    assert changes(server) == before > 0
    assert all("live sessions by key: k1 (1)" in done.stdout for done in (beside, alone))


def changes(server: Server) -> int:
    """How many changes it has ever seen, while it makes no snapshots."""
    found: int = server.ask("INFO", "persistence")["rdb_changes_since_last_save"]
    return found
