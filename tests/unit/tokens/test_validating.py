"""Whether a token is good for the user who is named with it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from gateway.tokens.messages import User, ValidateRequest
from gateway.tokens.signing_keys import KeySet, SigningKey
from gateway.tokens.tenants_file import Tenant, Tenants
from gateway.tokens.used_tokens import REPEAT_MS, FirstUse, MemoryTokenStore
from gateway.tokens.users import FileDirectory, Users, UserStanding
from gateway.tokens.validating import TokenCause, Validator
from gateway.wire.errors import StoreUnavailable, Unavailable
from tests.support.tokens import ADA, BOB, CAT, NOW
from tests.unit.tokens.samples import TTL, key, signed

KEYS = [key("k1"), key("k2", "ES256", NOW + 1)]
GONE = key("gone")
NAMESAKE = User("globex", "customer09", ADA.user_name)
USERS = [ADA, BOB, CAT, NAMESAKE]


@dataclass
class Values:
    token_single_use: bool = False


class Down:
    """A directory out of reach."""

    async def standing(self, user: User) -> UserStanding:
        raise Unavailable


class StoreGone(MemoryTokenStore):
    async def first_use(self, token_id: str, request: str, *, ttl_ms: int, now_ms: int) -> FirstUse:
        raise StoreUnavailable

    async def seen(self, token_id: str, request: str, *, now_ms: int) -> FirstUse:
        raise StoreUnavailable


@dataclass
class Bench:
    """A validator whose parts the test changes."""

    settings: Values = field(default_factory=Values)
    keys: list[SigningKey] = field(default_factory=lambda: list(KEYS))
    tenants: list[str] = field(default_factory=lambda: ["acme", "globex"])
    users: list[User] = field(default_factory=lambda: list(USERS))
    store: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    down: bool = False

    async def causes(
        self, token: str, user: User = ADA, request: str = "r", after_ms: int = 0
    ) -> tuple[TokenCause, ...]:
        directory = Down() if self.down else FileDirectory(lambda: Users(self.users))
        validator = Validator(
            lambda: KeySet(self.keys),
            lambda: Tenants(map(Tenant, self.tenants)),
            directory,
            self.store,
            lambda: self.settings,
        )
        return (await validator.validate(ValidateRequest(token, user), request, now_ms=NOW + after_ms)).causes


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def once(bench: Bench) -> Bench:
    bench.settings.token_single_use = True
    return bench


async def test_a_right_token_is_accepted(bench: Bench) -> None:
    assert await bench.causes(signed(KEYS[0])) == ()


async def test_a_token_is_accepted_for_its_own_user_tenant_key_and_time_alone(bench: Bench) -> None:
    """The full matrix: every token of every key, time and user, asked about for every user."""
    wrong = []
    for by, user, asked, late in itertools.product([*KEYS, GONE], USERS, USERS, [False, True]):
        token = signed(by, user, NOW if not late else NOW - TTL - 2001)
        accepted = await bench.causes(token, asked) == ()
        if accepted != (by is not GONE and user == asked and not late):
            wrong.append((by.id, user, asked, late, accepted))
    assert wrong == []


@pytest.mark.parametrize(("after_ms", "accepted"), [(TTL, True), (TTL + 1000, True), (TTL + 1001, False)])
async def test_the_leeway_is_1_s(bench: Bench, after_ms: int, accepted: bool) -> None:
    causes = await bench.causes(signed(KEYS[0]), after_ms=after_ms)
    assert causes == (() if accepted else (TokenCause.EXPIRED,))


@pytest.mark.parametrize(
    ("asked", "cause"),
    [
        (BOB, TokenCause.USER_NOT_MATCHING),
        (User("acme", "customer01", "Bob"), TokenCause.USER_NOT_MATCHING),
        (User("acme", "customer02", "Ada Lovelace"), TokenCause.USER_NOT_MATCHING),
        (CAT, TokenCause.OTHER_TENANT),
        (User("nobody", "customer01", "Ada Lovelace"), TokenCause.TENANT_UNKNOWN),
    ],
)
async def test_the_first_cause_tells_what_is_wrong(bench: Bench, asked: User, cause: TokenCause) -> None:
    assert (await bench.causes(signed(KEYS[0]), asked))[0] is cause


async def test_a_user_whom_the_enterprise_no_longer_knows_is_refused(bench: Bench) -> None:
    bench.users.remove(ADA)
    assert await bench.causes(signed(KEYS[0])) == (TokenCause.USER_UNKNOWN,)


async def test_a_user_who_was_renamed_is_refused(bench: Bench) -> None:
    bench.users[0] = User("acme", "customer01", "Ada King")
    assert await bench.causes(signed(KEYS[0])) == (TokenCause.USER_NOT_MATCHING,)


async def test_a_tenant_that_was_removed_is_refused(bench: Bench) -> None:
    bench.tenants.remove("acme")
    assert await bench.causes(signed(KEYS[0])) == (TokenCause.TENANT_UNKNOWN,)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bench: bench.keys.clear(),
        lambda bench: bench.tenants.clear(),
        lambda bench: bench.users.clear(),
    ],
)
async def test_every_check_runs_for_every_token(bench: Bench, spoil: Callable[[Bench], None]) -> None:
    """What is wrong beside the first cause is found as well."""
    before = await bench.causes(signed(KEYS[0], now_ms=0), BOB)
    spoil(bench)
    assert len(await bench.causes(signed(KEYS[0], now_ms=0), BOB)) > len(before)


async def test_a_directory_out_of_reach_leaves_a_right_token_without_a_verdict(bench: Bench) -> None:
    bench.down = True
    with pytest.raises(Unavailable):
        await bench.causes(signed(KEYS[0]))


async def test_a_directory_out_of_reach_saves_no_wrong_token(bench: Bench) -> None:
    bench.down = True
    assert await bench.causes("a.b.c") != ()


async def test_a_token_may_be_used_again_by_default(bench: Bench) -> None:
    token = signed(KEYS[0])
    assert [await bench.causes(token, request=name) for name in "ab"] == [(), ()]


async def test_a_token_for_single_use_is_good_once(once: Bench) -> None:
    token = signed(KEYS[0])
    assert [await once.causes(token, request=name) for name in "ab"] == [(), (TokenCause.ALREADY_USED,)]


async def test_the_identical_request_gets_the_same_answer_for_30_s(once: Bench) -> None:
    token = signed(KEYS[0])
    found = [await once.causes(token, after_ms=after) for after in (0, REPEAT_MS, REPEAT_MS + 1)]
    assert found == [(), (), (TokenCause.ALREADY_USED,)]


async def test_the_identical_request_gets_the_same_answer_though_the_token_expired_meanwhile(once: Bench) -> None:
    token = signed(KEYS[0])
    assert await once.causes(token, after_ms=TTL) == ()
    assert await once.causes(token, after_ms=TTL + 5000) == ()
    assert await once.causes(token, request="other", after_ms=TTL + 5000) == (
        TokenCause.EXPIRED,
        TokenCause.ALREADY_USED,
    )


async def test_a_refused_request_does_not_use_up_the_token(once: Bench) -> None:
    token = signed(KEYS[0])
    await once.causes(token, BOB, request="thief")
    assert await once.causes(token) == ()


async def test_a_request_without_a_verdict_does_not_use_up_the_token(once: Bench) -> None:
    token = signed(KEYS[0])
    once.down = True
    with pytest.raises(Unavailable):
        await once.causes(token, request="a")
    once.down = False
    assert await once.causes(token, request="b") == ()


async def test_a_used_token_tells_every_cause(once: Bench) -> None:
    token = signed(KEYS[0])
    await once.causes(token, request="a")
    assert await once.causes(token, BOB, request="b") == (TokenCause.USER_NOT_MATCHING, TokenCause.ALREADY_USED)


async def test_without_the_store_no_token_for_single_use_is_accepted(once: Bench) -> None:
    once.store = StoreGone()
    with pytest.raises(StoreUnavailable):
        await once.causes(signed(KEYS[0]))


async def test_without_the_store_a_wrong_token_is_refused(once: Bench) -> None:
    once.store = StoreGone()
    assert await once.causes(signed(KEYS[0]), BOB) == (TokenCause.USER_NOT_MATCHING,)
