import ssl

import pytest

from gateway.redis_store.address import Address, parse_target


def test_one_server_with_user_password_and_database() -> None:
    (server,) = parse_target("redis://user:p%40ss@redis.example:7000/3").servers
    assert server == Address("redis.example", 7000, "", "user", "p@ss", 3)


def test_what_is_left_out_has_the_usual_values() -> None:
    assert parse_target("redis://").servers == (Address("localhost", 6379),)


def test_a_unix_socket() -> None:
    assert parse_target("unix:///run/redis.sock?db=2").servers == (Address(path="/run/redis.sock", database=2),)


def test_tls_checks_certificate_and_name() -> None:
    (server,) = parse_target("rediss://redis.example").servers
    assert server.tls is not None
    assert (server.tls.verify_mode, server.tls.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_tls_without_a_check_of_the_name_when_asked_for() -> None:
    (server,) = parse_target("rediss://redis.example?ssl_check_hostname=false").servers
    assert server.tls is not None
    assert (server.tls.verify_mode, server.tls.check_hostname) == (ssl.CERT_REQUIRED, False)


def test_nodes_of_a_cluster() -> None:
    target = parse_target("redis+cluster://:secret@one:7001,two:7002")
    assert target.servers == (Address("one", 7001, password="secret"), Address("two", 7002, password="secret"))


def test_sentinels_and_the_name_of_the_primary() -> None:
    target = parse_target("redis+sentinel://user:secret@one,two:26380/desks/4?sentinel_password=other")
    assert target.servers[0].user == "user"
    assert target.servers[0].database == 4
    assert target.sentinels == (Address("one", 26379, password="other"), Address("two", 26380, password="other"))
    assert target.primary == "desks"


def test_the_primary_is_mymaster_unless_named() -> None:
    assert parse_target("redis+sentinel://one").primary == "mymaster"


@pytest.mark.parametrize(
    "url", ["redis://user:secret@one", "redis+cluster://user:secret@one,two", "redis+sentinel://user:secret@one/desks"]
)
def test_no_text_of_it_shows_the_password(url: str) -> None:
    target = parse_target(url)
    assert "secret" not in target.shown + repr(target)


def test_another_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="scheme"):
        parse_target("http://one")


def test_another_place_keeps_the_sign_in() -> None:
    assert Address("one", 1, password="secret").at("", 2) == Address("one", 2, password="secret")
