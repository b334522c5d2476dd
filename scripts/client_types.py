"""Types of the operations and events as the SDK spells them: JSON schemas to Python and TypeScript."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, TypeAdapter

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Language:
    """How a language spells types. `list_of` and `map_of` hold `{}` for the type of the entries."""

    plain: Mapping[str, str]
    anything: str
    nothing: str
    list_of: str
    literals_between: str
    literal: str

    def spelled(self, schema: Schema) -> str:
        """The type of a schema; references are names of their own."""
        if "$ref" in schema:
            return str(schema["$ref"]).rpartition("/")[2]
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self.spelled(part) for part in schema["anyOf"]))
        if "const" in schema or "enum" in schema:
            values = schema.get("enum") or [schema["const"]]
            quoted = (f'"{value}"' if isinstance(value, str) else str(value) for value in values)
            return self.literal.format(self.literals_between.join(quoted))
        kind = schema.get("type")
        if kind == "array":
            entry = self.spelled(schema.get("items", {}))
            return self.list_of.format(f"({entry})" if "|" in entry and self.list_of.startswith("{") else entry)
        if kind == "null":
            return self.nothing
        return self.plain.get(str(kind), self.anything)


PYTHON = Language(
    {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict[str, Any]"},
    "Any",
    "None",
    "list[{}]",
    ", ",
    "Literal[{}]",
)
PYTHON_INPUT = Language(PYTHON.plain, "Any", "None", "Sequence[{}]", ", ", "Literal[{}]")
TYPESCRIPT = Language(
    {
        "string": "string",
        "integer": "number",
        "number": "number",
        "boolean": "boolean",
        "object": "Record<string, unknown>",
    },
    "unknown",
    "null",
    "{}[]",
    " | ",
    "{}",
)


@dataclass(frozen=True)
class Member:
    """A member of an object. `name` is that of the wire."""

    name: str
    schema: Schema
    required: bool


@dataclass(frozen=True)
class Shape:
    """An object with a name: its members, and what is said about it."""

    name: str
    says: str
    members: tuple[Member, ...]


def shapes_of(kinds: Iterable[Any], mode: Any) -> tuple[dict[int, Schema], dict[str, Shape]]:
    """The schema of each type by its place, and every shape that they refer to."""
    inputs: list[tuple[int, Any, TypeAdapter[Any]]] = [(at, mode, TypeAdapter(kind)) for at, kind in enumerate(kinds)]
    found, rest = TypeAdapter.json_schemas(inputs)
    shapes = {name: shape(name, schema) for name, schema in rest.get("$defs", {}).items()}
    return {place: schema for (place, _), schema in found.items()}, shapes


def shape(name: str, schema: Schema) -> Shape:
    """An object's schema as members."""
    required = set(schema.get("required", ()))
    members = tuple(Member(key, value, key in required) for key, value in schema.get("properties", {}).items())
    names = {snake(member.name): member.name for member in members}
    says = re.sub(r"`(\w+)`", lambda word: f"`{names.get(word[1], word[1])}`", str(schema.get("description", "")))
    return Shape(name, says, members)


def used_by(schema: Schema, shapes: Mapping[str, Shape]) -> Iterator[str]:
    """Names of the shapes that a schema needs, those first that others need."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        for member in shapes[name].members:
            yield from used_by(member.schema, shapes)
        yield name
    for part in (*schema.get("anyOf", ()), schema.get("items") or {}):
        if part:
            yield from used_by(part, shapes)


def snake(name: str) -> str:
    """A name of the wire as Python has it: getAgentStatus is get_agent_status, queryAllCallID query_all_call_id."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def pascal(name: str) -> str:
    """A name as that of a class: AgentEvent_Ringing is AgentEventRinging, NOT_SIGNED_IN is NotSignedIn."""
    words = name.split("_")
    return "".join(word.capitalize() if word.isupper() else word[:1].upper() + word[1:] for word in words)


def inputs_of(model: type[BaseModel]) -> Iterator[tuple[str, Member]]:
    """The fields of parameters or of a body: the name in Python, and the member."""
    made = shape("", model.model_json_schema(mode="validation"))
    for (name, field), member in zip(model.model_fields.items(), made.members, strict=True):
        yield name, Member(member.name, member.schema, field.is_required())


def without_null(schema: Schema) -> Schema:
    """What may be given: leaving out is what null is."""
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    return {"anyOf": parts} if len(parts) > 1 else parts[0] if parts else schema
