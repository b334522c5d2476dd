"""An example value of each schema, so that a reader sees what goes over the wire."""

import json
from collections.abc import Mapping
from typing import Any, Final

Json = dict[str, Any]

KNOWN: Final[Mapping[str, object]] = {
    "password": "Welcome-Desk7",
    "oldPassword": "Welcome-Desk7",
    "newPassword": "Another-Desk8",
    "phonenum": "6001",
    "account": "anna",
    "workno": "101",
    "workNo": "101",
    "agentid": 101,
    "callid": "1455885056-1095",
    "callId": "1455885056-1095",
    "called": "13800000000",
    "caller": "13900000000",
    "loginTime": "1795305147868",
    "eventGenTime": 1795305147868,
    "startTime": 1795305147868,
    "endTime": 1795305207868,
    "guid": "6f621449-7a16-61ca-c290-18c79a3eb4a1.AgentGateway0",
    "mediatype": "TTF",
    "isForceChange": "false",
    "timeRemaining": "",
    "serverName": "AgentGateway",
}
"""Values of members by name, where they fit."""
_PREFIX: Final = "#/components/schemas/"
_DEEPEST: Final = 8
_TYPES: Final = {"string": str, "integer": int}


class Examples:
    """Makes examples of schemas that may refer to `components`."""

    def __init__(self, components: Mapping[str, Json]) -> None:
        self._components = components

    def of(self, schema: Json, name: str = "", depth: int = 0) -> Any:
        """One value; of an object all members that are required or have an example."""
        if "$ref" in schema:
            return self.of(self._components[schema["$ref"].removeprefix(_PREFIX)], name, depth + 1)
        shown = [*_named(schema, name), *schema.get("examples", ()), *schema.get("enum", ())]
        if shown:
            return shown[0]
        ways = [way for key in ("anyOf", "oneOf", "allOf") for way in schema.get(key, ())]
        return self.of(ways[0], name, depth) if ways else self._by_type(schema, name, depth)

    def _by_type(self, schema: Json, name: str, depth: int) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return [] if depth > _DEEPEST else [self.of(schema.get("items", {}), name, depth + 1)]
        return _plain(schema)

    def _object(self, schema: Json, depth: int) -> Json:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        if depth > _DEEPEST:
            return {}
        return {
            name: self.of(inner, name, depth + 1)
            for name, inner in properties.items()
            if name in required or inner.get("examples")
        }


def for_generators(node: Any) -> Any:
    """Schemas as those of clients want them.

    Defaults are told in words: generators take a member that has one for one that is always there. Examples in the
    other spelling of a value, a text for a number, are left out.
    """
    if isinstance(node, list):
        return [for_generators(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: for_generators(value) for key, value in node.items()}
    if str(made.get("type")) in {"array", "boolean", "integer"} and isinstance(made.get("examples"), list):
        items = made.get("items", {}).get("type")
        made["examples"] = [example for example in made["examples"] if not _in_text(example, items)]
    if "default" in made and "properties" not in made:
        default = made.pop("default")
        if default is not None:
            told = f"Default: {json.dumps(default)}."
            made["description"] = f"{made['description']} {told}" if made.get("description") else told
    return made


def _in_text(example: object, items: object) -> bool:
    texts = example if isinstance(example, list) and items == "integer" else [example]
    return any(isinstance(text, str) for text in texts)


def _named(schema: Json, name: str) -> list[object]:
    """The only value that is allowed, or a known one of this name that is."""
    if "const" in schema:
        return [schema["const"]]
    known = KNOWN.get(name)
    return [known] if type(known) is _TYPES.get(str(schema.get("type"))) and _fits(known, schema) else []


def _fits(value: object, schema: Json) -> bool:
    if isinstance(value, str):
        return len(value) <= schema.get("maxLength", len(value)) and "pattern" not in schema
    return isinstance(value, int) and schema.get("minimum", value) <= value <= schema.get("maximum", value)


def _plain(schema: Json) -> Any:
    """A value of a scalar type; patterns of this interface are digits."""
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return True
    if kind == "string":
        least = schema.get("minLength", 1)
        return ("1" if "pattern" in schema else "text" if least <= 4 else "text" * least)[: schema.get("maxLength", 64)]
    return None
