"""Every operation that the contact centre serves is performed by one group."""

import pytest

from gateway.contact_centre import centre
from gateway.rows import CENTRE_OPERATIONS
from tests.support.hall import Hall


def test_what_is_not_relayed_is_performed_and_nothing_else() -> None:
    performed = centre.all_actions(Hall().centre.services)
    assert set(performed) == {row.name for row in CENTRE_OPERATIONS if not row.relayed_only}


def test_an_operation_that_two_groups_perform_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    services = Hall().centre.services
    monkeypatch.setattr(centre, "GROUPS", (*centre.GROUPS, centre.GROUPS[0]))
    with pytest.raises(ValueError, match="two actions for sayFree"):
        centre.all_actions(services)
