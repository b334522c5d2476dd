from gateway.sessions.live import READ_TOGETHER
from gateway.sessions.report import session_lines
from tests.unit.sessions.houses import House, opening, session


async def test_more_sessions_than_are_read_together_are_all_listed(house: House) -> None:
    for agent_id in range(101, 102 + READ_TOGETHER):
        await house.one.store.apply(agent_id, opening(session()))
    assert len(await session_lines(house.two.store, 1000)) == READ_TOGETHER + 1
