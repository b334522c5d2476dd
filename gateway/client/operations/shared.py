"""Objects of several groups.

Written by scripts/docs.py from the rows of the server; not to be edited.
"""

from typing import NotRequired, TypedDict


class SkillQueue(TypedDict):
    """A skill queue. `mediatype`: 1 text chat, 2 click to dial, 4 callback, 5 audio and video, 51 web chat, ..."""

    name: str
    id: int
    mediatype: int


class AgentBrief(TypedDict):
    """An agent without its queues. `logindate` is ms since the epoch, `currentstatetime` s. `status` and
    `ctiStatus` are texts, as the example of the interface has them.
    """

    workno: str
    name: str
    status: str
    ctiStatus: str
    groupid: int
    groupname: str
    mediatype: str
    vdnid: int
    phonenumber: str
    currentstatetime: int
    logindate: int
    inMultimediaConf: NotRequired[int]
    currentStateReason: NotRequired[int]


class SkillStatistics(TypedDict):
    """A queue in numbers. `queueTime` is the longest wait in s; `transferFlg` 0 release, 2 transfer.
    `loadFactor`, `estWaitTime` and the transfer members are unused by the interface.
    """

    pilotNbr: str
    deviceNo: int
    queueSize: int
    maxQueueSize: int
    queueTime: int
    loadFactor: NotRequired[int]
    estWaitTime: NotRequired[int]
    loggedOnAgents: int
    availAgents: int
    transferFlg: NotRequired[int]
    transferDeviceType: NotRequired[int]
    transferDeviceNo: NotRequired[int]
    skillDescrip: str
