"""All groups of operations, with and without await.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from gateway.client.operations.agentconf import Agentconf, BlockingAgentconf
from gateway.client.operations.agentgroup import Agentgroup, BlockingAgentgroup
from gateway.client.operations.calldata import BlockingCalldata, Calldata
from gateway.client.operations.eccconfig import BlockingEccconfig, Eccconfig
from gateway.client.operations.mediacall import BlockingMediacall, Mediacall
from gateway.client.operations.multimediaconf import BlockingMultimediaconf, Multimediaconf
from gateway.client.operations.onlineagent import BlockingOnlineagent, Onlineagent
from gateway.client.operations.qualitycontrol import BlockingQualitycontrol, Qualitycontrol
from gateway.client.operations.querymonitor import BlockingQuerymonitor, Querymonitor
from gateway.client.operations.queuedevice import BlockingQueuedevice, Queuedevice
from gateway.client.operations.recordfile import BlockingRecordfile, Recordfile
from gateway.client.operations.recordplay import BlockingRecordplay, Recordplay
from gateway.client.operations.textchat import BlockingTextchat, Textchat
from gateway.client.operations.voicecall import BlockingVoicecall, Voicecall
from gateway.client.request import Ask, Wait


class Operations:
    """Every operation, by group."""

    def __init__(self, ask: Ask) -> None:
        self.agentconf = Agentconf(ask)
        self.agentgroup = Agentgroup(ask)
        self.calldata = Calldata(ask)
        self.eccconfig = Eccconfig(ask)
        self.mediacall = Mediacall(ask)
        self.multimediaconf = Multimediaconf(ask)
        self.onlineagent = Onlineagent(ask)
        self.qualitycontrol = Qualitycontrol(ask)
        self.querymonitor = Querymonitor(ask)
        self.queuedevice = Queuedevice(ask)
        self.recordfile = Recordfile(ask)
        self.recordplay = Recordplay(ask)
        self.textchat = Textchat(ask)
        self.voicecall = Voicecall(ask)


class BlockingOperations:
    """Every operation, by group, without await."""

    def __init__(self, operations: Operations, wait: Wait) -> None:
        self.agentconf = BlockingAgentconf(operations.agentconf, wait)
        self.agentgroup = BlockingAgentgroup(operations.agentgroup, wait)
        self.calldata = BlockingCalldata(operations.calldata, wait)
        self.eccconfig = BlockingEccconfig(operations.eccconfig, wait)
        self.mediacall = BlockingMediacall(operations.mediacall, wait)
        self.multimediaconf = BlockingMultimediaconf(operations.multimediaconf, wait)
        self.onlineagent = BlockingOnlineagent(operations.onlineagent, wait)
        self.qualitycontrol = BlockingQualitycontrol(operations.qualitycontrol, wait)
        self.querymonitor = BlockingQuerymonitor(operations.querymonitor, wait)
        self.queuedevice = BlockingQueuedevice(operations.queuedevice, wait)
        self.recordfile = BlockingRecordfile(operations.recordfile, wait)
        self.recordplay = BlockingRecordplay(operations.recordplay, wait)
        self.textchat = BlockingTextchat(operations.textchat, wait)
        self.voicecall = BlockingVoicecall(operations.voicecall, wait)
