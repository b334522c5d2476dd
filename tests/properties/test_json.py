"""Whatever JSON comes as a body or as one of its members: it is taken or refused, and nothing else is raised."""

import json
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.interface import validate
from gateway.interface.operation import Operation
from gateway.rows import ALL_OPERATIONS
from gateway.wire.errors import Refused
from tests.properties.profile import INPUTS

WITH_BODY: Final = [row for row in ALL_OPERATIONS if row.body is not None]
WITH_VALUES: Final = [row for row in ALL_OPERATIONS if "{" in row.path or row.parameters.model_fields]
PLAIN: Final = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
ANY: Final = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner), max_leaves=5
)
ODD: Final[tuple[object, ...]] = (
    None,
    [],
    {},
    [[]],
    {"a": {}},
    True,
    10**400,
    -1,
    1e308,
    "",
    "\0",
    "\ud800",
    "x" * 70_000,
)


def names(row: Operation) -> list[str]:
    """The members that the body of a row may have."""
    assert row.body is not None
    return [field.alias or name for name, field in row.body.model_fields.items()]


def taken(row: Operation, raw: bytes) -> None:
    try:
        validate.body(row, raw, {})
    except Refused:
        return


@pytest.mark.parametrize("row", WITH_BODY, ids=lambda row: f"{row.method} {row.path}")
def test_each_member_of_a_body_may_be_of_any_type(row: Operation) -> None:
    for name in names(row):
        for value in ODD:
            taken(row, json.dumps({**dict.fromkeys(names(row), "1"), name: value}).encode())


@INPUTS
@given(row=st.sampled_from(WITH_BODY), value=ANY)
@example(row=WITH_BODY[0], value=[])
def test_a_body_may_be_any_json(row: Operation, value: object) -> None:
    taken(row, json.dumps(value).encode())


@INPUTS
@given(row=st.sampled_from(WITH_BODY), data=st.data())
def test_members_may_be_any_json(row: Operation, data: st.DataObject) -> None:
    members = data.draw(st.dictionaries(st.sampled_from(names(row) or ["a"]), ANY))
    taken(row, json.dumps(members).encode())


@INPUTS
@given(row=st.sampled_from(WITH_BODY), raw=st.binary(max_size=60))
def test_a_body_may_be_any_bytes(row: Operation, raw: bytes) -> None:
    taken(row, raw)


@INPUTS
@given(row=st.sampled_from(WITH_VALUES), data=st.data())
def test_parameters_may_be_any_text(row: Operation, data: st.DataObject) -> None:
    keys = [field.alias or name for name, field in row.parameters.model_fields.items()]
    values = data.draw(st.dictionaries(st.sampled_from(keys or ["a"]), st.text(max_size=30)))
    try:
        validate.parameters(row, values)
    except Refused:
        return
