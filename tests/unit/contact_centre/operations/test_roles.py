"""What an agent may do, by its roles."""

import pytest

from gateway.backend import Message
from gateway.contact_centre.invocation import Invocation
from gateway.contact_centre.operations import roles
from gateway.wire.errors import Refused
from tests.support.hall import ROWS, Hall
from tests.support.operation_request import AskedOperation

AGENT, INSPECTOR, NOBODY = 101, 119, 999_998


@pytest.mark.parametrize(
    ("agent_id", "wanted", "has"),
    [
        (INSPECTOR, (roles.INSPECTOR,), True),
        (INSPECTOR, (roles.PICKUP, roles.INSPECTOR), True),
        (AGENT, (roles.INSPECTOR, roles.SYSTEM), False),
        (NOBODY, (roles.INSPECTOR,), False),
        (INSPECTOR, (), False),
    ],
)
def test_one_of_the_roles_is_enough(agent_id: int, wanted: tuple[str, ...], has: bool) -> None:
    assert roles.has(Hall().centre.services, agent_id, *wanted) is has


@pytest.mark.parametrize(("agent_id", "may"), [(AGENT, False), (INSPECTOR, True)])
async def test_who_may_not_hears_the_code_of_the_operation(agent_id: int, may: bool) -> None:
    hall = Hall()
    await hall.enter(agent_id)
    desk = hall.world.desks[agent_id]
    asked = AskedOperation(ROWS["forceBusy"], agent_id, desk.session_id, Message("POST", "/"))
    invocation = Invocation(asked, desk, None, None)
    if may:
        roles.require(hall.centre.services, invocation, "900-002", roles.INSPECTOR)
        return
    with pytest.raises(Refused) as refused:
        roles.require(hall.centre.services, invocation, "900-002", roles.INSPECTOR)
    assert refused.value.retcode == "900-002"
