"""Every row of the agent interface: those that the gateway answers itself, and those of the contact centre.

A contact centre answers its rows embedded or behind HTTP. Importing them starts nothing.
"""

from typing import Final

from gateway.contact_centre.operations import relayed
from gateway.contact_centre.operations.agentconf import rows as agentconf
from gateway.contact_centre.operations.agentgroup import rows as agentgroup
from gateway.contact_centre.operations.calldata import rows as calldata
from gateway.contact_centre.operations.eccconfig import rows as eccconfig
from gateway.contact_centre.operations.mediacall import rows as mediacall
from gateway.contact_centre.operations.onlineagent import rows as onlineagent
from gateway.contact_centre.operations.qualitycontrol import rows as qualitycontrol
from gateway.contact_centre.operations.querymonitor import rows as querymonitor
from gateway.contact_centre.operations.queuedevice import rows as queuedevice
from gateway.contact_centre.operations.recordplay import rows as recordplay
from gateway.contact_centre.operations.textchat import rows as textchat
from gateway.contact_centre.operations.voicecall import rows as voicecall
from gateway.edge.rows import OPERATIONS as EDGE_OPERATIONS
from gateway.interface.operation import Operation

CENTRE_OPERATIONS: Final[tuple[Operation, ...]] = (
    *onlineagent.OPERATIONS,
    *voicecall.OPERATIONS,
    *agentconf.OPERATIONS,
    *calldata.OPERATIONS,
    *agentgroup.OPERATIONS,
    *queuedevice.OPERATIONS,
    *querymonitor.OPERATIONS,
    *qualitycontrol.OPERATIONS,
    *recordplay.OPERATIONS,
    *relayed.RECORD_FILES,
    *mediacall.OPERATIONS,
    *textchat.OPERATIONS,
    *relayed.MULTIMEDIA_CONFERENCES,
    *eccconfig.OPERATIONS,
)

ALL_OPERATIONS: Final[tuple[Operation, ...]] = (*EDGE_OPERATIONS, *CENTRE_OPERATIONS)
