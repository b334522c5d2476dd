"""A sign-in that the service behind judges: counted before it is asked, announced while it is, and out again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from gateway.agents.attempt_limiter import AttemptLimiter
from gateway.agents.lockout import PAIR_LIMIT, MemoryAttempts
from gateway.backend import Admitted, Declined, Message, SignInRequest, Upstream
from gateway.edge.rows import OPERATIONS
from gateway.interface.operation import SignIn
from gateway.sessions.memory_store import MemoryEventQueue, MemorySessionStore
from gateway.sessions.model import LOST_ANSWER_MS, Record, Reservation
from gateway.sessions.store import Bounds, Change
from gateway.settings.schema import Settings
from gateway.upstream.counterpart import Keys, Sealer
from gateway.upstream.service_answers import ServiceAnswer
from gateway.upstream.service_client import PREFIX, ServiceClient
from gateway.upstream.upstream_sign_in import SignInParts, UpstreamSignIn
from gateway.wire import retcodes
from gateway.wire.errors import Refused, Unavailable
from gateway.wire.trust import client_context
from tests.unit.sessions.samples import AGENT, FRESH, RING, START

ACCOUNT, LOGIN = (
    next(row for row in OPERATIONS if isinstance(row, SignIn) and row.name == name)
    for name in ("loginByAccount", "login")
)
SETTINGS: Final = Settings.model_validate({"UPSTREAM_URL": "http://127.0.0.1:9"})
WRONG: Final = ServiceAnswer(retcodes.WRONG_CREDENTIALS, "wrong", b"{}")
YES: Final = ServiceAnswer(retcodes.SUCCESS, "", b'{"result":{"workno":"205"}}', guid="g-1", cookie="c=1")


class Service(ServiceClient):
    """Answers with the next of `says`; `asked` are the requests, `due` by when each was to be answered."""

    def __init__(self) -> None:
        super().__init__(lambda: SETTINGS, client_context(None))
        self.says: list[ServiceAnswer | Exception] = []
        self.asked: list[tuple[str, Keys | None]] = []
        self.due: list[float | None] = []
        self.records: list[Record] = []
        self.record: Callable[[], Record | None] = lambda: None

    async def call(
        self,
        message: Message,
        keys: Keys | None = None,
        *,
        file: bool = False,
        by_s: float | None = None,
        agent_id: int = 0,
    ) -> ServiceAnswer:
        self.due.append(by_s)
        self.asked.append((f"{message.method} {message.target.removeprefix(PREFIX)}", keys))
        self.records.append(self.record() or Record(AGENT))
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


class Site:
    """The way in to a service."""

    def __init__(self) -> None:
        self.now_ms = START
        self.store = MemorySessionStore(MemoryEventQueue(lambda: Bounds(10, 1000)), lambda: self.now_ms)
        self.service, self.sealer = Service(), Sealer(RING)
        self.service.record = lambda: self.store.known(AGENT)
        limiter = AttemptLimiter(MemoryAttempts(), lambda: 1000)
        self.sign_in = UpstreamSignIn(SignInParts(self.store, limiter, self.service, self.sealer))

    async def admit(self, *says: ServiceAnswer | Exception) -> Admitted:
        self.service.says = list(says)
        return await self.sign_in.admit(SignInRequest(LOGIN, AGENT, self.message("PUT", f"/onlineagent/{AGENT}")))

    async def admit_account(self, body: bytes, query: str = "", says: ServiceAnswer = YES) -> Admitted:
        self.service.says = [says]
        message = self.message("PUT", f"/onlineagent/loginbyaccount{query}", body)
        return await self.sign_in.admit(SignInRequest(ACCOUNT, 0, message))

    def message(self, method: str, path: str, body: bytes = b"{}") -> Message:
        return Message(method, f"{PREFIX}{path}", body, address=lambda: "192.0.2.7")

    @property
    def asked(self) -> list[str]:
        return [line for line, _ in self.service.asked]


@pytest.fixture
def site() -> Site:
    return Site()


async def test_while_the_service_is_asked_the_record_tells_of_it(site: Site) -> None:
    await site.admit(YES)
    [during] = site.service.records
    assert during.reservation is not None
    assert (await site.store.read(AGENT)).reservation == during.reservation


@pytest.mark.parametrize("says", [WRONG, Unavailable()], ids=["refused", "out of reach"])
async def test_what_opens_no_session_is_no_longer_announced(site: Site, says: ServiceAnswer | Exception) -> None:
    with pytest.raises((Declined, Unavailable)):
        await site.admit(says)
    assert (await site.store.read(AGENT)).reservation is None


async def test_a_sign_in_under_way_elsewhere_keeps_its_announcement(site: Site) -> None:
    other = Record(AGENT, reservation=Reservation("other", START + 5000))
    await site.store.apply(AGENT, lambda _: Change(None, other))
    with pytest.raises(Declined):
        await site.admit(WRONG)
    assert await site.store.read(AGENT) == other


async def test_guesses_are_counted_here_and_those_too_many_never_reach_the_service(site: Site) -> None:
    for _ in range(PAIR_LIMIT):
        with pytest.raises(Declined):
            await site.admit(WRONG)
    with pytest.raises(Refused) as refused:
        await site.admit(YES)
    assert (refused.value.retcode, len(site.asked)) == (retcodes.LOCKED, PAIR_LIMIT)


async def test_a_refusal_that_says_nothing_of_the_password_is_no_guess(site: Site) -> None:
    for _ in range(2 * PAIR_LIMIT):
        with pytest.raises(Declined):
            await site.admit(replace(WRONG, retcode=retcodes.PHONE_OUT_OF_RANGE))
    assert (await site.admit(YES)).agent_id == AGENT


async def test_a_service_that_says_yes_without_a_guid_cannot_serve(site: Site) -> None:
    with pytest.raises(Unavailable):
        await site.admit(replace(YES, guid=""))


async def keep_session(site: Site, guid: str) -> None:
    key = site.sealer.seal(FRESH.id, Keys(guid))
    session = replace(FRESH, upstream=Upstream(key))
    await site.store.apply(AGENT, lambda _: Change(None, Record(AGENT, session)))


async def test_a_session_whose_answer_was_lost_is_signed_out_there_and_makes_room(site: Site) -> None:
    await keep_session(site, "lost")
    site.now_ms += LOST_ANSWER_MS + 1
    in_already = replace(WRONG, retcode=retcodes.ALREADY_SIGNED_IN)
    assert (await site.admit(in_already, replace(YES, guid=""), YES)).agent_id == AGENT
    login = f"PUT /onlineagent/{AGENT}"
    assert site.asked == [login, f"DELETE /onlineagent/{AGENT}/forcelogout", login]
    assert site.service.asked[1][1] == Keys("lost")


async def test_all_calls_of_a_sign_in_have_the_time_of_one_together(site: Site) -> None:
    await keep_session(site, "lost")
    site.now_ms += LOST_ANSWER_MS + 1
    await site.admit(replace(WRONG, retcode=retcodes.ALREADY_SIGNED_IN), replace(YES, guid=""), YES)
    assert len(site.service.due) == 3
    assert len(set(site.service.due)) == 1
    assert None not in site.service.due


async def test_a_session_that_somebody_may_know_of_is_not_signed_out_there(site: Site) -> None:
    await keep_session(site, "fresh")
    site.now_ms += LOST_ANSWER_MS
    with pytest.raises(Declined):
        await site.admit(replace(WRONG, retcode=retcodes.ALREADY_SIGNED_IN))
    assert len(site.asked) == 1


async def test_by_account_the_service_says_who_it_is(site: Site) -> None:
    admitted = await site.admit_account(b'{"account":"ada"}')
    assert (admitted.agent_id, admitted.let_in is not None) == (205, True)


@pytest.mark.parametrize("workno", ['""', '"0"', '"1000000"', '"x"', "null"])
async def test_by_account_somebody_impossible_is_nobody(site: Site, workno: str) -> None:
    with pytest.raises(Unavailable):
        await site.admit_account(
            b'{"account":"ada"}', says=replace(YES, body=b'{"result":{"workno":%s}}' % workno.encode())
        )


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b'{"account":"ADA"}', ""),
        (b'{"account":" ada "}', ""),
        (b'{"account":"\xef\xbd\x81da"}', ""),
        (b"{}", "?Account=ada"),
    ],
    ids=["case", "white space", "another form of a letter", "in the query"],
)
async def test_spellings_of_one_account_are_guesses_at_one(site: Site, body: bytes, query: str) -> None:
    for _ in range(PAIR_LIMIT):
        with pytest.raises(Declined):
            await site.admit_account(b'{"account":"ada"}', says=WRONG)
    with pytest.raises(Refused) as refused:
        await site.admit_account(body, query)
    assert refused.value.retcode == retcodes.LOCKED
    assert (await site.admit_account(b'{"account":"bob"}')).agent_id == 205


async def test_two_accounts_in_one_request_are_refused_unasked(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        await site.admit_account(b'{"account":"ada"}', "?account=bob")
    assert (refused.value.retcode, site.asked) == (retcodes.BAD_SIGN_IN, [])
