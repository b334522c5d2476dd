"""The OpenAPI 3.1 document of this gateway, made from the rows of operations and events.

Statuses other than 200 are the envelope of a refusal.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from gateway import __version__
from gateway.contact_centre.event_catalogue import ROWS, EventType
from gateway.interface.fields import AGENT_ID_MAX
from gateway.interface.operation import (
    COMMON_RETCODES,
    PREFIX,
    AnswerKind,
    Heartbeat,
    Operation,
    Poll,
    Renew,
    SignIn,
    Upload,
)
from gateway.openapi.events import ONE, REFERENCE, event_schemas, webhooks
from gateway.openapi.examples import KNOWN, Examples, Json, for_generators
from gateway.rows import ALL_OPERATIONS
from gateway.wire import retcodes
from gateway.wire.headers import AGENT_JSON, JSON, OCTETS

REFUSAL: Final[Json] = {
    "type": "object",
    "title": "Refusal",
    "description": "Why it was not done. The message says what to do.",
    "properties": {"message": {"type": "string"}, "retcode": {"type": "string"}},
    "required": ["message", "retcode"],
}
_RETRY_AFTER: Final = {
    "description": "When to try again, in s.",
    "schema": {"type": "integer"},
}
_GUID: Final = {
    "type": "apiKey",
    "in": "header",
    "name": "guid",
    "description": "The GUID of the agent's session: from Set-GUID of the sign-in, later of polls and heartbeats.",
}
_SET_GUID: Final = {
    "description": "JSESSIONID= and the GUID to use from now on, when there is a new one.",
    "schema": {"type": "string"},
}
_FIRST_GUID: Final = {"description": "The GUID alone.", "schema": {"type": "string"}}
_FILE: Final[Json] = {
    "type": "object",
    "properties": {"file": {"type": "string", "contentMediaType": OCTETS}},
    "required": ["file"],
}
_HANDS_OUT: Final = (SignIn, Poll, Heartbeat, Renew)
_OUTCOME: Final = "Outcome: retcode 0, or a refusal with message and retcode alone."
_AGENT_ID: Final = {"type": "integer", "minimum": 1, "maximum": AGENT_ID_MAX}
_ABOUT: Final = """\
Calls of agent desktops.

Sign in, keep the GUID of the header Set-GUID and send it as header guid with everything else; adopt a new one whenever
an answer brings one. Poll for events without pause.

