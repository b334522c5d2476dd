"""Several workers and their metrics: each port of them tells the sum of all, which a crash does not lower."""

import os
import signal
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from gateway.sessions.guid import new_secret_line
from tests.support.admin import TOKEN, Operator, token_file
from tests.support.gateway import gateway_process
from tests.support.one_centre import before, centre_here
from tests.support.servers import Server, free_port
from tests.support.waiting import until

AGENTS = range(101, 107)


async def told(port: int) -> dict[str, float]:
    """The samples by name, those with labels added up."""
    text = (await Operator(port, TOKEN).get("/metrics")).body.decode()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


def first_admin_port() -> int:
    """One whose next one is free as well, in all likelihood."""
    return free_port()


async def test_each_port_tells_the_sum_of_all_workers_also_after_a_crash(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(new_secret_line("k1"))
    port = first_admin_port()
    overrides = {
        "WORKERS": "2",
        "REDIS_URL": server.url,
        "STORE_TAG": f"metrics-{port}",
        "GUID_SECRET_FILE": str(secret),
        "ADMIN_PORT": str(port),
        "ADMIN_TOKEN_FILE": str(token_file(tmp_path)),
    }
    async with centre_here() as centre, gateway_process(tmp_path, {**overrides, **before(centre)}) as gateway:
        for agent_id in AGENTS:
            await gateway.desk(agent_id).sign_in()

        async def sums() -> list[float]:
            return [(await told(port + worker))["agentgateway_sessions_opened_total"] for worker in range(2)]

        assert await sums() == [len(AGENTS)] * 2
        former = await told(port)
        victim = next(pid for pid, number in gateway.workers().items() if number == 1)
        os.kill(victim, signal.SIGKILL)
        await until(lambda: victim not in gateway.workers() and len(gateway.workers()) == 2)
        after = await told(port)
        assert after["agentgateway_sessions_opened_total"] == len(AGENTS)
        assert after["agentgateway_operations_total"] >= former["agentgateway_operations_total"] > 0
