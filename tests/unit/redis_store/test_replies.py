import pytest
from hiredis import ReplyError

from gateway.ops.logs import crash_line
from gateway.redis_store.replies import as_failure, code, refusal_of
from gateway.wire.errors import StoreUnavailable


@pytest.mark.parametrize(
    "reply",
    [
        "ASK 287 127.0.0.1:7002",
        "BUSY Redis is busy running a script.",
        "CLUSTERDOWN The cluster is down",
        "LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down",
        "MISCONF Errors writing to the AOF file",
        "NOREPLICAS Not enough good replicas to write.",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "READONLY You can't write against a read only replica.",
        "TRYAGAIN Multiple keys request during rehashing of slot",
    ],
)
def test_a_server_that_does_not_serve_now_is_out_of_reach(reply: str) -> None:
    assert isinstance(as_failure(ReplyError(reply)), StoreUnavailable)


@pytest.mark.parametrize("reply", ["ERR unknown command", "NOSCRIPT No matching"])
def test_any_other_error_stays_what_it_is(reply: str) -> None:
    error = ReplyError(reply)
    assert as_failure(error) is error


def test_what_is_told_of_an_error_holds_nothing_of_the_request() -> None:
    assert code(ReplyError("ERR unknown command 'secret'")) == "ERR"


def test_the_log_of_a_crash_tells_the_kind_of_an_error_of_redis() -> None:
    assert crash_line(ReplyError("WRONGTYPE s3cret")) == "ReplyError WRONGTYPE"


def test_a_database_that_is_not_there_is_named_as_the_cause() -> None:
    found = refusal_of(ReplyError("ERR DB index is out of range"))
    assert found == "it refuses: ERR (it has no database of that number)"
