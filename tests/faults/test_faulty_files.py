"""A file that makes no sense ends no gateway that runs, and one that starts with a line and code 2."""

import shutil
from pathlib import Path

import pytest

from tests.support.faulty_files import KINDS, TOML
from tests.support.gateway import CONFIG, GatewayProcess
from tests.support.servers import free_port
from tests.support.site import Site
from tests.support.waiting import until

FILES = {
    "AGENTS_FILE": TOML["arrays 3,000 deep"],
    "CONTACT_CENTER_FILE": TOML["integer of 5,000 digits"],
    "TOKEN_USERS_FILE": KINDS["pipe"],
    "TOKEN_KEYS_FILE": TOML["integer of 5,000 digits"],
    "GUID_SECRET_FILE": KINDS["pipe"],
    "TLS_CERT_FILE": KINDS["pipe"],
}


@pytest.mark.parametrize("setting", FILES)
async def test_a_faulty_file_at_the_start_is_one_line_and_code_2(alone: Site, tmp_path: Path, setting: str) -> None:
    path = tmp_path / "faulty"
    FILES[setting](path)
    settings = {"HTTP_PORT": str(free_port()), setting: str(path)}
    if setting == "TLS_CERT_FILE":
        settings |= {"TLS_KEY_FILE": str(path), "HTTPS_PORT": str(free_port())}
    code, errors = await alone.serve_to_the_end(**settings)
    assert code == 2
    assert [line for line in errors.splitlines() if str(path) in line] == [errors.splitlines()[-1]]
    assert "Traceback" not in errors


async def test_a_running_gateway_says_so_once_and_goes_on_with_the_former_agents(alone: Site, tmp_path: Path) -> None:
    agents = tmp_path / "agents.toml"
    shutil.copy(CONFIG.parent / "agents.toml", agents)
    alone.edit(AGENTS_FILE=str(agents))
    node: GatewayProcess = await alone.start()
    for spoil in (TOML["integer of 5,000 digits"], TOML["arrays 3,000 deep"], KINDS["pipe"]):
        said = node.log.read_text().count("agents file refused")
        spoil(agents)
        await until(lambda said=said: node.log.read_text().count("agents file refused") > said)  # type: ignore[misc]
    assert (await node.desk(101).sign_in()).retcode == "0"
    log = node.log.read_text()
    assert (log.count("agents file refused"), log.count("Traceback")) == (3, 0)
