"""Path, query and body against the row's models; what is wrong is named by field, never repeated."""

import codecs
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from gateway.interface.fields import AGENT_ID_MAX, Body, Parameters
from gateway.interface.operation import Operation, SignIn
from gateway.wire import retcodes
from gateway.wire.errors import Refused

M = TypeVar("M", bound=BaseModel)
B = TypeVar("B", bound=Body)
MOST_NAMED = 5
NO_VALUES: Final[Mapping[str, str]] = MappingProxyType({})


def agent_id(text: str, operation: Operation) -> int:
    """The calling agent's id. Raises Refused unless it is 1 to 999999 without leading zero."""
    if text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= len(str(AGENT_ID_MAX)):
        return int(text)
    raise Refused(
        _field_code(operation), f"{operation.caller}: must be a number from 1 to {AGENT_ID_MAX} without leading zero"
    )


def parameters(operation: Operation, values: Mapping[str, str]) -> Parameters:
    """The row's parameter model from path and query values. Raises Refused."""
    if len(values) == 1 and operation.caller in values:
        return _without_any(operation.parameters, _field_code(operation))
    return _model(operation.parameters, dict(values), _field_code(operation))


@cache
def _without_any(model: type[Parameters], retcode: str) -> Parameters:
    """Where only the caller is named, who is no parameter: models are frozen, so that one serves all such calls."""
    return _model(model, {}, retcode)


def body(
    operation: Operation,
    raw: bytes,
    values: Mapping[str, str] = NO_VALUES,
    context: Mapping[str, int] | None = None,
) -> Body | None:
    """The row's body model; None where the row takes no body, whatever was sent. Raises Refused.

    Where no body was sent its members are looked for in the query `values`: older clients send some of them there.
    """
    if operation.body is None:
        return None
    return members(operation, operation.body, read_object(operation, raw, values), context)


def read_object(operation: Operation, raw: bytes, values: Mapping[str, str] = NO_VALUES) -> dict[str, object]:
    """The members of a body, which must be a JSON object; `values` where no body was sent. Raises Refused."""
    if not raw.strip():
        return dict(values)
    code = retcodes.BAD_SIGN_IN if isinstance(operation, SignIn) else retcodes.BAD_MESSAGE
    try:
        data = read_json(raw)
    except ValueError:
        raise Refused(code, "body: not valid JSON (UTF-8)") from None
    if not isinstance(data, dict):
        raise Refused(code, "body: must be a JSON object")
    return data


def members(
    operation: Operation, model: type[B], data: Mapping[str, object], context: Mapping[str, int] | None = None
) -> B:
    """The members of a body as a model: that of the row, or one that takes some of them. Raises Refused."""
    return _model(model, data, _field_code(operation), model.own_codes, context)


def read_json(raw: bytes) -> object:
    """The value of a body. Raises ValueError.

    The byte order mark that some clients write means nothing; a string that holds an object is that object, since some
    clients encode twice.
    """
    value: object = from_json(raw.removeprefix(codecs.BOM_UTF8))
    return from_json(value) if isinstance(value, str) and value.lstrip().startswith("{") else value


def _field_code(operation: Operation) -> str:
    return retcodes.BAD_SIGN_IN if isinstance(operation, SignIn) else retcodes.BAD_PARAMETER


def _model(
    model: type[M],
    data: object,
    retcode: str,
    own_codes: Mapping[str, str] = NO_VALUES,
    context: Mapping[str, int] | None = None,
) -> M:
    """The retcode is that of the first member named, where it has one of its own."""
    try:
        return model.model_validate(data, context=context)
    except ValidationError as wrong:
        details = wrong.errors(include_url=False, include_context=False, include_input=False)
        first = str(next(iter(details[0]["loc"]), ""))
        raise Refused(
            own_codes.get(first, retcode), "; ".join(_named(detail) for detail in details[:MOST_NAMED])
        ) from None


def _named(detail: ErrorDetails) -> str:
    """`field: what is allowed`, without the value: it may be a password."""
    where = ".".join(str(part) for part in detail["loc"])
    what = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    what = "is required" if detail["type"] == "missing" else what
    return f"{where}: {what}" if where else what
