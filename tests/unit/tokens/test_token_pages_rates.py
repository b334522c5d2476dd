"""How many requests one address may send."""

from dataclasses import dataclass

import pytest

from gateway.tokens.token_pages import Limited, TokenRateLimits
from gateway.tokens.used_tokens import MemoryTokenStore
from gateway.wire.errors import StoreUnavailable
from tests.support.tokens import NOW

HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


@dataclass(frozen=True)
class Values:
    token_address_limit: int = 4
    token_tenant_limit: int = 2


class Gone(MemoryTokenStore):
    """A store out of reach."""

    async def count(self, counters: object, *, now_ms: int) -> bool:
        raise StoreUnavailable


@pytest.fixture(params=[MemoryTokenStore, Gone])
def rates(request: pytest.FixtureRequest) -> TokenRateLimits:
    """The limits hold on one node without the store too."""
    return TokenRateLimits(request.param(), Values)


async def refused(rates: TokenRateLimits, address: str, tenant: str | None, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            await rates.admit(address, tenant, now_ms=NOW)
        except Limited:
            count += 1
    return count


async def test_a_tenant_is_limited_at_an_address(rates: TokenRateLimits) -> None:
    assert await refused(rates, HERE, "acme", 3) == 1


async def test_what_one_tenant_uses_up_is_left_to_another(rates: TokenRateLimits) -> None:
    await refused(rates, HERE, "acme", 2)
    assert await refused(rates, HERE, "globex", 2) == 0


async def test_an_address_is_limited_over_all_tenants(rates: TokenRateLimits) -> None:
    await refused(rates, HERE, None, 4)
    assert await refused(rates, HERE, "acme", 1) == 1


async def test_what_one_address_uses_up_is_left_to_another(rates: TokenRateLimits) -> None:
    await refused(rates, HERE, "acme", 9)
    assert await refused(rates, ELSEWHERE, "acme", 2) == 0


async def test_addresses_of_one_ipv6_network_count_together(rates: TokenRateLimits) -> None:
    await refused(rates, "2001:db8::1", "acme", 2)
    assert await refused(rates, "2001:db8::2", "acme", 1) == 1


async def test_a_refusal_says_when_to_try_again(rates: TokenRateLimits) -> None:
    await refused(rates, HERE, "acme", 2)
    with pytest.raises(Limited) as caught:
        await rates.admit(HERE, "acme", now_ms=NOW)
    assert caught.value.status == 429
    assert f"{caught.value.retry_after_s} s" in caught.value.message
