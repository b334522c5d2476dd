"""Signing in to the console by HTTP: the cookie, the secret for changes, and wrong tokens."""

from collections.abc import AsyncIterator

import pytest

from gateway.admin.admin_tokens import Actor, AdminTokens
from gateway.admin.console_sessions import IDLE_S, LONGEST_S, WHY, ConsoleSessions
from gateway.admin.route import AdminCall, AdminRoute
from gateway.console.routes import GUESS_EVERY_S, GUESSES, GuessLimit, TooManyGuesses, sign_in_routes
from tests.support.admin import serving
from tests.support.console import Visitor

ANN = Actor("ann", "admin", "anns-token-0123456")
BEN = Actor("ben", "read", "bens-token-0123456")
HERE = "127.0.0.1"


async def done(_call: AdminCall) -> object:
    return {"done": True}


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    tokens = AdminTokens([ANN, BEN])
    sessions = ConsoleSessions(tokens)
    routes = [AdminRoute("GET", "/looked", done), *sign_in_routes(sessions, GuessLimit())]
    async with serving(routes, tokens, sessions) as operator:
        yield Visitor(operator.port)


async def test_a_token_gives_a_cookie_that_scripts_and_other_sites_do_not_get(visitor: Visitor) -> None:
    said = await visitor.sign_in(ANN.token)
    name, _, rest = said.headers["Set-Cookie"].partition("=")
    assert name == f"agentgateway-console-{visitor.port}"
    assert rest.partition("; ")[2] == "Path=/; HttpOnly; SameSite=Strict"
    assert said.json == {"signedIn": True, "name": "ann", "role": "admin", "csrf": visitor.csrf}


async def test_the_token_comes_back_nowhere(visitor: Visitor) -> None:
    said = await visitor.sign_in(ANN.token)
    assert ANN.token not in f"{said.headers}{said.body!r}"


async def test_the_cookie_opens_the_pages(visitor: Visitor) -> None:
    before = await visitor.get("/looked")
    await visitor.sign_in(ANN.token)
    after = await visitor.get("/looked")
    assert (before.status, after.status, after.json) == (401, 200, {"done": True})


async def test_the_page_learns_who_is_signed_in_and_never_the_secret_again(visitor: Visitor) -> None:
    before = await visitor.get("/console/session")
    await visitor.sign_in(BEN.token)
    after = await visitor.get("/console/session")
    assert before.json == {"signedIn": False, "why": ""}
    assert after.json == {"signedIn": True, "name": "ben", "role": "read", "endsInS": 1800, "oldestInS": 43_200}


async def test_signing_out_ends_it_and_takes_the_cookie(visitor: Visitor) -> None:
    await visitor.sign_in(BEN.token)
    kept = visitor.cookie
    said = await visitor.post("/console/sign-out")
    visitor.take_cookie(said)
    assert (said.status, visitor.cookie, "Max-Age=0" in said.headers["Set-Cookie"]) == (200, "", True)
    visitor.cookie = kept
    again = await visitor.get("/looked")
    assert (again.status, again.json) == (401, {"error": "this session is signed out: sign in again"})


async def test_another_sign_in_gives_another_id_and_ends_the_one_before(visitor: Visitor) -> None:
    await visitor.sign_in(ANN.token)
    first = visitor.cookie
    await visitor.sign_in(BEN.token)
    second, visitor.cookie = visitor.cookie, first
    assert (first != second, (await visitor.get("/looked")).status) == (True, 401)


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


async def test_looking_when_it_ends_keeps_nothing_alive_and_asking_to_stay_does() -> None:
    tokens, clock = AdminTokens([ANN, BEN]), Clock()
    sessions = ConsoleSessions(tokens, clock)
    async with serving(sign_in_routes(sessions, GuessLimit()), tokens, sessions) as operator:
        visitor = Visitor(operator.port)
        await visitor.sign_in(BEN.token)
        ends = []
        for method, path in (("GET", "session"), ("GET", "session"), ("POST", "stay"), ("GET", "session")):
            clock.now_s += 500
            ends.append((await visitor.ask(method, f"/console/{path}")).json["endsInS"])
        clock.now_s += IDLE_S
        late = await visitor.ask("POST", "/console/stay")
    assert ends == [1300, 800, 1800, 1300]
    assert late.json == {"signedIn": False, "why": WHY["IDLE"]}


