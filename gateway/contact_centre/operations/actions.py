"""What every operation does. A new group is a folder here and a line in GROUPS."""

from typing import Final

from gateway.contact_centre.invocation import Action, CentreServices, GroupActions
from gateway.contact_centre.operations.agentconf import actions as agentconf
from gateway.contact_centre.operations.agentgroup import actions as agentgroup
from gateway.contact_centre.operations.calldata import actions as calldata
from gateway.contact_centre.operations.eccconfig import actions as eccconfig
from gateway.contact_centre.operations.mediacall import actions as mediacall
from gateway.contact_centre.operations.onlineagent import actions as onlineagent
from gateway.contact_centre.operations.onlineagent import notes
from gateway.contact_centre.operations.onlineagent import own_settings as onlineagent_settings
from gateway.contact_centre.operations.qualitycontrol import actions as qualitycontrol
from gateway.contact_centre.operations.querymonitor import actions as querymonitor
from gateway.contact_centre.operations.queuedevice import actions as queuedevice
from gateway.contact_centre.operations.recordplay import actions as recordplay
from gateway.contact_centre.operations.textchat import actions as textchat
from gateway.contact_centre.operations.voicecall import actions as voicecall

GROUPS: Final[tuple[GroupActions, ...]] = (
    onlineagent.actions,
    onlineagent_settings.actions,
    voicecall.actions,
    calldata.actions,
    agentgroup.actions,
    queuedevice.actions,
    notes.actions,
    textchat.actions,
    eccconfig.actions,
    agentconf.actions,
    mediacall.actions,
    recordplay.actions,
    qualitycontrol.actions,
    querymonitor.actions,
)


def all_actions(services: CentreServices) -> dict[str, Action]:
    """By operation name. Raises ValueError when two groups perform one operation."""
    found: dict[str, Action] = {}
    for group in GROUPS:
        for name, action in group(services).items():
            if name in found:
                raise ValueError(f"two actions for {name}")
            found[name] = action
    return found
