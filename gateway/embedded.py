"""The embedded contact centre as a node has it: its plan, and the desk page for its demo agents."""

import logging
from collections.abc import Callable, Mapping

from gateway.agents.authentication import Authentication
from gateway.agents.registry import AgentRegistry
from gateway.contact_centre.centre import ContactCentre
from gateway.contact_centre.floor.plan import Plan
from gateway.contact_centre.plan_file import read as read_plan
from gateway.contact_centre.scheduler import Scheduler
from gateway.desk.customer import DeskCustomers, customer_page
from gateway.desk.pages import pages as desk_pages
from gateway.edge.dispatch import Page
from gateway.sessions.outbox import Outbox
from gateway.sessions.service import SessionService
from gateway.settings.files import exists
from gateway.settings.schema import Settings
from gateway.wire.body import read_file

_LOG = logging.getLogger(__name__)


def open_centre(
    settings: Settings,
    registry: AgentRegistry,
    authentication: Authentication,
    outbox: Outbox,
    now_ms: Callable[[], int],
    scheduler: Scheduler | None,
) -> ContactCentre:
    """The contact centre that the settings describe. Raises PlanFileError."""
    return ContactCentre(
        registry,
        authentication,
        outbox,
        now_ms,
        read_file,
        node=settings.node_name,
        cluster=settings.server_name,
        plan=_plan(settings, registry),
        scheduler=scheduler,
        token_sign_in=settings.agent_auth == "thirdparty",
    )


def desk(
    settings: Callable[[], Settings], sessions: SessionService, registry: AgentRegistry, centre: ContactCentre
) -> Mapping[str, Page]:
    """The desk page and what it asks for, by path."""
    customers = DeskCustomers(centre.customers)
    return {**desk_pages(settings, registry), **customer_page(settings, sessions, registry, customers)}


def _plan(settings: Settings, registry: AgentRegistry) -> Plan:
    """How the contact centre is set up. Raises PlanFileError."""
    path = settings.contact_center_file
    if path is None:
        return Plan(vdn_id=settings.vdn_id)
    if not exists(path):
        _LOG.warning("CONTACT_CENTER_FILE %s: there is no such file: the contact centre has no numbers", path)
        return Plan(vdn_id=settings.vdn_id)
    return read_plan(path, registry.skills(), settings.vdn_id)
