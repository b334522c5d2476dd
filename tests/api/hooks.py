"""For Schemathesis, which runs this in its own environment: what the wire of agents has in place of statuses."""

import schemathesis  # type: ignore[import-not-found]

SIGNED_IN, SIGNS_IN = 101, 102
"""The agent of the GUID that is sent, and one who signs in and out: that would end the other's session."""
OF_SESSIONS = ("login", "logout", "updateGuid")


@schemathesis.hook
def before_call(context, case, kwargs):  # type: ignore[no-untyped-def]
    """Calls are those of the agent who is signed in, but for cases that are about other ids."""
    agent_id = (case.path_parameters or {}).get("agentid")
    if agent_id is None or case.meta is None or case.meta.generation.mode.is_negative:
        return
    ends = any(word in case.operation.path for word in OF_SESSIONS)
    case.path_parameters["agentid"] = SIGNS_IN if ends else SIGNED_IN


@schemathesis.check
def refused_without_guid(ctx, response, case):  # type: ignore[no-untyped-def]
    """Refusals of business are 200 with a retcode: what needs a GUID is done for nobody without one."""
    secured = case.operation.definition.raw.get("security", [])
    carried = {name.lower() for name in response.request.headers}
    if not secured or "guid" in carried or response.status_code != 200:
        return
    assert response.json()["retcode"] != "0", "done without a GUID"


@schemathesis.check
def other_methods_are_not_allowed(ctx, response, case):  # type: ignore[no-untyped-def]
    """As `unsupported_method` of the library; a head that is too long is refused before its method is looked at."""
    method, path = response.request.method.lower(), case.operation.path
    if method not in case.operation.schema.raw_schema["paths"][path] and method not in {"options", "head"}:
        assert response.status_code in {405, 431}, f"{method} is answered {response.status_code}"
