"""Base models and field types: older and newer clients alike (docs/protocol.md, Requests)."""

from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from gateway.interface import fields
from gateway.interface.fields import AgentId, AgentIds, Body, OpenBody, OptionalSkillId, Parameters, TrueOrElse

AGENT_ID: TypeAdapter[int] = TypeAdapter(AgentId)
AGENT_IDS: TypeAdapter[tuple[int, ...]] = TypeAdapter(AgentIds)
TRUE_OR_ELSE: TypeAdapter[bool] = TypeAdapter(TrueOrElse)
OPTIONAL_SKILL: TypeAdapter[int | None] = TypeAdapter(OptionalSkillId)


class Mixed(Body):
    number: int = 0
    flag: bool = False
    some_text: str = "nothing"


class Open(OpenBody):
    callid: str = ""


class Asked(Parameters):
    status: int = 7


@pytest.mark.parametrize("value", [1, "1", 101, "59999", 999_999, "999999"])
def test_an_agent_id_is_1_to_999999(value: object) -> None:
    assert AGENT_ID.validate_python(value) == int(str(value))


@pytest.mark.parametrize("value", [0, "0", "0101", 1_000_000, -1, "", "a", "1 ", "१", 1.5, None, True])
def test_nothing_else_is_an_agent_id(value: object) -> None:
    with pytest.raises(ValidationError):
        AGENT_ID.validate_python(value)


@pytest.mark.parametrize("value", ["101;102", "101,102", "101; 102;", [101, "102"], "101;102;101"])
def test_agents_come_as_text_or_array_and_count_once(value: object) -> None:
    assert AGENT_IDS.validate_python(value) == (101, 102)


def test_a_single_agent_may_come_as_a_number() -> None:
    assert AGENT_IDS.validate_python(101) == (101,)


@pytest.mark.parametrize("value", ["", [], ";", "101;x", list(range(1, fields.MOST_AGENTS + 2))])
def test_no_agent_a_wrong_one_or_too_many_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        AGENT_IDS.validate_python(value)


@pytest.mark.parametrize(("value", "flag"), [("true", True), ("TRUE", True), ("1", False), ("no", False), ("", False)])
def test_true_in_any_case_is_true_and_all_else_false(value: str, flag: bool) -> None:
    assert TRUE_OR_ELSE.validate_python(value) is flag


@pytest.mark.parametrize("value", ["", 0, "0", None])
def test_no_skill_queue_is_none_empty_or_0(value: object) -> None:
    assert OPTIONAL_SKILL.validate_python(value) is None


def test_one_of_names_what_is_allowed() -> None:
    adapter: TypeAdapter[int] = TypeAdapter(Annotated[int, fields.one_of(4, 11)])
    with pytest.raises(ValidationError, match="must be one of 4, 11"):
        adapter.validate_python("5")


def test_one_of_is_an_enumeration_in_the_description() -> None:
    adapter: TypeAdapter[int] = TypeAdapter(Annotated[int, fields.one_of(4, 11)])
    assert adapter.json_schema() == {"type": "integer", "enum": [4, 11]}


def test_bytes_are_counted_not_characters() -> None:
    adapter: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(), fields.max_bytes(4)])
    assert adapter.validate_python("äö") == "äö"
    with pytest.raises(ValidationError, match="at most 4 bytes"):
        adapter.validate_python("äöü")


def test_numbers_and_booleans_may_be_texts_and_texts_numbers() -> None:
    body = Mixed.model_validate({"number": "4", "flag": "false", "someText": 40038})
    assert body == Mixed(number=4, flag=False, some_text="40038")


def test_null_is_absent_and_unknown_members_are_ignored() -> None:
    assert Mixed.model_validate({"number": None, "more": 1}) == Mixed()


def test_an_open_body_keeps_what_it_does_not_know() -> None:
    assert Open.model_validate({"callid": "1-1", "customer": {"id": 7}}).model_extra == {"customer": {"id": 7}}


def test_an_empty_parameter_is_absent() -> None:
    assert Asked.model_validate({"status": ""}).status == 7
