"""Tables of limits as test cases: a model, a wire member, values it takes and values it refuses."""

from collections.abc import Iterable
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from tests.unit.contact_centre.operations.samples import Json, sample

Limit = tuple[type[BaseModel], str, Iterable[Any], Iterable[Any]]
ABSENT = object()


def within(*table: Limit) -> pytest.MarkDecorator:
    """Parametrizes `model`, `member`, `value` with every value that is taken."""
    return _cases((model, member, value) for model, member, taken, _ in table for value in taken)


def outside(*table: Limit) -> pytest.MarkDecorator:
    """Parametrizes `model`, `member`, `value` with every value that is refused."""
    return _cases((model, member, value) for model, member, _, refused in table for value in refused)


def takes(model: type[BaseModel], member: str, value: Any) -> bool:
    """Whether the smallest valid request is still valid with this member; ABSENT leaves it out."""
    request: Json = {**sample(model), member: value}
    try:
        model.model_validate({name: given for name, given in request.items() if given is not ABSENT})
    except ValidationError:
        return False
    return True


def _cases(cases: Iterable[tuple[type[BaseModel], str, Any]]) -> pytest.MarkDecorator:
    made = [pytest.param(*case, id=_name(*case)) for case in cases]
    return pytest.mark.parametrize(("model", "member", "value"), made)


def _name(model: type[BaseModel], member: str, value: Any) -> str:
    text = "absent" if value is ABSENT else ascii(value)
    return f"{model.__name__}-{member}-{text if len(text) <= 20 else f'{len(text)} long'}"
