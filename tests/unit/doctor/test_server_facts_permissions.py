"""Commands that the user may not run."""

import re
from pathlib import Path

import pytest

from gateway.doctor.server_facts import denied_commands
from gateway.doctor.store_probe import probing
from gateway.redis_store.address import parse_target
from gateway.redis_store.rights import NEEDED, OPTIONAL
from tests.support.servers import Server
from tests.unit.doctor.samples import user_of

GATEWAY = Path(__file__).parents[3] / "gateway"
USED = re.compile(
    r"""redis\.call\(\s*'([A-Z]+)'"""
    r"""|(?:command|pack)\(\(?"([A-Z]+)\""""
    r"""|\("(EVAL|EVALSHA|SUBSCRIBE|WAIT|ROLE|SCRIPT)\""""
)
GREETING = {"AUTH", "SELECT", "SENTINEL", "HELLO", "PING"}
"""Said before anything can be asked, or to sentinels."""


def test_every_command_of_the_gateway_is_in_the_table() -> None:
    files = [path for path in GATEWAY.rglob("*") if path.suffix in {".py", ".lua"} and path.parent.name != "doctor"]
    used = {name for path in files for found in USED.findall(path.read_text("utf-8")) for name in found if name}
    assert {"HSET", "EVALSHA", "ZRANGE"} <= used
    assert used - GREETING - {call.partition(" ")[0] for call in (*NEEDED, *OPTIONAL)} == set()


@pytest.mark.parametrize(
    ("rights", "denied"),
    [
        ("~* &* +@all", ()),
        ("~{desk}:* &{desk}:wake -@all +@read +@write +@scripting +@pubsub +time +role +wait +hello +client", ()),
        ("~* &* +@all -role -zadd -script|load", ("SCRIPT", "ROLE", "ZADD")),
        ("~* &* +@all -eval", ("EVAL",)),
        ("~* resetchannels +@all", ("SUBSCRIBE", "PUBLISH")),
        ("%R~{desk}:* &* +@all -@write +get", ("PUBLISH",)),
    ],
)
async def test_what_an_acl_denies(server: Server, rights: str, denied: tuple[str, ...]) -> None:
    address = parse_target(user_of(server, *rights.split())).servers[0]
    before = server.ask("DBSIZE")
    async with probing(address) as probe:
        found = await denied_commands(probe, ["desk"])
    assert found is not None
    if "%R" in rights:
        assert {"SET", "HSET", "ZADD"} <= set(found)
        assert not {"GET", "HGETALL", "ZRANGE"} & set(found)
    else:
        assert found == denied
    assert server.ask("DBSIZE") == before


async def test_the_keys_of_each_tag_are_asked_for(server: Server) -> None:
    address = parse_target(user_of(server, "~{desk}:*", "&*", "+@all")).servers[0]
    async with probing(address) as probe:
        found = await denied_commands(probe, ["desk", "desk.1"])
    assert found is not None
    assert "GET" in found
