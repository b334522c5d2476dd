"""Bodies of the sign-in family: login, forceLogin, loginEx and their older spellings."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, ValidationInfo

from gateway.interface.fields import Body, ServiceToken, one_of
from gateway.interface.results import Result
from gateway.wire import retcodes

PASSWORD_LENGTH: Final = 32
OWN_ADDRESS: Final = "127.0.0.1"
_NUMERIC: Final = re.compile(r"[0-9]+(\.[0-9]*)+", re.ASCII)
_IPV4: Final = re.compile(r"0*(25[0-5]|2[0-4]\d|1?\d?\d)(\.0*(25[0-5]|2[0-4]\d|1?\d?\d)){3}", re.ASCII)
TOKEN_SIGN_IN: Final = {"longest_password": 1024}
"""The validation context where agents sign in by a token: a token is longer than a password may be."""


def _within(value: str, info: ValidationInfo) -> str:
    most = (info.context or {}).get("longest_password", PASSWORD_LENGTH)
    if len(value) > most:
        raise ValueError(f"must have at most {most} characters")
    return value


def _address(value: str) -> str:
    """What does not look like an address is nobody's business here: older clients send names too."""
    if ":" in value or (_NUMERIC.fullmatch(value) and not _IPV4.fullmatch(value)):
        raise ValueError("must be an IPv4 address")
    return value or OWN_ADDRESS


Password = Annotated[str, AfterValidator(_within), Field(json_schema_extra={"maxLength": PASSWORD_LENGTH})]


class LightSignInBody(Body):
    """`loginex`: the platform only, no media server, no push; the phone may be missing.

    An empty password is one like any other, here and in the rest of the family.
    """

    own_codes: ClassVar[Mapping[str, str]] = MappingProxyType({"ip": retcodes.BAD_ADDRESS})

    password: Password = Field(examples=["present"])
    phonenum: str = Field("", max_length=24)
    autoanswer: bool = True
    autoenteridle: bool = True
    releasephone: bool = True
    agenttype: Annotated[int, one_of(4, 11)] = 4
    status: Annotated[int, one_of(3, 4, 5)] = 4
    ip: Annotated[str, AfterValidator(_address)] = Field(OWN_ADDRESS, max_length=15)
    entry_ip: str = Field("", max_length=45)
    phonelinkage: bool = False
    check_in_webm: bool = True
    check_in_mailm: bool = False
    vc_phone_number: str = Field("", max_length=24)
    listen_status: bool = False


class SignInBody(LightSignInBody):
    """`login`: both `callBackUri` and `serviceToken`, or the older `pushUrl`, choose push mode."""

    phonenum: str = Field(min_length=1, max_length=24, examples=["40038"])
    call_back_uri: str = Field("", max_length=200)
    service_token: ServiceToken = ""
    push_url: str = Field("", max_length=200)


class ForcedSignInBody(SignInBody):
    """`forcelogin`: as login, but the phone stays off-hook by default."""

    releasephone: bool = False


class AccountSignInBody(SignInBody):
    """`loginbyaccount`: the agent is named by its account, the phone may be missing."""

    account: str = Field(min_length=1, max_length=64, examples=["anna"])
    phonenum: str = Field("", max_length=24)


class SignInResult(Result):
    """`mediatype` is T or F for CTIServer, WebM, MailM; `login_time` is ms since the epoch; `time_remaining` is the
    days until the password expires, empty for never.
    """

    vdnid: int
    workno: str
    mediatype: str
    login_time: str
    is_force_change: str
    server_name: str
    time_remaining: str