Business outcomes, refusals included, are HTTP 200 with a retcode: 0 is success. Other statuses carry the same envelope.
Numbers and booleans of requests may be sent as text as well. `x-retcodes` names the refusals of an operation.
"""
_SERVERS: Final = [{"url": "http://127.0.0.1:8000", "description": "a gateway on this machine"}]


class Status(NamedTuple):
    """One status of all operations."""

    name: str
    description: str
    retcode: str


STATUSES: Final = {
    "400": Status("Malformed", "The HTTP message can be read in two ways, or carries two GUIDs.", retcodes.BAD_MESSAGE),
    "404": Status("UnknownPath", "Nobody knows the path.", retcodes.BAD_PARAMETER),
    "405": Status("OtherMethod", "The path is known under other methods, which Allow names.", retcodes.BAD_PARAMETER),
    "413": Status(
        "TooLarge", "The body is larger than BODY_MAX_BYTES, a file than FILE_MAX_BYTES.", retcodes.BAD_MESSAGE
    ),
    "431": Status("HeadTooLong", "The request line or the headers are too long.", retcodes.BAD_MESSAGE),
    "503": Status("Unavailable", "The store or the contact centre is out of reach: try again.", retcodes.UNAVAILABLE),
}
_WITH_BODY: Final = "413"


def refusal(retcode: str, message: str) -> Json:
    """As it is sent."""
    return {"message": message, "retcode": retcode}


def shared_responses() -> Json:
    """The responses that operations refer to."""
    made: Json = {}
    for code, status in STATUSES.items():
        example = refusal(status.retcode, retcodes.MESSAGES[status.retcode])
        content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Refusal"}, "example": example}
        made[status.name] = {"description": status.description, "content": {AGENT_JSON: content}}
        if code == "503":
            made[status.name]["headers"] = {"Retry-After": _RETRY_AFTER}
        elif code == "405":
            made[status.name]["headers"] = {"Allow": {"description": "These.", "schema": {"type": "string"}}}
    return made


def status_responses(*, brings_body: bool) -> Json:
    """References, by status, of an operation with or without a body."""
    return {
        code: {"$ref": f"#/components/responses/{status.name}"}
        for code, status in STATUSES.items()
        if brings_body or code != _WITH_BODY
    }


def document(version: str, operations: Iterable[Operation], events: Iterable[EventType]) -> Json:
    """The whole document as JSON values; `version` is that of the gateway."""
    rows = tuple(operations)
    schemas, components = _schemas(rows)
    components |= event_schemas(events) | {"Refusal": REFUSAL}
    examples = Examples(components)
    paths: dict[str, Json] = {}
    named: set[str] = set()
    for row in rows:
        item = paths.setdefault(f"/{'/'.join(PREFIX)}/{row.path}", {})
        item[row.method.lower()] = _operation(row, schemas, examples, first=row.name not in named)
        named.add(row.name)
    groups = dict.fromkeys(row.group for row in rows)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Agent gateway",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": _SERVERS,
        "tags": [{"name": group} for group in (*groups, "push")],
        "paths": paths,
        "webhooks": webhooks(examples, components),
        "components": {
            "schemas": components,
            "responses": shared_responses(),
            "securitySchemes": {"guid": _GUID},
        },
    }


def _schemas(rows: tuple[Operation, ...]) -> tuple[dict[tuple[Operation, str], Json], Json]:
    """Schemas of bodies and results by row, and the shared definitions they refer to."""
    inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = []
    for row in rows:
        if not isinstance(row, Poll):
            inputs.append(((row, "result"), "serialization", TypeAdapter(row.result)))
        if row.body is not None:
            inputs.append(((row, "body"), "validation", TypeAdapter(row.body)))
    found, definitions = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    made = {key: for_generators(schema) for (key, _), schema in found.items()}
    made |= {(row, "result"): {"$ref": REFERENCE.format(model=ONE)} for row in rows if isinstance(row, Poll)}
    return made, for_generators(definitions["$defs"])


def _operation(row: Operation, schemas: dict[tuple[Operation, str], Json], examples: Examples, *, first: bool) -> Json:
    made: Json = {"operationId": row.name if first else f"{row.name}_{row.method.lower()}_{row.path.count('/')}"}
    if not first:
        made["description"] = f"Another spelling of {row.name}."
    made |= {
        "tags": [row.group],
        "summary": row.summary,
        "parameters": list(_parameters(row, examples)),
        "security": [{"guid": []}] if row.needs_guid else [],
        "x-retcodes": _retcodes(row),
    }
    if row.body is not None:
        schema = schemas[row, "body"]
        content = {JSON: {"schema": schema, "example": examples.of(schema)}}
        made["requestBody"] = {"required": "required" in row.body.model_json_schema(), "content": content}
    if isinstance(row, Upload):
        made["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}
    if row.relayed_only:
        made["x-relayed-only"] = True
    others = status_responses(brings_body="requestBody" in made)
    return made | {"responses": {"200": _success(row, schemas[row, "result"], examples), **others}}


def _parameters(row: Operation, examples: Examples) -> Iterable[Json]:
    schema = row.parameters.model_json_schema()
    if row.caller:
        yield {"name": row.caller, "in": "path", "required": True, "schema": _AGENT_ID, "example": KNOWN["agentid"]}
    for name, property_ in for_generators(schema.get("properties", {})).items():
        in_path = f"{{{name}}}" in row.path
        required = in_path or name in schema.get("required", ())
        made = {"name": name, "in": "path" if in_path else "query", "required": required, "schema": property_}
        if property_.get("type") == "array" and not in_path:
            made |= {"style": "form", "explode": False}
        yield {**made, "example": examples.of(property_, name)} if required else made


def _retcodes(row: Operation) -> dict[str, str]:
    codes = (*COMMON_RETCODES, *row.retcodes) if row.needs_guid else row.retcodes
    return {code: retcodes.MESSAGES[code] for code in sorted(set(codes))}


def _success(row: Operation, result: Json, examples: Examples) -> Json:
    properties: Json = {"message": {"type": "string"}, "retcode": {"type": "string"}}
    example = {"message": "" if isinstance(row, Poll) else "success", "retcode": retcodes.SUCCESS}
    if row.answer is AnswerKind.RESULT:
        member = "event" if isinstance(row, Poll) else "result"
        properties[member] = result
        example[member] = examples.of(result)
    shown: dict[str, object] = {"success": example, "refusal": refusal(*_refusal(row))}
    if isinstance(row, Poll):
        shown["nothing"] = {"message": "", "retcode": retcodes.SUCCESS}
    if row.answer is AnswerKind.FILE:
        del shown["success"]
    schema = {"type": "object", "properties": properties, "required": ["message", "retcode"]}
    content: Json = {AGENT_JSON: {"schema": schema, "examples": {key: {"value": it} for key, it in shown.items()}}}
    if row.answer is AnswerKind.FILE:
        content[OCTETS] = {"schema": {"type": "string", "format": "binary"}}
    headers = {"Set-GUID": _SET_GUID} if isinstance(row, _HANDS_OUT) else {}
    if isinstance(row, SignIn):
        headers["Guid"] = _FIRST_GUID
    return {"description": _OUTCOME, "headers": headers, "content": content}


def _refusal(row: Operation) -> tuple[str, str]:
    """The retcode that tells most about the row, and its text."""
    code = next(iter(row.retcodes), retcodes.NOT_SIGNED_IN)
    return code, retcodes.MESSAGES[code]


@cache
def whole_document() -> Json:
    """Made once."""
    return document(__version__, ALL_OPERATIONS, ROWS)