async def test_nobody_stays_for_longer_than_a_session_lasts() -> None:
    tokens, clock = AdminTokens([ANN]), Clock()
    sessions = ConsoleSessions(tokens, clock)
    async with serving(sign_in_routes(sessions, GuessLimit()), tokens, sessions) as operator:
        visitor = Visitor(operator.port)
        await visitor.sign_in(ANN.token)
        for _ in range(int(LONGEST_S / 1000)):
            clock.now_s += 1000
            said = (await visitor.ask("POST", "/console/stay")).json
    assert said["endsInS"] == said["oldestInS"] == LONGEST_S % 1000


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/stay", "/console/sign-out"])
@pytest.mark.parametrize("origin", ["", "null", "http://127.0.0.1:1", "http://other.example"])
async def test_no_other_page_signs_in_or_out(visitor: Visitor, path: str, origin: str) -> None:
    visitor.sent = {"Origin": origin}
    said = await visitor.ask("POST", path, b'{"token":"anns-token-0123456"}')
    assert (said.status, "Set-Cookie" in said.headers) == (403, False)


async def test_a_form_cannot_sign_in(visitor: Visitor) -> None:
    visitor.sent = {"Content-Type": "text/plain"}
    said = await visitor.ask("POST", "/console/sign-in", b'{"token":"anns-token-0123456"}')
    assert (said.status, said.json) == (400, {"error": "Content-Type: must be application/json"})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"{}", b'{"token":1}', b'{"token":" "}'], ids=str)
async def test_a_wrong_body_names_what_is_wanted(visitor: Visitor, body: bytes) -> None:
    said = await visitor.ask("POST", "/console/sign-in", body)
    assert said.status == 400
    assert "token" in said.json["error"]


async def test_a_wrong_token_is_refused_without_repeating_it(visitor: Visitor) -> None:
    said = await visitor.sign_in("guessed-token-of-somebody")
    assert (said.status, "Set-Cookie" in said.headers) == (401, False)
    assert "guessed" not in said.body.decode()


async def test_after_some_guesses_no_token_is_looked_at(visitor: Visitor) -> None:
    statuses = [(await visitor.sign_in("guessed-token-of-somebody")).status for _ in range(GUESSES)]
    said = await visitor.sign_in(ANN.token)
    assert set(statuses) == {401}
    assert said.status == 429
    assert 0 < int(said.headers["Retry-After"]) <= GUESS_EVERY_S


def guess(limit: GuessLimit, *addresses: str) -> None:
    for address in addresses:
        limit.admit(address)
        limit.wrong(address)


def test_guesses_are_forgotten_one_by_one() -> None:
    now_s = [50.0]
    limit = GuessLimit(lambda: now_s[0])
    guess(limit, *[HERE] * GUESSES)
    with pytest.raises(TooManyGuesses):
        limit.admit(HERE)
    now_s[0] += GUESS_EVERY_S
    guess(limit, HERE)
    with pytest.raises(TooManyGuesses) as refused:
        limit.admit(HERE)
    assert refused.value.retry_after_s == GUESS_EVERY_S


def test_who_guesses_keeps_nobody_elsewhere_out() -> None:
    limit = GuessLimit(lambda: 50.0)
    guess(limit, *["192.0.2.7"] * GUESSES)
    for address in ("192.0.2.8", "2001:db8::1", HERE):
        limit.admit(address)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"], ["2001:db8::1", "2001:db8::2:3"]]
)
def test_addresses_of_one_machine_count_as_one(addresses: list[str]) -> None:
    limit = GuessLimit(lambda: 50.0)
    guess(limit, *[addresses[0]] * GUESSES)
    for address in addresses:
        with pytest.raises(TooManyGuesses):
            limit.admit(address)


def test_addresses_without_end_are_remembered_as_one() -> None:
    now_s = [50.0]
    limit = GuessLimit(lambda: now_s[0])
    guess(limit, *(f"10.0.{high}.{low}" for high in range(4) for low in range(250)))
    guess(limit, *(f"10.1.0.{low}" for low in range(GUESSES)))
    with pytest.raises(TooManyGuesses):
        limit.admit("10.1.1.1")
    now_s[0] += 2 * GUESSES * GUESS_EVERY_S
    guess(limit, *["10.1.1.1"] * GUESSES)
    limit.admit("10.1.1.2")
