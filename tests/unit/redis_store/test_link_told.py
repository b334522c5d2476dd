"""What strangers may be told of a store that is out of reach."""

import pytest

from gateway.redis_store.link import told


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("", ""),
        ("it refuses: NOREPLICAS", "it refuses: NOREPLICAS"),
        ("no answer within 800 ms", "no answer within 800 ms"),
        ("[Errno 111] Connect call failed ('10.0.0.7', 6379)", "no connection"),
        ("certificate verify failed: not valid for 'redis.internal'", "no connection"),
    ],
)
def test_the_kind_of_trouble_is_told_and_the_place_is_not(reason: str, says: str) -> None:
    assert told(reason) == says
