"""What is said of the number of shards."""

from pathlib import Path
from secrets import token_hex

import pytest

from gateway.doctor.finding import Level, judge
from gateway.doctor.store_checks import DIVISION_CHECKS, DivisionFacts, division_facts
from gateway.redis_store.address import parse_target
from tests.support.gateway import running_gateway
from tests.support.servers import Server, free_port
from tests.unit.doctor.samples import level


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (DivisionFacts(1, 0, None), None),
        (DivisionFacts(1, 0, 0.1), None),
        (DivisionFacts(4, 0, None), Level.OK),
        (DivisionFacts(4, 4, 0.1), Level.OK),
        (DivisionFacts(1, 4, 0.1), Level.FAIL),
        (DivisionFacts(4, 0, 0.1), Level.FAIL),
        (DivisionFacts(1, 4, 60.0), Level.WARN),
    ],
)
def test_the_number_here_and_in_the_store(facts: DivisionFacts, expected: Level | None) -> None:
    assert level(judge(DIVISION_CHECKS, facts), "store shards") is expected


async def test_a_store_that_a_gateway_has_divided(server: Server, secret: Path) -> None:
    tag = f"doctor-{token_hex(4)}"
    settings = {"REDIS_URL": server.url, "STORE_TAG": tag, "STORE_SHARDS": "3", "GUID_SECRET_FILE": str(secret)}
    async with running_gateway(settings):
        facts = await division_facts(parse_target(server.url).servers[0], tag, 1)
    assert facts is not None
    assert (facts.said, facts.quiet_s is not None and facts.quiet_s < 60) == (3, True)


async def test_of_a_server_that_is_away_nothing_is_known() -> None:
    assert await division_facts(parse_target(f"redis://127.0.0.1:{free_port()}").servers[0], "desk", 1) is None
