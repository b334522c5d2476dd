"""Dispatch by method and path (docs/protocol.md, Addresses; docs/architecture.md)."""

import pytest

from gateway.interface.operation import Operation, OperationTable
from gateway.rows import ALL_OPERATIONS
from gateway.wire.errors import MethodNotAllowed, NotFound
from tests.unit.contact_centre.operations import samples

TABLE = OperationTable(ALL_OPERATIONS)
EVERY_ROW = pytest.mark.parametrize("row", ALL_OPERATIONS, ids=lambda row: f"{row.method} {row.path}")


@EVERY_ROW
def test_a_row_is_found_by_its_own_path_with_its_values(row: Operation) -> None:
    match = TABLE.find(row.method, samples.address(row))
    expected = {name: str(value) for name, value in samples.values(row).items() if name in samples.path_names(row)}
    if row.caller:
        expected[row.caller] = str(samples.AGENT)
    assert (match.operation, match.values) == (row, expected)


@EVERY_ROW
def test_a_method_that_no_row_of_the_path_has_is_refused(row: Operation) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        TABLE.find("PATCH", samples.address(row))
    assert row.method in refused.value.allowed


@EVERY_ROW
def test_doubled_slashes_count_as_one(row: Operation) -> None:
    assert TABLE.find(row.method, samples.address(row).replace("/", "//") + "/").operation == row


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/agentgateway/resource/",
        "/agentgateway/resource/onlineagent",
        "/agentgateway/resource/onlineagent/101/nothing",
        "/agentgateway/resource/onlineagent/101/sayfree/more",
        "/agentgateway/resources/onlineagent/101",
        "/onlineagent/101",
    ],
)
def test_an_unknown_path_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        TABLE.find("GET", path)


def test_paths_are_told_apart_by_case() -> None:
    with pytest.raises(NotFound):
        TABLE.find("PUT", "/agentgateway/resource/onlineagent/101/updateguid")


def test_a_percent_encoded_slash_stays_within_its_segment() -> None:
    match = TABLE.find("POST", "/agentgateway/resource/voicecall/101/dropcall/14%2F7")
    assert match.values == {"agentid": "101", "callid": "14/7"}


def test_a_percent_encoded_hash_can_be_dialled() -> None:
    match = TABLE.find("POST", "/agentgateway/resource/voicecall/101/seconddial/1%232")
    assert match.values["number"] == "1#2"


def test_percent_encoded_words_are_the_words() -> None:
    assert TABLE.find("GET", "/agentgateway/resource/agent%65vent/101").operation.name == "getAgentEvent"


def test_a_word_of_the_path_wins_over_a_parameter() -> None:
    assert TABLE.find("GET", "/agentgateway/resource/agentevent/allagentevent").operation.name == "getAllAgentEvent"


def test_the_methods_of_the_word_count_not_those_of_the_parameter() -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        TABLE.find("DELETE", "/agentgateway/resource/qualitycontrol/101/beginmonitor")
    assert refused.value.allowed == ("POST",)


def test_two_rows_of_one_method_and_path_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="two rows"):
        OperationTable([Operation("a", "GET", "x/{agentid}"), Operation("b", "GET", "x/{workno}")])
