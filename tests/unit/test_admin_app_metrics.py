from prometheus_client.parser import text_string_to_metric_families

from gateway.admin_app import Probe, metrics_route
from gateway.ops import metrics
from tests.support.admin import serving


async def scraped(*probes: Probe) -> dict[str, float]:
    """The samples without labels, by name."""
    async with serving([metrics_route(probes)]) as operator:
        said = await operator.get("/metrics")
    assert said.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(said.body.decode())
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


async def nothing() -> None:
    return None


async def one() -> float:
    return 1.0


async def test_the_counters_of_the_process_are_there() -> None:
    before = (await scraped())["agentgateway_guid_generations_made_total"]
    metrics.GUIDS_MADE.inc()
    assert (await scraped())["agentgateway_guid_generations_made_total"] == before + 1


async def test_a_probe_is_read_at_each_scrape() -> None:
    values = iter([1.0, 2.0])

    async def next_value() -> float:
        return next(values)

    probe = Probe("gateway_of_the_test", "a value", next_value)
    found = [(await scraped(probe))["gateway_of_the_test"] for _ in range(2)]
    assert found == [1.0, 2.0]


async def test_a_probe_without_a_value_is_left_out() -> None:
    found = await scraped(Probe("gateway_unknown", "none", nothing), Probe("gateway_known", "one", one))
    assert "gateway_unknown" not in found
    assert found["gateway_known"] == 1.0
