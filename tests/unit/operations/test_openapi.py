"""The API description is whole and consistent."""

import json
from collections.abc import Iterator
from typing import Any

from gateway.operations.openapi import document
from gateway.operations.operation import Operation, Upload
from gateway.operations.table import ALL_OPERATIONS

DOCUMENT = document("1.2.3")
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
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert set(references(DOCUMENT)) <= known


def test_schemas_have_plain_names() -> None:
    assert all(name.isidentifier() and "__" not in name for name in DOCUMENT["components"]["schemas"])


def test_no_operation_id_stands_twice() -> None:
    ids = [
        made["operationId"] for item in DOCUMENT["paths"].values() for made in item.values() if "operationId" in made
    ]
    assert sorted(ids) == sorted({row.name for row in ALL_OPERATIONS})


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
