"""Limits of the sign-in family at their boundaries (docs/protocol.md, Sign-in)."""

from typing import Any

import pytest
from pydantic import BaseModel

from gateway.interface import sign_in_models as models
from tests.unit.contact_centre.operations.limits import ABSENT, Limit, outside, takes, within
from tests.unit.contact_centre.operations.samples import sample

BAD_ADDRESSES = ("::1", "fe80::1", "999.1.1.1", "256.0.0.1", "10.0.0", "10.0.0.1.5", "255.255.255.2555")

LIMITS: tuple[Limit, ...] = (
    (models.SignInBody, "password", ("", "a", "a" * 32), ("a" * 33, ABSENT)),
    (models.SignInBody, "phonenum", ("4", "4" * 24, 40038), ("", "4" * 25, ABSENT)),
    (models.SignInBody, "agenttype", (4, "11"), (5, "x")),
    (models.SignInBody, "status", (3, "4", 5), (2, 6)),
    (models.SignInBody, "ip", ("127.0.0.1", "255.255.255.255", "010.001.000.009", "desk-7", ""), BAD_ADDRESSES),
    (models.SignInBody, "autoanswer", (True, "false"), ("perhaps",)),
    (models.SignInBody, "vcPhoneNumber", ("4" * 24,), ("4" * 25,)),
    (models.SignInBody, "callBackUri", ("h" * 200,), ("h" * 201,)),
    (models.SignInBody, "serviceToken", ("aZ0-_." * 8, ""), ("a" * 51, "a b", "ä")),
    (models.LightSignInBody, "password", ("", "a" * 32), ("a" * 33, ABSENT)),
    (models.LightSignInBody, "phonenum", ("", ABSENT), ("4" * 25,)),
    (models.AccountSignInBody, "account", ("anna", "a" * 64), ("", "a" * 65, ABSENT)),
)


@within(*LIMITS)
def test_a_value_within_the_limits_is_taken(model: type[BaseModel], member: str, value: Any) -> None:
    assert takes(model, member, value)


@outside(*LIMITS)
def test_a_value_outside_the_limits_is_refused(model: type[BaseModel], member: str, value: Any) -> None:
    assert not takes(model, member, value)


@pytest.mark.parametrize("sent", [{}, {"ip": ""}, {"ip": None}])
def test_without_an_address_it_is_the_own_one(sent: dict[str, Any]) -> None:
    assert models.SignInBody.model_validate(sample(models.SignInBody) | sent).ip == "127.0.0.1"


@pytest.mark.parametrize(("model", "hung_up"), [(models.SignInBody, True), (models.ForcedSignInBody, False)])
def test_the_phone_is_hung_up_by_default_except_after_a_forced_sign_in(
    model: type[models.SignInBody], hung_up: bool
) -> None:
    assert model.model_validate(sample(model)).releasephone is hung_up
