"""Every event as a schema, and the two forms in which the gateway pushes them (webhooks)."""

from collections.abc import Iterable
from typing import Any, Final

from pydantic import TypeAdapter

from gateway.contact_centre.event_catalogue import EventType
from gateway.contact_centre.event_contents import EventContent
from gateway.openapi.examples import Examples, Json, for_generators
from gateway.wire.headers import JSON

REFERENCE: Final = "#/components/schemas/{model}"
ONE: Final = "Event"
_ENVELOPE: Final = ["eventType", "eventGenTime", "workNo", "content"]
_HEADERS: Final = {
    "Guid": "The GUID of the session.",
    "service_token": "What the sign-in gave as `serviceToken`, or a heartbeat since.",
    "webhook-id": "The same for each try of one message (Standard Webhooks).",
    "webhook-timestamp": "When it was signed, in s since the epoch (Standard Webhooks).",
    "webhook-signature": "`v1,` and the signature in base64; several are separated by spaces (Standard Webhooks).",
}


def event_schemas(rows: Iterable[EventType]) -> Json:
    """One schema for each type, those of their contents, and `Event`, which is any of them."""
    kinds = tuple(rows)
    adapters: list[tuple[str, Any, TypeAdapter[Any]]] = [
        (row.name, "serialization", TypeAdapter(row.content))
        for row in kinds
        if row.content is not None and issubclass(row.content, EventContent)
    ]
    found, definitions = TypeAdapter.json_schemas(adapters, ref_template=REFERENCE)
    by_name = {name: schema for (name, _), schema in found.items()}
    made: Json = for_generators(definitions.get("$defs", {}))
    names = {row.name: name_of(row) for row in kinds}
    made |= {names[row.name]: _event(row, by_name.get(row.name)) for row in kinds}
    references = [{"$ref": REFERENCE.format(model=name)} for name in names.values()]
    mapping = {event: REFERENCE.format(model=name) for event, name in names.items()}
    made[ONE] = {
        "description": "An event of any type.",
        "oneOf": references,
        "discriminator": {"propertyName": "eventType", "mapping": mapping},
    }
    return made


def name_of(row: EventType) -> str:
    """Its schema is named as its class in the SDK."""
    words = row.name.replace("OUTBOUND_DETECT_EVENT", "OutboundDetectEvent")
    return "".join(part[:1].upper() + part[1:] for part in words.split("_"))


def _event(row: EventType, content: Json | None) -> Json:
    if row.content is None:
        shown: Json = {"type": "null"}
    elif content is None:
        shown = {"type": "string", "description": "The call id."}
    else:
        shown = {"anyOf": [content, {"type": "null"}], "description": row.or_null} if row.or_null else content
    description = f"{row.when[:1].upper()}{row.when[1:]}."
    if not row.seen:
        description += " No source shows its content."
    return {
        "type": "object",
        "title": name_of(row),
        "description": description,
        "properties": {
            "eventType": {"type": "string", "const": row.name},
            "eventGenTime": {"type": "integer", "description": "ms since the epoch"},
            "workNo": {"type": "string"},
            "content": shown,
        },
        "required": _ENVELOPE,
    }


def webhooks(examples: Examples, schemas: Json) -> Json:
    """What the gateway sends to the address that a sign-in gave."""
    event = examples.of(schemas["AgentEventRinging"])
    one = {"$ref": REFERENCE.format(model=ONE)}
    newer = {
        "type": "object",
        "properties": {"workNo": {"type": "string"}, "eventList": {"type": "array", "items": one, "maxItems": 1}},
        "required": ["workNo", "eventList"],
    }
    older = {
        "type": "object",
        "properties": {"message": {"type": "string"}, "retcode": {"type": "string"}, "event": {"type": "object"}},
        "required": ["message", "retcode", "event"],
    }
    old_event = {key: value for key, value in event.items() if key != "eventGenTime"}
    return {
        "event": _webhook(
            "pushEvent",
            "An event, where the sign-in gave `callBackUri` and `serviceToken`",
            newer,
            {"workNo": "101", "eventList": [event]},
            _HEADERS,
        ),
        "olderEvent": _webhook(
            "pushEventOlder",
            "An event, where the sign-in gave `pushUrl`: as the answer to a poll, without eventGenTime",
            older,
            {"message": "", "retcode": "0", "event": old_event},
            {name: text for name, text in _HEADERS.items() if name.startswith("webhook")},
        ),
    }


def _webhook(name: str, summary: str, schema: Json, example: Json, headers: dict[str, str]) -> Json:
    acknowledged = {"schema": {"$ref": REFERENCE.format(model="Refusal")}, "example": {"message": "", "retcode": "0"}}
    return {
        "post": {
            "operationId": name,
            "tags": ["push"],
            "summary": summary,
            "parameters": [
                {"name": header, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
                for header, text in headers.items()
            ],
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": schema, "example": example}},
            },
            "security": [],
            "responses": {
                "200": {
                    "description": 'Taken, if the retcode is "0". Anything else is sent again.',
                    "content": {JSON: acknowledged},
                }
            },
        }
    }
