"""Sign-out: the contact centre is asked, the session ends in the store, then the centre is told."""

from dataclasses import replace

import pytest

from gateway.backend import BackendAnswer, Declined, Leave, Upstream
from gateway.wire.errors import Refused, Unavailable
from tests.unit.edge.entrance import AGENT, Entrance, Said
from tests.unit.edge.fake_backend import NO
from tests.unit.sessions.samples import FRESH, START

SESSION = replace(FRESH, adopted_ms=START, upstream=Upstream("sealed"))
VOLUNTARY, FORCED = "logout", "forcelogout"
EMPTY_RESULT = b'{"message":"success","retcode":"0","result":{}}'
PLAIN = b'{"message":"success","retcode":"0"}'


class SigningOut(Entrance):
    """An entrance with a session."""

    async def sign_out(self, how: str) -> Said:
        headers = await self.hold(SESSION)
        return await self.ask("DELETE", f"onlineagent/{AGENT}/{how}", headers=headers)


@pytest.mark.parametrize(
    ("how", "asked", "body"),
    [(VOLUNTARY, ["ask_to_leave"], EMPTY_RESULT), (FORCED, [], PLAIN), ("forcelogoutwithreason/7", [], PLAIN)],
)
async def test_the_session_ends_and_the_centre_is_owed_its_end(how: str, asked: list[str], body: bytes) -> None:
    place = SigningOut()
    assert (await place.sign_out(how)).body == body
    [end] = await place.store.owed(10)
    assert (await place.session(), place.backend.calls, place.owed) == (None, asked, 1)
    assert (end.session_id, end.code, end.upstream) == (SESSION.id, 7 if "7" in how else 0, SESSION.upstream)


async def test_the_centre_is_asked_with_the_session_and_the_request() -> None:
    place = SigningOut()
    await place.sign_out(f"{VOLUNTARY}?x=1")
    [(live, request)] = place.backend.questions
    assert (live.agent_id, live.session_id, live.started_ms) == (AGENT, SESSION.id, START)
    assert request is not None
    assert (live.upstream, request.upstream) == (SESSION.upstream, SESSION.upstream)
    assert request.message.target.endswith(f"/{AGENT}/logout?x=1")


async def test_a_centre_that_knows_already_is_not_told_again_and_its_answer_is_passed_on() -> None:
    place = SigningOut()
    place.backend.leave_says = Leave(BackendAnswer(b'{"retcode":"0","message":"bye"}'), told=True)
    assert (await place.sign_out(VOLUNTARY)).body == b'{"retcode":"0","message":"bye"}'
    assert [end.upstream for end in await place.store.owed(10)] == [None]
    assert await place.session() is None


@pytest.mark.parametrize(
    ("problem", "status", "retcode"),
    [(Refused("100-005"), 200, "100-005"), (Declined(NO), 200, "107-064"), (Unavailable("again"), 503, "100-007")],
)
async def test_who_may_not_leave_stays_signed_in(problem: Refused, status: int, retcode: str) -> None:
    place = SigningOut()
    place.backend.fails["ask_to_leave"] = problem
    said = await place.sign_out(VOLUNTARY)
    assert (said.status, said.retcode) == (status, retcode)
    assert (await place.session(), await place.store.owed(10)) == (SESSION, [])
    assert "stay" not in place.backend.calls


@pytest.mark.parametrize("cause", ["0", "256", "x", "-1"])
async def test_a_cause_that_is_none_is_refused_before_anybody_is_asked(cause: str) -> None:
    place = SigningOut()
    assert (await place.sign_out(f"forcelogoutwithreason/{cause}")).retcode == "100-005"
    assert (await place.session(), place.backend.calls) == (SESSION, [])


@pytest.mark.parametrize(("how", "told"), [(VOLUNTARY, ["ask_to_leave", "stay"]), (FORCED, [])])
async def test_where_the_store_fails_who_was_asked_is_told_that_the_agent_stays(how: str, told: list[str]) -> None:
    place = SigningOut()
    place.store.away = True
    said = await place.sign_out(how)
    assert (said.status, place.backend.calls) == (503, told)
    assert await place.session() == SESSION


async def test_without_the_guid_nobody_is_asked() -> None:
    place = SigningOut()
    await place.hold(SESSION)
    assert (await place.ask("DELETE", f"onlineagent/{AGENT}/logout")).retcode == "000-003"
    assert (place.backend.calls, await place.session()) == ([], SESSION)
