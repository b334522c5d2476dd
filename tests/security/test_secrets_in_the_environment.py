"""Settings of the environment: workers have them, and nobody finds them in an environment or a command line."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from tests.support.gateway import CONFIG
from tests.support.servers import Server, free_port
from tests.support.site import site
from tests.support.workers import PROCESSES

PASSWORD = "hunter22"
OTHER = "hunter33"


def told_of(pid: int) -> bytes:
    """What everybody, or another program of the same user, learns of a process that was started."""
    return (PROCESSES / str(pid) / "cmdline").read_bytes() + (PROCESSES / str(pid) / "environ").read_bytes()


async def test_a_worker_has_the_secrets_of_the_environment_but_not_in_its_own(
    tmp_path: Path, shared_server: Callable[[str], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = shared_server("valkey").url
    monkeypatch.setenv("AGENTGATEWAY_REDIS_URL", url)
    named = tmp_path / "upstream"
    named.write_text(f"http://127.0.0.1:{free_port()}/{OTHER}\n", "utf-8")
    monkeypatch.setenv("AGENTGATEWAY_UPSTREAM_URL_FILE", str(named))
    monkeypatch.setenv("AGENTGATEWAY_MAXTIMES", PASSWORD)
    settings = {"BACKEND": "upstream", "WORKERS": "2", "STORE_TAG": f"environment-{os.getpid()}"}
    async with site(tmp_path, settings) as place:
        node = await place.start()
        found = [told_of(pid) for pid in node.workers()]
        log = await node.said("unknown setting AGENTGATEWAY_MAXTIMES")
    assert len(found) == 2
    secrets = (url.encode(), PASSWORD.encode(), OTHER.encode())
    assert [secret for secret in secrets for told in found if secret in told] == []
    assert "unknown setting AGENTGATEWAY_MAXTIMES; the nearest known is AGENTGATEWAY_MAXTIME" in log
    assert PASSWORD not in log


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_wrong_value_of_the_environment_is_refused_by_name_and_a_secret_is_not_told(command: str) -> None:
    wrong = {"AGENTGATEWAY_REDIS_URL": f"redis:/:{PASSWORD}@host", "AGENTGATEWAY_AUTHMODE": "7"}
    done = CliRunner(env=wrong).invoke(main, [command, "--config", str(CONFIG)])
    assert done.exit_code == 2
    assert "AGENTGATEWAY_REDIS_URL: REDIS_URL = ***: " in done.stderr
    assert "AGENTGATEWAY_AUTHMODE: AUTHMODE = 7: must be 1 or 2" in done.stderr
    assert PASSWORD not in done.output + done.stderr
