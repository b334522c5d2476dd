"""An OpenAPI 3.1 document made from the rows (design section 7)."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from gateway.operations.fields import AGENT_ID_MAX
from gateway.operations.operation import (
    COMMON_RETCODES,
    Answer,
    Heartbeat,
    Operation,
    Poll,
    Renew,
    SignIn,
    Upload,
)
from gateway.operations.table import ALL_OPERATIONS, PREFIX
from gateway.wire import retcodes
from gateway.wire.envelope import CONTENT_TYPE

Json = dict[str, Any]
_REFERENCE = "#/components/schemas/{model}"
_GUID = {
    "type": "apiKey",
    "in": "header",
    "name": "guid",
    "description": "The GUID of the agent's session: from Set-GUID of the sign-in, later of polls and heartbeats.",
}
_SET_GUID = {
    "description": "JSESSIONID= and the GUID to use from now on, when there is a new one.",
    "schema": {"type": "string"},
}
_FILE: Json = {
    "type": "object",
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
    "required": ["file"],
}
_HANDS_OUT = (SignIn, Poll, Heartbeat, Renew)
_OUTCOME = "Outcome: retcode 0, or a refusal with message and retcode alone."
_AGENT_ID = {"type": "integer", "minimum": 1, "maximum": AGENT_ID_MAX}
_ABOUT = (
    "Calls of agent desktops. Business outcomes, refusals included, are HTTP 200 with a retcode: 0 is success. "
    "Other statuses carry the same envelope: 400 and 413 (the HTTP message), 404, 405, 503 (try again)."
)


def document(version: str, operations: Iterable[Operation] = ALL_OPERATIONS) -> Json:
    """The whole document as JSON values; `version` is that of the gateway."""
    rows = tuple(operations)
    schemas, components = _schemas(rows)
    paths: dict[str, Json] = {}
    named: set[str] = set()
    for row in rows:
        item = paths.setdefault(f"/{'/'.join(PREFIX)}/{row.path}", {})
        item[row.method.lower()] = _operation(row, schemas, first=row.name not in named)
        named.add(row.name)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Agent gateway", "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"guid": _GUID}},
    }


def _schemas(rows: tuple[Operation, ...]) -> tuple[dict[tuple[Operation, str], Json], Json]:
    """Schemas of bodies and results by row, and the shared definitions they refer to."""
    inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = []
    for row in rows:
        inputs.append(((row, "result"), "serialization", TypeAdapter(row.result)))
        if row.body is not None:
            inputs.append(((row, "body"), "validation", TypeAdapter(row.body)))
    found, definitions = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCE)
    return {key: schema for (key, _), schema in found.items()}, definitions["$defs"]


def _operation(row: Operation, schemas: dict[tuple[Operation, str], Json], *, first: bool) -> Json:
    made: Json = {"operationId": row.name} if first else {"description": f"Another spelling of {row.name}."}
    made |= {
        "tags": [row.group],
        "summary": row.summary,
        "parameters": list(_parameters(row)),
        "security": [{"guid": []}] if row.needs_guid else [],
        "x-retcodes": _retcodes(row),
    }
    if row.body is not None:
        content = {"application/json": {"schema": schemas[row, "body"]}}
        made["requestBody"] = {"required": "required" in row.body.model_json_schema(), "content": content}
    if isinstance(row, Upload):
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}
    if row.relayed_only:
        made["x-relayed-only"] = True
    return made | {"responses": {"200": _success(row, schemas[row, "result"])}}


def _parameters(row: Operation) -> Iterable[Json]:
    schema = row.parameters.model_json_schema()
    if row.caller:
        yield {"name": row.caller, "in": "path", "required": True, "schema": _AGENT_ID}
    for name, property_ in schema.get("properties", {}).items():
        in_path = f"{{{name}}}" in row.path
        required = in_path or name in schema.get("required", ())
        yield {"name": name, "in": "path" if in_path else "query", "required": required, "schema": property_}


def _retcodes(row: Operation) -> dict[str, str]:
    codes = (*COMMON_RETCODES, *row.retcodes) if row.needs_guid else row.retcodes
    return {code: retcodes.MESSAGES[code] for code in sorted(set(codes))}


def _success(row: Operation, result: Json) -> Json:
    properties: Json = {"message": {"type": "string"}, "retcode": {"type": "string"}}
    if row.answer is Answer.RESULT:
        properties["event" if isinstance(row, Poll) else "result"] = result
    schema = {"type": "object", "properties": properties, "required": ["message", "retcode"]}
    content: Json = {CONTENT_TYPE: {"schema": schema}}
    if row.answer is Answer.FILE:
        content["application/octet-stream"] = {}
    headers = {"Set-GUID": _SET_GUID} if isinstance(row, _HANDS_OUT) else {}
    return {"description": _OUTCOME, "headers": headers, "content": content}
