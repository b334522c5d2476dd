"""The generated methods of the SDK ask for what the rows say."""

import inspect
import json
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, unquote

import client_python
import pytest
from client_rows import Row, rows_and_shapes
from client_types import snake

from gateway.client import refusals
from gateway.client.event import Event
from gateway.client.event_types import event_class
from gateway.client.operations import BlockingOperations, Operations
from gateway.client.request import Request
from gateway.contact_centre.event_catalogue import CATALOGUE
from gateway.interface.operation import AnswerKind, OperationTable, Upload
from gateway.rows import ALL_OPERATIONS
from gateway.wire import retcodes
from tests.unit.contact_centre.operations import samples

ROWS = rows_and_shapes()[0]
TABLE = OperationTable(ALL_OPERATIONS)


def arguments(row: Row) -> dict[str, Any]:
    """The smallest that a method takes."""
    given = samples.values(row.row) | (samples.sample(row.row.body) if row.row.body else {})
    named = {member.name: name for name, member in (*row.values, *row.members)}
    made = {named[name]: value for name, value in given.items()}
    return made | ({"file_name": "a.txt", "content": b"a"} if isinstance(row.row, Upload) else {})


async def asked(row: Row) -> Request:
    """What the method sends."""
    sent: list[Request] = []

    async def ask(request: Request) -> Any:
        sent.append(request)

    group = getattr(Operations(ask), row.row.group)
    await getattr(group, snake(row.row.name))(**arguments(row))
    [request] = sent
    return request


def test_every_operation_is_a_method_but_for_what_the_agent_does_itself() -> None:
    left = {row.name for row in ALL_OPERATIONS} - {row.row.name for row in ROWS}
    signs = {"login", "forceLogin", "loginEx", "forceLoginEx", "forceLoginExWithoutPhone", "loginByAccount"}
    assert left == signs | {"logout", "forceLogout", "forceLogoutWithReason", "getAgentEvent", "getAllAgentEvent"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row.name)
async def test_a_method_asks_for_its_row_with_what_the_row_takes(row: Row) -> None:
    request = await asked(row)
    target = Request(**{**vars(request), "values": {"agentid": 101, **request.values}}).target()
    path, _, query = target.partition("?")
    match = TABLE.find(request.method, path)
    assert match.operation is row.row
    row.row.parameters.model_validate({**match.values, **dict(parse_qsl(unquote(query)))})
    if row.row.body is not None:
        data = request.data()
        assert isinstance(data, bytes)
        row.row.body.model_validate(json.loads(data))
    assert (request.file is not None, request.brings_file) == (
        isinstance(row.row, Upload),
        row.row.answer is AnswerKind.FILE,
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.row.name)
def test_the_synchronous_method_has_the_same_signature(row: Row) -> None:
    async def ask(request: Request) -> Any:
        raise AssertionError

    groups = Operations(ask)
    name = snake(row.row.name)
    blocking = getattr(getattr(BlockingOperations(groups, lambda work: work), row.row.group), name)
    assert inspect.signature(blocking) == inspect.signature(getattr(getattr(groups, row.row.group), name))


def test_every_event_type_has_a_class() -> None:
    assert {name: event_class(name).type_name for name in CATALOGUE} == {name: name for name in CATALOGUE}
    assert event_class("Unknown") is Event


def test_the_content_of_an_event_class_has_the_members_of_the_catalogue() -> None:
    for name, row in CATALOGUE.items():
        if row.content is not None and hasattr(row.content, "model_fields"):
            content = get_type_hints(event_class(name))["content"]
            kind = content if hasattr(content, "__annotations__") else content.__args__[0]
            assert set(get_type_hints(kind)) == {field.alias or key for key, field in row.content.model_fields.items()}


def test_every_retcode_has_a_class() -> None:
    for code in retcodes.MESSAGES:
        made = refusals.refusal(code, "text")
        assert (made.retcode, type(made).retcode) == (code, code if code != "0" else "")


def test_the_names_of_classes_are_those_of_the_table() -> None:
    assert client_python.NAMES["100-006"] == "NotSignedIn"
