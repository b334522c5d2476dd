"""The API description is whole and consistent."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from openapi_pydantic import OpenAPI
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.contact_centre.event_catalogue import ROWS
from gateway.contact_centre.event_catalogue import check as check_event
from gateway.interface.operation import AnswerKind, Operation, Upload
from gateway.openapi.document import document
from gateway.openapi.examples import Examples
from gateway.rows import ALL_OPERATIONS
from tests.support.measured import untraced

DOCUMENT = document("1.2.3", ALL_OPERATIONS, ROWS)
PREFIX = "/agentgateway/resource/"


def operation(row: Operation) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][PREFIX + row.path][row.method.lower()]
    return found


def by_name(name: str) -> dict[str, Any]:
    return operation(next(row for row in ALL_OPERATIONS if row.name == name))


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def test_it_is_openapi_3_1_of_this_version() -> None:
    assert (DOCUMENT["openapi"], DOCUMENT["info"]["version"]) == ("3.1.0", "1.2.3")


def test_it_is_json() -> None:
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_every_reference_leads_to_a_schema() -> None:
    known = {f"#/components/{kind}/{name}" for kind, found in DOCUMENT["components"].items() for name in found}
    assert set(references(DOCUMENT)) <= known


def test_schemas_have_plain_names() -> None:
    assert all(name.isidentifier() and "__" not in name for name in DOCUMENT["components"]["schemas"])


def test_no_operation_id_stands_twice() -> None:
    ids = [
        made["operationId"] for item in DOCUMENT["paths"].values() for made in item.values() if "operationId" in made
    ]
    assert len(ids) == len(set(ids)) == len(ALL_OPERATIONS)
    assert {row.name for row in ALL_OPERATIONS} <= set(ids)


def test_every_parameter_of_a_path_is_described() -> None:
    for row in ALL_OPERATIONS:
        in_path = [parameter for parameter in operation(row)["parameters"] if parameter["in"] == "path"]
        named = {segment[1:-1] for segment in row.path.split("/") if segment.startswith("{")}
        assert {parameter["name"] for parameter in in_path if parameter["required"]} == named, row.path


def test_a_body_is_described_where_there_is_one() -> None:
    for row in ALL_OPERATIONS:
        assert ("requestBody" in operation(row)) == (row.body is not None or isinstance(row, Upload)), row.path


def test_a_file_is_sent_as_form_data() -> None:
    assert set(by_name("uploadMediaFile")["requestBody"]["content"]) == {"multipart/form-data"}


def test_the_guid_header_is_asked_for_where_it_is_needed() -> None:
    for row in ALL_OPERATIONS:
        assert operation(row)["security"] == ([{"guid": []}] if row.needs_guid else []), row.path


def test_refusals_are_named_with_their_texts() -> None:
    for row in ALL_OPERATIONS:
        assert set(row.retcodes) <= operation(row)["x-retcodes"].keys(), row.path


def test_ranges_of_parameters_are_told() -> None:
    time = next(parameter for parameter in by_name("rest")["parameters"] if parameter["name"] == "time")
    assert (time["in"], time["schema"]["minimum"], time["schema"]["maximum"]) == ("path", 1, 86_399)


def test_results_are_told() -> None:
    answer = by_name("queryAgentSkills")["responses"]["200"]["content"]["application/json;charset=UTF-8"]["schema"]
    assert answer["properties"]["result"]["items"] == {"$ref": "#/components/schemas/SkillQueue"}


def test_a_poll_returns_an_event() -> None:
    answer = by_name("getAgentEvent")["responses"]["200"]["content"]["application/json;charset=UTF-8"]["schema"]
    assert set(answer["properties"]) == {"message", "retcode", "event"}


def test_a_download_is_bytes_or_a_refusal() -> None:
    content = by_name("downloadRecordFile")["responses"]["200"]["content"]
    assert set(content) == {"application/json;charset=UTF-8", "application/octet-stream"}


def test_relayed_rows_are_marked() -> None:
    marked = {name for row in ALL_OPERATIONS if "x-relayed-only" in operation(row) for name in [row.name]}
    assert marked == {row.name for row in ALL_OPERATIONS if row.relayed_only}


@pytest.mark.slow
def test_an_independent_validator_finds_nothing() -> None:
    with untraced():
        OpenAPIV31SpecValidator(cast("Any", DOCUMENT)).validate()


def test_another_reads_it_as_what_it_is() -> None:
    read = OpenAPI.model_validate(DOCUMENT)
    assert (len(read.paths or {}), len(read.webhooks or {})) == (len(DOCUMENT["paths"]), 2)


def checked(value: object, schema: dict[str, Any]) -> list[str]:
    """What is wrong with a value."""
    validator = OAS31Validator({**schema, "components": DOCUMENT["components"]})
    return [error.message for error in validator.iter_errors(value)]


@pytest.mark.parametrize("row", ALL_OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_every_operation_has_examples_that_fit(row: Operation) -> None:
    made = operation(row)
    for parameter in made["parameters"]:
        if parameter["required"]:
            assert checked(parameter["example"], parameter["schema"]) == [], parameter["name"]
    if row.body is not None:
        content = made["requestBody"]["content"]["application/json"]
        assert checked(content["example"], content["schema"]) == []
    answer = made["responses"]["200"]["content"]["application/json;charset=UTF-8"]
    shown = {name: example["value"] for name, example in answer["examples"].items()}
    assert [wrong for value in shown.values() for wrong in checked(value, answer["schema"])] == []
    assert ("success" in shown) == (row.answer is not AnswerKind.FILE)
    assert shown["refusal"]["retcode"] != "0"


def test_the_example_of_a_body_is_one_that_the_operation_takes() -> None:
    for row in ALL_OPERATIONS:
        if row.body is not None:
            row.body.model_validate(operation(row)["requestBody"]["content"]["application/json"]["example"])


def test_statuses_other_than_200_are_refusals() -> None:
    for row in ALL_OPERATIONS:
        made = operation(row)
        others = {code for code in made["responses"] if code != "200"}
        assert others == {"400", "404", "405", "431", "503"} | ({"413"} if "requestBody" in made else set()), row.path
    for response in DOCUMENT["components"]["responses"].values():
        content = response["content"]["application/json;charset=UTF-8"]
        assert checked(content["example"], content["schema"]) == []


def test_every_event_is_a_schema_and_one_of_those_that_a_poll_brings() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    mapping = schemas["Event"]["discriminator"]["mapping"]
    assert list(mapping) == [row.name for row in ROWS]
    assert [one["$ref"] for one in schemas["Event"]["oneOf"]] == list(mapping.values())
    for row in ROWS:
        schema = schemas[mapping[row.name].rpartition("/")[2]]
        assert schema["properties"]["eventType"]["const"] == row.name
        example = Examples(schemas).of(schema)
        assert checked(example, {"$ref": "#/components/schemas/Event"}) == []
        check_event(row.name, example["content"])


def test_pushed_events_are_webhooks() -> None:
    for name, member in (("event", "eventList"), ("olderEvent", "event")):
        made = DOCUMENT["webhooks"][name]["post"]
        content = made["requestBody"]["content"]["application/json"]
        assert member in content["example"]
        assert checked(content["example"], content["schema"]) == []
        assert "webhook-signature" in {parameter["name"] for parameter in made["parameters"]}


def test_a_sign_in_tells_its_guid() -> None:
    assert set(by_name("login")["responses"]["200"]["headers"]) == {"Set-GUID", "Guid"}


def test_no_member_has_a_default_that_generators_would_send() -> None:
    assert '"default":' not in json.dumps(DOCUMENT)
    member = DOCUMENT["components"]["schemas"]["SignInBody"]["properties"]["autoanswer"]
    assert member["description"] == "Default: true."


def test_a_list_in_a_query_is_one_parameter() -> None:
    lists = [
        parameter
        for row in ALL_OPERATIONS
        for parameter in operation(row)["parameters"]
        if parameter["in"] == "query" and parameter["schema"].get("type") == "array"
    ]
    assert lists
    assert all((parameter["style"], parameter["explode"]) == ("form", False) for parameter in lists)
