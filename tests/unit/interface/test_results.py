"""Results go out by the interface's own names, and a test can hold a backend to them."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from gateway.contact_centre.operations.onlineagent.rows import AgentStatus, StateInfo
from gateway.interface.results import Nothing, QueueInfo, SkillQueue
from gateway.wire import envelope

QUEUE = {"name": "sales", "id": 5, "mediatype": 5, "serviceType": 1, "realFlag": 1}


def test_a_result_goes_out_by_its_wire_names() -> None:
    queue = QueueInfo(name="sales", id=5, mediatype=5, service_type=1, real_flag=1)
    assert json.loads(envelope.result([queue]))["result"] == [QUEUE]


def test_a_plain_value_of_the_same_shape_is_as_good() -> None:
    assert TypeAdapter(list[QueueInfo]).validate_python([QUEUE])[0].service_type == 1


@pytest.mark.parametrize("wrong", [{"id": "5"}, {"name": 5}, {"more": 1}])
def test_another_type_or_an_unknown_member_is_noticed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SkillQueue.model_validate({"name": "sales", "id": 5, "mediatype": 5} | wrong)


def test_a_missing_member_is_noticed() -> None:
    with pytest.raises(ValidationError):
        AgentStatus.model_validate({"agentState": 4})


def test_nothing_is_an_empty_object() -> None:
    assert Nothing().model_dump() == {}


def test_irregular_spellings_of_the_interface_are_kept() -> None:
    names = set(StateInfo.model_json_schema()["properties"])
    assert {"recordID", "firsttalkingFlag", "talkingCallfeature", "workNo"} <= names
