"""Making tokens."""

import logging

import pytest

from gateway.tokens.messages import User
from gateway.tokens.signed import IssueError, Issuer, open_token
from gateway.tokens.signing_keys import KeySet
from gateway.tokens.tenants_file import Tenant, Tenants
from gateway.wire.errors import Malformed
from tests.support.tokens import ADA, NOW
from tests.unit.tokens.samples import TTL, key, only

KEYS = only(key("k1"), key("k2", signs_from_ms=NOW + 1000))
TENANTS = Tenants([Tenant("acme")])
issuer = Issuer(lambda: KEYS, lambda: TENANTS, lambda: TTL)


def test_a_token_opens_and_lives_for_its_time() -> None:
    made = issuer.issue(ADA, now_ms=NOW, by="test")
    assert open_token(made.token, KEYS).claims.id == made.token_id
    assert (made.expires_s, made.lives_s) == ((NOW + TTL) // 1000, TTL // 1000)


def test_a_life_is_made_shorter_but_never_longer() -> None:
    lives = [issuer.issue(ADA, now_ms=NOW, by="test", ttl_ms=ttl).lives_s for ttl in (0, 1000, TTL + 1000)]
    assert lives == [300, 1, 300]


def test_a_rotated_key_signs_from_its_time_on() -> None:
    assert [issuer.issue(ADA, now_ms=NOW + after, by="test").key_id for after in (999, 1000)] == ["k1", "k2"]


def test_an_unknown_tenant_gets_no_token() -> None:
    with pytest.raises(IssueError, match="no such tenant"):
        issuer.issue(User("other", "u", "n"), now_ms=NOW, by="test")


def test_without_a_key_there_is_no_token() -> None:
    with pytest.raises(IssueError, match="token key rotate"):
        Issuer(KeySet, lambda: TENANTS, lambda: TTL).issue(ADA, now_ms=NOW, by="test")


def test_a_user_for_whom_no_request_could_be_made_gets_no_token() -> None:
    with pytest.raises(Malformed, match="userName"):
        issuer.issue(User("acme", "u", ""), now_ms=NOW, by="test")


def test_the_audit_trail_names_the_token_and_not_the_user(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "gateway.audit"):
        made = issuer.issue(ADA, now_ms=NOW, by="192.0.2.7")
    assert caplog.messages == [f"token-issued tenant=acme token={made.token_id} key=k1 by=192.0.2.7"]


def test_a_printed_token_is_hidden() -> None:
    made = issuer.issue(ADA, now_ms=NOW, by="test")
    assert made.token not in repr(made)
