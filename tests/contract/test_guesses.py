"""Guesses sent all at once, over HTTP, at every way to have a password judged: no more than 5 come to the judge."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gateway.agents.lockout import KNOWN_MS, WINDOW_MS
from gateway.agents.passwords import HashingTurn
from gateway.sessions.guid import new_secret_line
from tests.conftest import Shared
from tests.support.behind import answer, written
from tests.support.desk import PREFIX, Answer, Line, read_answer
from tests.support.front import gateway_before
from tests.support.gateway import PASSWORD, Gateway, running_gateway
from tests.support.servers import Server, free_port
from tests.support.waiting import until

AGENT = 101
MANY = 300
LIMIT = 5
MODIFY = "onlineagent/101/modifyaccountpwdex"
BY_ID = ["", "/forcelogin", "/loginex", "/forceloginex", "/forceloginexwithoutphone"]


@dataclass
class Judge:
    """A service that knows PASSWORD, as the contact centre behind and as the interface for tokens; all stay in there.

    With `gate` it thinks until that is set; with `outage` it answers with that status.
    """

    port: int
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    most_at_once: int = 0
    gate: asyncio.Event | None = None
    outage: int = 0
    _now: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith(f"{PREFIX}/agentevent"):
            return answer("0", "")
        if request.path.endswith(("logout", "agentstatus")):
            return answer("0", "success", {})
        self.bodies.append(await request.read())
        said = json.loads(self.bodies[-1] or b"{}") | dict(request.query)
        given = next(str(said[name]) for name in ("password", "oldPassword", "oldpassword", "Token") if name in said)
        self.asked.append(given)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0.01))
        finally:
            self._now -= 1
        if self.outage:
            return written(b"", self.outage)
        return self._verdict(request.path, given == PASSWORD)

    def _verdict(self, path: str, right: bool) -> web.Response:
        if path == "/tokens":
            return written(b'{"retCode":%d,"message":""}' % (not right))
        if not right:
            return answer("110-003" if "modify" in path else "100-004", "wrong")
        return answer("0", "success", {"workno": str(AGENT)}, secrets.token_hex(8))


@dataclass
class Place:
    """Nodes before one judge, and the sign-in by which one asks it."""

    judge: Judge
    nodes: Sequence[Gateway]
    path: str
    body: Callable[[str], dict[str, Any]]
    guid: str = ""

    async def send(self, password: str, node: int = 0) -> Line:
        line = await Line.open(self.nodes[node % len(self.nodes)].port)
        headers = {"guid": self.guid} if self.guid else {}
        method = "POST" if "modify" in self.path else "PUT"
        await line.send(method, f"{PREFIX}/{self.path}", headers, json.dumps(self.body(password)).encode())
        return line

    async def at_once(self, passwords: Sequence[str]) -> Counter[str]:
        """The retcodes of all of them, sent before the first answer."""
        lines = await asyncio.gather(*(self.send(password, number) for number, password in enumerate(passwords)))
        return Counter([(await self._read(line)).retcode for line in lines])

    async def ask(self, password: str) -> str:
        return (await self._read(await self.send(password))).retcode

    async def _read(self, line: Line) -> Answer:
        try:
            async with asyncio.timeout(60):
                return await read_answer(line.reader)
        finally:
            await line.close()


@asynccontextmanager
async def judging() -> AsyncIterator[Judge]:
    judge = Judge(free_port())
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", judge.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", judge.port).start()
    try:
        yield judge
    finally:
        await runner.cleanup()


def sign_in(password: str) -> dict[str, Any]:
    return {"password": password, "phonenum": "6001"}


def by_account(password: str) -> dict[str, Any]:
    return {"account": "anna", "password": password, "phonenum": "6001"}


def change(password: str) -> dict[str, Any]:
    return {"oldPassword": password, "newPassword": "Another-Desk8"}


UPSTREAM = {f"onlineagent/{AGENT}{form}": sign_in for form in BY_ID}
UPSTREAM |= {"onlineagent/loginbyaccount": by_account, MODIFY: change}
TOKEN = "onlineagent/101?by=token"


@asynccontextmanager
async def place(path: str, stores: Sequence[dict[str, str]] = ({},)) -> AsyncIterator[Place]:
    """A node for each of `stores`, which are settings."""
    async with AsyncExitStack() as stack:
        judge = await stack.enter_async_context(judging())
        if path == TOKEN:
            url = f"{judge.url}/tokens"
            tokens = {"AGENT_AUTH": "thirdparty", "AGENT_AUTH_URL": url, "AGENT_AUTH_TENANT": "acme"}
            opened = [running_gateway({**tokens, **store}) for store in stores]
        else:
            opened = [gateway_before(judge.url, store) for store in stores]
        nodes = [await stack.enter_async_context(node) for node in opened]
        made = Place(judge, nodes, path, UPSTREAM.get(path, sign_in))
        if path == MODIFY:
            desk = nodes[0].desk(AGENT)
            await desk.sign_in()
            made.guid = desk.guid
            judge.asked.clear()
        yield made


@pytest.fixture
def server(shared_server: Shared) -> Server:
    return shared_server("valkey")


@pytest.fixture
def two_nodes(server: Server, tmp_path: Path) -> list[dict[str, str]]:
    """Settings of two nodes on one Redis."""
    secret = tmp_path / "guid.keys"
    secret.touch(0o600)
    secret.write_text(f"{new_secret_line('k1')}\n", "ascii")
    shared = {"REDIS_URL": server.url, "STORE_TAG": secrets.token_hex(8), "GUID_SECRET_FILE": str(secret)}
    return [{**shared, "NODE_NAME": name} for name in ("NodeA", "NodeB")]


def wrong(count: int) -> list[str]:
    return [f"Guess-{number}" for number in range(count)]


@pytest.mark.parametrize("path", [*UPSTREAM, TOKEN])
async def test_of_300_wrong_guesses_at_once_5_are_judged(path: str) -> None:
    async with place(path) as scene:
        codes = await scene.at_once(wrong(MANY))
        assert len(scene.judge.asked) == LIMIT
        assert codes["110-016"] == MANY - LIMIT
        assert await scene.ask(PASSWORD) == "110-016"


@pytest.mark.parametrize("path", ["onlineagent/101", "onlineagent/loginbyaccount", MODIFY])
async def test_of_300_wrong_guesses_at_once_on_two_nodes_5_are_judged(
    path: str, two_nodes: list[dict[str, str]], server: Server
) -> None:
    async with place(path, two_nodes) as scene:
        codes = await scene.at_once(wrong(MANY))
        assert len(scene.judge.asked) == LIMIT
        assert codes["110-016"] == MANY - LIMIT
    keys = server.ask("KEYS", f"{{{two_nodes[0]['STORE_TAG']}}}:sign-in:*")
    assert keys
    assert all(0 < server.ask("PTTL", key) <= (KNOWN_MS if ":known:" in key else WINDOW_MS) for key in keys)


@pytest.mark.parametrize("path", ["onlineagent/101", TOKEN])
async def test_50_right_ones_at_once_are_no_guesses(path: str) -> None:
    async with place(path) as scene:
        codes = await scene.at_once([PASSWORD] * 50)
        assert len(scene.judge.asked) == 50
        assert scene.judge.most_at_once <= LIMIT
        # A machine that does much else besides asks some of them to try again.
        assert set(codes) <= {"0", "100-002", "100-021", "100-007"}
        assert codes["0"] >= 1


@pytest.mark.parametrize("path", [*UPSTREAM, TOKEN])
async def test_an_outage_of_the_judge_is_nobodys_guess(path: str) -> None:
    async with place(path) as scene:
        scene.judge.outage = 503
        assert await scene.at_once([PASSWORD] * 12) == {"100-007": 12}
        scene.judge.outage = 0
        assert await scene.ask(PASSWORD) == "0"


@pytest.mark.parametrize("path", ["onlineagent/101", "onlineagent/loginbyaccount", TOKEN])
async def test_who_hangs_up_gets_no_guess_back(path: str) -> None:
    async with place(path) as scene:
        scene.judge.gate = asyncio.Event()
        lines = [await scene.send(password) for password in wrong(LIMIT)]
        await until(lambda: len(scene.judge.asked) == LIMIT)
        for line in lines:
            line.abort()
        scene.judge.gate.set()
        assert await scene.ask(PASSWORD) == "110-016"
        assert len(scene.judge.asked) == LIMIT


@pytest.mark.parametrize("path", ["onlineagent/101", "onlineagent/loginbyaccount", TOKEN])
async def test_a_right_one_beside_4_wrong_ones_that_are_being_judged_gets_in(path: str) -> None:
    async with place(path) as scene:
        scene.judge.gate = asyncio.Event()
        lines = [await scene.send(password) for password in wrong(LIMIT - 1)]
        await until(lambda: len(scene.judge.asked) == LIMIT - 1)
        right = asyncio.create_task(scene.ask(PASSWORD))
        await until(lambda: PASSWORD in scene.judge.asked)
        scene.judge.gate.set()
        assert await right == "0"
        for line in lines:
            await line.close()


async def test_a_flood_from_elsewhere_keeps_nobody_out() -> None:
    async with place("onlineagent/101", [{"TRUSTED_PROXIES": "127.0.0.1"}]) as scene:
        scene.judge.gate = asyncio.Event()
        flood = []
        for password in wrong(100):
            line = await Line.open(scene.nodes[0].port)
            headers = {"X-Forwarded-For": "192.0.2.66"}
            await line.send("PUT", f"{PREFIX}/{scene.path}", headers, json.dumps(sign_in(password)).encode())
            flood.append(line)
        await until(lambda: len(scene.judge.asked) == LIMIT)
        right = asyncio.create_task(scene.ask(PASSWORD))
        await until(lambda: PASSWORD in scene.judge.asked)
        scene.judge.gate.set()
        assert await right == "0"
        for line in flood:
            await line.close()


SPELLINGS = ["anna", "Anna", "ANNA", " anna", "anna ", "\uff21nna", "aNNa\t"]


async def test_spellings_of_one_account_count_together() -> None:
    async with place("onlineagent/loginbyaccount") as scene:
        for spelling in SPELLINGS:
            scene.body = lambda password, name=spelling: by_account(password) | {"account": name}  # type: ignore[misc]
            await scene.ask("wrong")
        assert len(scene.judge.asked) == LIMIT


async def test_other_accounts_are_not_locked() -> None:
    async with place("onlineagent/loginbyaccount") as scene:
        await scene.at_once(wrong(6))
        scene.body = lambda password: by_account(password) | {"account": "bob"}
        assert await scene.ask(PASSWORD) == "0"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("?account=anna", {"account": "bob"}),
        ("?account=anna&account=bob", {}),
        ("", {"account": "bob", "Account": "anna"}),
    ],
)
async def test_two_accounts_in_one_sign_in_are_judged_by_nobody(query: str, body: dict[str, str]) -> None:
    async with place("onlineagent/loginbyaccount") as scene:
        scene.path += query
        scene.body = lambda password: {"password": password, **body}
        assert await scene.ask("wrong") == "100-001"
        assert scene.judge.asked == []


async def test_a_judge_reads_the_account_that_was_counted() -> None:
    """Of a name that stands twice in a body, some take the first and some the last."""
    async with place("onlineagent/loginbyaccount") as scene:
        raw = b'{"account":"anna","password":"x","account":"bob"}'
        line = await Line.open(scene.nodes[0].port)
        assert (await line.ask("PUT", f"{PREFIX}/{scene.path}", {}, raw)).retcode == "100-004"
        await line.close()
        assert scene.judge.bodies == [b'{"account":"bob","password":"x"}']


async def test_of_wrong_passwords_for_many_agents_at_once_no_more_are_judged_than_the_address_may_fail() -> None:
    async with place("onlineagent/101", [{"LOGIN_ADDRESS_LIMIT": "20"}]) as scene:
        lines = []
        for agent_id in range(1, 101):
            scene.path = f"onlineagent/{agent_id}"
            lines.append(await scene.send("wrong"))
        codes = Counter([(await scene._read(line)).retcode for line in lines])
        assert len(scene.judge.asked) == 20
        assert codes == {"100-004": 20, "110-016": 80}


async def test_of_many_guesses_at_a_password_kept_here_5_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []
    verify = HashingTurn.verify

    async def watched(turn: HashingTurn, agent_id: int, password_hash: str, password: str) -> bool:
        judged.append(password)
        return await verify(turn, agent_id, password_hash, password)

    monkeypatch.setattr(HashingTurn, "verify", watched)
    async with judging() as judge, running_gateway() as gateway:
        scene = Place(judge, [gateway], "onlineagent/101", sign_in)
        codes = await scene.at_once(wrong(MANY))
    assert len(judged) == LIMIT
    assert codes == {"100-004": LIMIT, "110-016": MANY - LIMIT}
