"""The room as the application mounts it, and as a Python program calls it."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.ops.metrics import REGISTRY
from gateway.settings.token_sections import TOKENS_PATH
from gateway.tokens import signing_keys, tenants_file, users
from gateway.tokens.messages import User
from gateway.tokens.signed import IssueError, open_token
from gateway.tokens.token_service import TokenService, agent_check, issue
from gateway.tokens.toml_file import TokenFileError
from gateway.tokens.used_tokens import MemoryTokenStore
from gateway.wire.errors import Malformed
from gateway.wire.http import Request
from gateway.wire.trust import TrustError
from tests.support.tokens import ADA, BOB, VALIDATE, Site, serving
from tests.support.waiting import lost_time, until_async
from tests.unit.tokens.services import Service, running

SLACK_S = 2.0
"""For what watches in a thread of its own, whose lost time is not counted."""


def nowhere(_request: Request) -> str:
    return "192.0.2.7"


def room(site: Site) -> TokenService:
    return TokenService(lambda: site.settings, MemoryTokenStore(), nowhere, lambda: 0)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_both_interfaces_have_their_paths(site: Site) -> None:
    assert set(room(site).pages()) == {VALIDATE, TOKENS_PATH}


def test_a_wrong_file_is_an_error_at_the_start(site: Site) -> None:
    site.tenants.write_text("[[tenants]")
    with pytest.raises(TokenFileError):
        room(site)


def test_without_files_nobody_is_known_and_nothing_fails(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for path in (site.keys, site.tenants, site.users):
        path.unlink()
    assert room(site).pages()


async def test_changed_files_are_taken_over_within_2_s(site: Site) -> None:
    async with serving(site, MemoryTokenStore()) as bench:
        following = asyncio.create_task(bench.room.follow())
        await asyncio.sleep(0)
        new = User("initech", "u1", "New")
        signing_keys.add_key(site.keys, 0, "ES256")
        tenants_file.add_tenant(site.tenants, new.tenant)
        users.add_user(site.users, new)
        token = site.token(new)

        async def accepted() -> bool:
            return bool(await bench.ret_code(token, new) == 0)

        async with lost_time() as lost:
            began_s = time.monotonic()
            await until_async(accepted)
            assert time.monotonic() - began_s - lost.s < 2 + SLACK_S
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following


async def test_users_are_asked_of_the_service_that_the_settings_name(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    async with running(Service(body=b'{"userName":"Ada Lovelace"}')) as service:
        site = Site(tmp_path, {"TOKEN_USERS_URL": service.url, "TOKEN_USERS_SECRET_FILE": "secret"})
        users.remove_user(site.users, ADA.tenant, ADA.user_id)
        async with serving(site, MemoryTokenStore()) as bench:
            codes = [await bench.ret_code(site.token()), await bench.ret_code(site.token(BOB), BOB)]
    assert codes == [0, 1]
    assert service.seen_headers[0]["Authorization"] == "Bearer s3cret"
    assert json.loads(service.requests[0][2])["userId"] == ADA.user_id


@pytest.mark.parametrize("secret", [None, "", "two\nlines"])
def test_a_secret_that_cannot_be_sent_is_an_error(tmp_path: Path, secret: str | None) -> None:
    if secret is not None:
        (tmp_path / "secret").write_text(secret)
    given = {"TOKEN_USERS_URL": "https://users.example", "TOKEN_USERS_SECRET_FILE": "secret"}
    with pytest.raises(TrustError):
        room(Site(tmp_path, given))


@pytest.mark.parametrize(
    ("given", "make"),
    [
        ({"TOKEN_USERS_URL": "https://a", "TOKEN_USERS_CA_FILE": "none.cer"}, room),
        (
            {
                "AGENT_AUTH": "thirdparty",
                "AGENT_AUTH_URL": "https://a",
                "AGENT_AUTH_TENANT": "t",
                "AGENT_AUTH_CA_FILE": "none.cer",
            },
            lambda site: agent_check(site.settings),
        ),
    ],
)
def test_a_missing_certificate_is_an_error(
    tmp_path: Path, given: dict[str, str], make: Callable[[Site], object]
) -> None:
    with pytest.raises(TrustError, match=r"none\.cer: cannot be read"):
        make(Site(tmp_path, given))


async def test_answers_are_counted_by_outcome_and_cause(site: Site) -> None:
    def count(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0.0

    outcomes = ("accepted", "refused", "malformed", "unavailable")
    before = [count("agentgateway_token_validations_total", outcome=outcome) for outcome in outcomes]
    cause = count("agentgateway_token_refusals_total", cause="user-not-matching")
    site.set(token_tenant_limit=2)
    async with serving(site, MemoryTokenStore()) as bench:
        token = site.token()
        await bench.validate(token)
        await bench.validate(token, BOB)
        await bench.post(VALIDATE, b"")
        await bench.validate(token)
    after = [count("agentgateway_token_validations_total", outcome=outcome) for outcome in outcomes]

    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 1, 1]
    assert count("agentgateway_token_refusals_total", cause="user-not-matching") == cause + 1


def properties(site: Site) -> Path:
    path = site.folder / "basic.properties"
    names = ("KEYS", "TENANTS", "USERS")
    path.write_text("".join(f"TOKEN_{name}_FILE = {name.lower()}.toml\n" for name in names))
    return path


def test_a_program_makes_a_token_with_one_call(site: Site) -> None:
    made = issue(properties(site), *(ADA.tenant, ADA.user_id, ADA.user_name), {"TOKEN_TTL": "7000"})
    assert open_token(made.token, signing_keys.read(site.keys)).claims.tenant == ADA.tenant
    assert made.lives_s in {6, 7}


def test_a_program_is_told_what_is_wrong(site: Site) -> None:
    with pytest.raises(IssueError):
        issue(properties(site), "other", "u", "n")
    with pytest.raises(Malformed):
        issue(properties(site), "acme", "", "n")
