"""Smallest valid requests, made from the rows' own models."""

from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from gateway.interface.operation import Operation

AGENT = 101
Json = dict[str, Any]


def sample(model: type[BaseModel]) -> Json:
    """The required members of a model with values that it takes."""
    schema = model.model_json_schema()
    return {name: _value(schema["properties"][name], schema) for name in schema.get("required", ())}


def values(row: Operation) -> Json:
    """Every path parameter of a row besides the agent, and its required query parameters."""
    schema = row.parameters.model_json_schema()
    in_path = {name: _value(schema["properties"][name], schema) for name in path_names(row)[1:]}
    return {**sample(row.parameters), **in_path}


def path_names(row: Operation) -> list[str]:
    return [segment[1:-1] for segment in row.path.split("/") if segment.startswith("{")]


def address(row: Operation) -> str:
    """The row's path for AGENT, without query."""
    found = values(row)
    if row.caller:
        found[row.caller] = AGENT
    return "/agentgateway/resource/" + "/".join(
        quote(str(found[segment[1:-1]]), safe="") if segment.startswith("{") else segment
        for segment in row.path.split("/")
    )


def query(row: Operation) -> dict[str, str]:
    """The row's required query parameters."""
    return {name: str(value) for name, value in values(row).items() if name not in path_names(row)}


def _value(schema: Json, root: Json) -> Any:
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].rpartition("/")[2]]
        return {name: _value(target["properties"][name], root) for name in target.get("required", ())}
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], root)
    for source in ("examples", "enum"):
        if source in schema:
            return schema[source][0]
    by_type: Json = {"integer": schema.get("minimum", 0), "boolean": True, "string": "1" * schema.get("minLength", 1)}
    if schema["type"] == "array":
        return [_value(schema["items"], root)]
    return by_type[schema["type"]]
