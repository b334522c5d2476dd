from dataclasses import replace

from gateway.sessions.model import Session
from gateway.sessions.policy import Policy
from gateway.sessions.report import ClientAdoption, adoption
from gateway.sessions.service import SessionService
from gateway.settings.schema import Settings
from tests.unit.sessions.houses import START_MS, House, opening, session
from tests.unit.sessions.samples import RING


def service(house: House) -> SessionService:
    return SessionService(house.one.store, RING, lambda: Policy(Settings.model_validate({})))


def handed_out(client: str, *, adopted: bool = False) -> Session:
    return replace(session(), number=1, adopted_ms=START_MS if adopted else 0, client=client)


async def signed_in(house: House, *sessions: Session) -> None:
    for agent_id, opened in enumerate(sessions, 101):
        await house.one.store.apply(agent_id, opening(opened))


async def called(house: House, after_ms: int, agent_id: int, opened: Session) -> None:
    house.world.now_ms = START_MS + after_ms
    house.one.store.note_seen(agent_id, opened.id, push=False)


async def test_a_call_with_an_old_guid_a_hold_and_2_s_after_the_hand_out_shows_who_does_not_adopt(house: House) -> None:
    lagging, adopting = handed_out("Desk/1"), handed_out("Desk/2", adopted=True)
    await signed_in(house, lagging, adopting)
    for agent_id, opened in ((101, lagging), (102, adopting)):
        await called(house, 12_001, agent_id, opened)
    found = await adoption(service(house))
    assert [(line.agent, line.client, line.signed_in) for line in found.agents] == [(101, "Desk/1", True)]


async def test_who_fell_silent_after_the_hand_out_is_not_blamed(house: House) -> None:
    await signed_in(house, handed_out("Desk/1"))
    house.world.now_ms += 60_000
    assert (await adoption(service(house))).agents == []


async def test_the_first_guid_needs_no_adoption(house: House) -> None:
    opened = session()
    await signed_in(house, opened)
    await called(house, 60_000, 101, opened)
    assert (await adoption(service(house))).agents == []


async def test_clients_are_summed_up(house: House) -> None:
    sessions = [handed_out("Desk/1"), handed_out("Desk/1", adopted=True), handed_out("Desk/2", adopted=True)]
    await signed_in(house, *sessions)
    await called(house, 20_000, 101, sessions[0])
    assert (await adoption(service(house))).clients == [ClientAdoption("Desk/1", 2, 1), ClientAdoption("Desk/2", 1, 0)]
