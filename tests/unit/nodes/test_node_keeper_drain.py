import pytest

from gateway.nodes.node_keeper import Drain
from gateway.wire.errors import Unavailable


async def test_it_is_told_once_to_each_follower() -> None:
    drain, told = Drain(), list[bool]()
    drain.follow(told.append)
    assert (drain.begin("adam", 1_700_000_000_000), drain.begin("eve", 0)) == (True, False)
    assert (drain.take_back(), drain.take_back()) == (True, False)
    assert told == [True, False]


async def test_it_is_why_the_node_is_not_ready_and_takes_no_sign_in() -> None:
    drain = Drain()
    drain.refuse_sign_in()
    assert await drain.reason() is None
    drain.begin("adam", 1_700_000_000_000)
    assert await drain.reason() == "draining since 2023-11-14T22:13:20.000Z"
    with pytest.raises(Unavailable, match="sign in at another one"):
        drain.refuse_sign_in()
