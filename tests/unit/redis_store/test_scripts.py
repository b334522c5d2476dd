from gateway.redis_store.link import RedisLink
from gateway.redis_store.scripts import Script, load_script
from tests.support.servers import Server
from tests.unit.redis_store.conftest import Links


async def test_a_script_is_known_to_redis_by_its_sha(server: Server, links: Links) -> None:
    link: RedisLink = await links(server.url)
    script = Script("one", "return 1")
    assert await link.command("SCRIPT", "LOAD", script.text) == script.sha.encode()


def test_a_script_may_be_made_of_several_files() -> None:
    script = load_script("queue", "append")
    assert script.name == "append"
    assert script.text.index("local function add_events") < script.text.index("add_events(\n")
