"""What the user of the store may not do: how it is said, and how a link knows that it may again."""

import asyncio

import pytest
from hiredis import ReplyError

from gateway.redis_store.replies import as_failure, is_denial, refusal_of
from gateway.redis_store.rights import ASKED_AGAIN_S, Permits, Rights
from gateway.wire.errors import StoreUnavailable
from tests.support.servers import Server
from tests.support.waiting import until
from tests.unit.redis_store.conftest import Links

SAID = {
    "NOPERM User default has no permissions to run the 'zrange' command": "NOPERM (zrange)",
    "NOPERM User u has no permissions to run the 'script|load' command": "NOPERM (script)",
    "NOPERM this user has no permissions to run the 'get' command or its subcommand": "NOPERM (get)",
    "ERR ACL failure in script: User u has no permissions to run the 'zadd' command script: on @user_script:1.": (
        "NOPERM (zadd)"
    ),
    "ERR The user executing the script can't run this command or subcommand script: x": "NOPERM",
    "NOPERM No permissions to access a key": "NOPERM (a key)",
    "NOPERM User u has no permissions to access the 'a b' key": "NOPERM (a key)",
    "NOPERM this user has no permissions to access one of the channels used as arguments": "NOPERM (a channel)",
    "NOAUTH Authentication required.": "NOAUTH",
}


@pytest.mark.parametrize(("error", "reason"), SAID.items())
def test_a_denial_is_a_refusal_of_the_store_and_names_what_is_missing(error: str, reason: str) -> None:
    assert isinstance(as_failure(ReplyError(error)), StoreUnavailable)
    assert refusal_of(ReplyError(error)) == f"it refuses: {reason}"


@pytest.mark.parametrize("error", ["ERR wrong number of arguments for 'get' command", "NOSCRIPT No matching"])
def test_a_fault_of_ours_is_none(error: str) -> None:
    assert not is_denial(ReplyError(error))
    assert isinstance(as_failure(ReplyError(error)), ReplyError)


def test_nothing_is_asked_before_something_was_refused() -> None:
    rights = Rights("t")
    rights.note(ConnectionError("gone"))
    assert rights.question() == []


def test_all_that_is_still_missing_is_named_and_no_more_once_it_is_there() -> None:
    rights = Rights("t")
    rights.note(ReplyError("NOPERM User u has no permissions to run the 'zrange' command"))
    rights.note(ReplyError("NOPERM User u has no permissions to run the 'get' command"))
    assert len(rights.question()) == 1
    with pytest.raises(ReplyError) as refused:
        rights.answered([[b"ZRANGE", b"GET"]])
    assert refusal_of(refused.value) == "it refuses: NOPERM (get, zrange)"
    rights.answered([[]])
    assert rights.question() == []


async def test_a_user_who_may_not_reach_the_keys_is_refused_until_it_may(server: Server, links: Links) -> None:
    link = await links(server.url)
    user = f"u-{link.tag}"
    server.ask("ACL", "SETUSER", user, "on", ">p", "+@all", "~*", "&*")
    theirs = await links(server.url.replace("://", f"://{user}:p@"), 500)
    server.ask("ACL", "SETUSER", user, "resetkeys", "%RW~*:fence", "%RW~*:seal")
    with pytest.raises(StoreUnavailable):
        await theirs.command("GET", theirs.key("agent", 1))
    with pytest.raises(StoreUnavailable):
        await theirs.command("PING")
    assert theirs.reason == "it refuses: NOPERM (get, set)"
    server.ask("ACL", "SETUSER", user, "allkeys")
    await until(lambda: theirs.reason == "")
    assert await theirs.command("GET", theirs.key("agent", 1)) is None
    server.ask("ACL", "DELUSER", user)


class Asked:
    """A server that denies what it is told to."""

    def __init__(self, denied: object) -> None:
        self.denied = denied
        self.count = 0

    async def __call__(self, *_command: object) -> object:
        self.count += 1
        return self.denied


async def test_what_may_be_done_without_is_asked_for_once_a_while() -> None:
    now, asked = [0.0], Asked([b"INFO"])
    permits = Permits("desk", asked, lambda: now[0])
    for _ in range(2):
        with pytest.raises(ReplyError, match="NOPERM"):
            await permits.need("INFO")
    now[0], asked.denied = ASKED_AGAIN_S, []
    await permits.need("INFO")
    assert asked.count == 2


async def test_a_server_that_cannot_tell_is_tried() -> None:
    await Permits("desk", Asked(None)).need("INFO")


async def test_many_at_once_ask_once() -> None:
    asked = Asked([])
    permits = Permits("desk", asked)
    await asyncio.gather(*(permits.need("XADD") for _ in range(20)))
    assert asked.count == 1
