"""What makes a gateway unsafe though it works is told in the log and by /gateway/ready, and takes no node out."""

from datetime import UTC, datetime
from pathlib import Path

import trustme

from tests.support.desk import ask_once
from tests.support.gateway import gateway_process
from tests.support.servers import free_port
from tests.support.site import site
from tests.support.waiting import until_async


async def ready(port: int) -> dict[str, str]:
    answer = await ask_once(port, "GET", "/gateway/ready")
    assert answer.status == 200
    found: dict[str, str] = answer.json
    return found


async def test_a_secret_of_zeros_and_proxies_that_are_everybody(tmp_path: Path) -> None:
    async with site(tmp_path) as place:
        place.secret.write_text(f"k1 {'0' * 64}\n", "ascii")
        node = await place.start(overrides={"TRUSTED_PROXIES": "0.0.0.0/0"})
        told, log = await ready(node.port), await node.said("k1 is not random", "TRUSTED_PROXIES: 0.0.0.0/0")
    assert told["status"] == "ready"
    assert "k1 is not random" in told["secret"]
    assert told["settings"].startswith("TRUSTED_PROXIES: 0.0.0.0/0 lets anybody")
    assert "ERROR gateway.app: GUID_SECRET_FILE: k1 is not random" in log
    assert "ERROR gateway.app: TRUSTED_PROXIES: 0.0.0.0/0 lets anybody" in log


async def test_a_certificate_that_has_expired_when_it_is_swapped_in(tmp_path: Path) -> None:
    def write(not_after: datetime | None = None) -> None:
        leaf = trustme.CA().issue_cert("localhost", not_after=not_after)
        leaf.cert_chain_pems[0].write_to_path(tmp_path / "chain.pem")
        leaf.private_key_pem.write_to_path(tmp_path / "key.pem")

    write()
    files = {"TLS_CERT_FILE": str(tmp_path / "chain.pem"), "TLS_KEY_FILE": str(tmp_path / "key.pem")}
    async with gateway_process(tmp_path, {**files, "HTTPS_PORT": str(free_port())}) as gateway:
        before = await ready(gateway.port)
        write(datetime(2020, 1, 1, tzinfo=UTC))

        async def told() -> bool:
            return "expired" in (await ready(gateway.port))["certificate"]

        await until_async(told)
        await gateway.said("TLS_CERT_FILE has expired")
    assert before["certificate"] == "ok"
